import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { readHistory } from "@/lib/wallet/history.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { historyQuery } from "@/lib/http/schemas/wallet.ts";

export const handler = apiRoute({
  async GET(ctx) {
    const { url, state: { services } } = ctx;
    const orgId = requireReader(await requireCaller(ctx));
    const { limit, cursor = null } = parse(historyQuery, queryOf(url));
    const page = await readHistory(services, { orgId, limit, cursor });
    return Response.json(page);
  },
});
