import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { csvResponse, prefersCsv } from "@/lib/http/csv.ts";
import { historyQuery } from "@/lib/http/schemas/wallet.ts";
import { readHistory } from "@/lib/wallet/history.ts";
import { historyRows } from "@/lib/wallet/history_rows.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    query: historyQuery,
    async handle({ services, orgId, input, ctx }) {
      const { limit, cursor = null, kind, from: fromMs, to: toMs } = input;
      const filter = { kind, fromMs, toMs };
      if (await prefersCsv(ctx.req)) {
        return await csvResponse(historyRows(services, orgId, filter));
      }
      const request = { orgId, limit, cursor, ...filter };
      return Response.json(await readHistory(services, request));
    },
  }),
});
