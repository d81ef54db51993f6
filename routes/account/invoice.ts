import { countPage } from "@/lib/http/authenticate_request.ts";
import { entryInvoiceUrl } from "@/lib/billing/invoice_links.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import {
  authenticatePerson,
  requireOrganization,
} from "@/lib/auth/authenticate.ts";
import { define } from "@/lib/state.ts";

/** Leads to the invoice that an entry came of; else to those that there are. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, url, state: { services } } = ctx;
    const principal = await authenticatePerson(services, req);
    const orgId = requireOrganization(principal);
    await countPage(ctx, orgId);
    const source = url.searchParams.get("source") ?? "";
    const invoice = await entryInvoiceUrl(services, orgId, source);
    return seeOther(invoice ?? "/account#invoices");
  },
}));
