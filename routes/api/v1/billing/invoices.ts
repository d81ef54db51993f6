import { mayReadDocuments } from "@/lib/auth/permissions.ts";
import { invoiceRows } from "@/lib/billing/invoice_rows.ts";
import { listInvoices } from "@/lib/billing/invoices.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { csvResponse, prefersCsv } from "@/lib/http/csv.ts";
import { invoicesQuery } from "@/lib/http/schemas/invoices.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    query: invoicesQuery,
    async handle({ services, principal, orgId, input, ctx }) {
      const documents = mayReadDocuments(services, principal);
      if (await prefersCsv(ctx.req)) {
        return await csvResponse(invoiceRows(services, orgId, { documents }));
      }
      const { limit, starting_after: startingAfter } = input;
      const query = { orgId, limit, startingAfter, documents };
      const { items, hasMore } = await listInvoices(services, query);
      return Response.json({ items, has_more: hasMore });
    },
  }),
});
