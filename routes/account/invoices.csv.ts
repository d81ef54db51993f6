import { authenticatePerson } from "@/lib/auth/authenticate.ts";
import {
  mayReadDocuments,
  requireOrganization,
} from "@/lib/auth/permissions.ts";
import { invoiceRows } from "@/lib/billing/invoice_rows.ts";
import { csvResponse } from "@/lib/http/csv.ts";
import { limitPage, pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** Downloads all invoices. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await authenticatePerson(services, req);
    const orgId = requireOrganization(principal);
    return await limitPage(ctx, orgId, async () => {
      const documents = mayReadDocuments(services, principal);
      const rows = invoiceRows(services, orgId, { documents });
      const response = await csvResponse(rows, "invoices.csv");
      response.headers.set("Cache-Control", "no-store");
      return response;
    });
  },
}));
