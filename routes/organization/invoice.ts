import { countPage } from "@/lib/http/authenticate_request.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { openInvoiceUrl } from "@/lib/billing/invoice_links.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { authenticate, requireBillingRole } from "@/lib/auth/authenticate.ts";
import { define } from "@/lib/state.ts";

/** Leads to Stripe's page of the open invoice; else to what there is now. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await authenticate(services, req);
    const orgId = requireBillingRole(services, principal);
    await countPage(ctx, orgId);
    const url = await openInvoiceUrl(services, orgId);
    return seeOther(url ?? "/organization#/plans");
  },
}));
