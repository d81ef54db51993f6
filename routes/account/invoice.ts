import { authenticatePerson } from "@/lib/auth/authenticate.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { entryInvoiceUrl } from "@/lib/billing/invoice_links.ts";
import { limitPage, pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** Redirects to a ledger entry's invoice, or else to the list of invoices. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, url, state: { services } } = ctx;
    const principal = await authenticatePerson(services, req);
    const orgId = requireBillingRole(services, principal);
    const source = url.searchParams.get("source") ?? "";
    return await limitPage(ctx, orgId, async () => {
      const invoice = await entryInvoiceUrl(services, orgId, source);
      return seeOther(invoice ?? "/account#invoices");
    });
  },
}));
