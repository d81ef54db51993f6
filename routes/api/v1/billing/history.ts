import { callerOf } from "@/lib/caller.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { readHistory } from "@/lib/history.ts";
import { requireReader } from "@/lib/permissions.ts";
import { parse, queryOf } from "@/lib/schemas.ts";
import { historyQuery } from "@/lib/schemas/wallet.ts";

export const handler = endpoint({
  async GET(ctx) {
    const { url, state: { services } } = ctx;
    const orgId = requireReader(await callerOf(ctx));
    const { limit, cursor = null } = parse(historyQuery, queryOf(url));
    const page = await readHistory(services, { orgId, limit, cursor });
    return Response.json(page);
  },
});
