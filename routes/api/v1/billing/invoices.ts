import { listInvoices } from "@/lib/billing/invoices.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { invoicesQuery } from "@/lib/http/schemas/invoices.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    query: invoicesQuery,
    async handle({ services, orgId, input }) {
      const { limit, starting_after: startingAfter } = input;
      const query = { orgId, limit, startingAfter };
      const { items, hasMore } = await listInvoices(services, query);
      return Response.json({ items, has_more: hasMore });
    },
  }),
});
