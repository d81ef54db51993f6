import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { EntryKind } from "@/lib/store/ledger_types.ts";
import type { NumberedEntry } from "@/lib/store/wallets.ts";
import { tokensOf } from "./ledger.ts";

/** Selects a page of a ledger. */
export interface HistoryRequest {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** `next_cursor` of the previous page; null for the newest entries. */
  cursor: string | null;
  /** Restricts the page to one kind of entries. */
  kind?: EntryKind | undefined;
}

/**
 * Reads a page of an organization's ledger in its API representation, newest
 * first. Pages are stable: new entries don't shift the pages after a cursor.
 *
 * `tokens` is the entry's change of the balance: negative for a debit, 0 for a
 * refund when no purchased tokens were left.
 *
 * A page of one kind searches at most 1,000 entries. So it may hold fewer
 * entries than `limit`, or none, and still have a cursor.
 *
 * @throws {BillingError} `validation_error` for an invalid cursor.
 */
export async function readHistory(
  { store }: Pick<Services, "store">,
  { orgId, limit, cursor, kind }: HistoryRequest,
) {
  const beforeSeq = cursor === null ? Infinity : readCursor(cursor);
  const { entries, last } = kind === undefined
    ? pageOf(await store.listEntries(orgId, { limit, beforeSeq }))
    : await findOfKind(store, { orgId, limit, beforeSeq, kind });
  return {
    items: entries.map(toHistoryItem),
    next_cursor: last > 1 ? cursorOf(last) : null,
  };
}

interface Found {
  entries: NumberedEntry[];
  /** Number of the last entry searched; the next page starts below it. */
  last: number;
}

function pageOf(entries: NumberedEntry[]): Found {
  return { entries, last: entries.at(-1)?.seq ?? 1 };
}

const ENTRIES_PER_READ = 100;
const MAX_READS = 10;

/** Scans the ledger: an index by kind would make every posting slower. */
async function findOfKind(
  store: Services["store"],
  { orgId, limit, beforeSeq, kind }: {
    orgId: string;
    limit: number;
    beforeSeq: number;
    kind: EntryKind;
  },
): Promise<Found> {
  const entries: NumberedEntry[] = [];
  let last = beforeSeq;
  for (let read = 0; read < MAX_READS; read++) {
    const options = { limit: ENTRIES_PER_READ, beforeSeq: last };
    const page = await store.listEntries(orgId, options);
    if (page.length === 0) return { entries, last: 1 };
    for (const entry of page) {
      last = entry.seq;
      if (entry.kind === kind) entries.push(entry);
      if (entries.length === limit) return { entries, last };
    }
  }
  return { entries, last };
}

function toHistoryItem(entry: NumberedEntry) {
  const { id, atMs, kind, balance, description, source } = entry;
  return {
    id,
    at: new Date(atMs).toISOString(),
    kind,
    tokens: tokensOf(entry),
    balance,
    description,
    source,
  };
}

/** Allows a later version to change the format of cursors. */
const PREFIX = "v1.";

function cursorOf(seq: number): string {
  return btoa(`${PREFIX}${seq}`).replaceAll("=", "");
}

function readCursor(cursor: string): number {
  const seq = Number(/^v1\.([1-9]\d{0,15})$/.exec(decode(cursor))?.[1]);
  if (Number.isSafeInteger(seq) && cursorOf(seq) === cursor) return seq;
  throw new BillingError(
    "validation_error",
    "Invalid cursor: expected next_cursor of the previous page",
  );
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch (error) {
    if (error instanceof DOMException) return ""; // not base64
    throw error;
  }
}
