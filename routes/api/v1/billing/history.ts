import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { historyQuery } from "@/lib/http/schemas/wallet.ts";
import { readHistory } from "@/lib/wallet/history.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    query: historyQuery,
    async handle({ services, orgId, input: { limit, cursor = null } }) {
      const page = await readHistory(services, { orgId, limit, cursor });
      return Response.json(page);
    },
  }),
});
