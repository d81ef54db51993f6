import { authenticatePerson } from "@/lib/auth/authenticate.ts";
import { requireOrganization } from "@/lib/auth/permissions.ts";
import { csvResponse } from "@/lib/http/csv.ts";
import { ledgerFilterQuery } from "@/lib/http/schemas/wallet.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { limitPage, pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";
import { historyRows } from "@/lib/wallet/history_rows.ts";

/** Downloads the ledger, with the filters of the account page. */
export const handler = define.handlers(pageHandler<never>({
  async GET(ctx) {
    const { req, url, state: { services } } = ctx;
    const orgId = requireOrganization(await authenticatePerson(services, req));
    const { kind, from: fromMs, to: toMs } = parse(
      ledgerFilterQuery,
      queryOf(url),
    );
    return await limitPage(ctx, orgId, async () => {
      const rows = historyRows(services, orgId, { kind, fromMs, toMs });
      const response = await csvResponse(rows, "ledger.csv");
      response.headers.set("Cache-Control", "no-store");
      return response;
    });
  },
}));
