import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { listInvoices } from "@/lib/billing/invoices.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { invoicesQuery } from "@/lib/http/schemas/invoices.ts";

export const handler = apiRoute({
  async GET(ctx) {
    const orgId = requireReader(await requireCaller(ctx));
    const { limit, starting_after } = parse(invoicesQuery, queryOf(ctx.url));
    const { items, hasMore } = await listInvoices(ctx.state.services, {
      ...{ orgId, limit, startingAfter: starting_after },
    });
    return Response.json({ items, has_more: hasMore });
  },
});
