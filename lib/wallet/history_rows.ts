import type { Services } from "@/lib/services.ts";
import { type HistoryFilter, readHistory } from "./history.ts";

const COLUMNS = [
  ...["id", "at", "kind", "tokens", "balance", "description", "source"],
] as const;

/** Reads a ledger as the rows of a table, newest first, page by page. */
export async function* historyRows(
  services: Pick<Services, "store">,
  orgId: string,
  filter: HistoryFilter,
) {
  yield COLUMNS;
  let cursor: string | null = null;
  do {
    const request = { orgId, limit: 100, cursor, ...filter };
    const page: Awaited<ReturnType<typeof readHistory>> = await readHistory(
      services,
      request,
    );
    for (const { id, at, kind, tokens, balance, ...rest } of page.items) {
      yield [id, at, kind, tokens, balance, rest.description, rest.source];
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
}
