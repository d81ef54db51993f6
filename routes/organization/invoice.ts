import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { authenticate } from "@/lib/auth/authenticate.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { openInvoiceUrl } from "@/lib/billing/invoice_links.ts";
import { limitPage, pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** Redirects to the open invoice's page at Stripe, or else to the plans. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await authenticate(services, req);
    const orgId = requireBillingRole(services, principal);
    return await limitPage(ctx, orgId, async () => {
      const url = await openInvoiceUrl(services, orgId);
      return seeOther(url ?? PLANS_HREF);
    });
  },
}));
