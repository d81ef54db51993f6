import { callerOf } from "@/lib/caller.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { listInvoices } from "@/lib/invoices.ts";
import { requireReader } from "@/lib/permissions.ts";
import { parse, queryOf } from "@/lib/schemas.ts";
import { invoicesQuery } from "@/lib/schemas/invoices.ts";

export const handler = endpoint({
  async GET(ctx) {
    const orgId = requireReader(await callerOf(ctx));
    const { limit, starting_after } = parse(invoicesQuery, queryOf(ctx.url));
    const { items, hasMore } = await listInvoices(ctx.state.services, {
      ...{ orgId, limit, startingAfter: starting_after },
    });
    return Response.json({ items, has_more: hasMore });
  },
});
