import { BillingError } from "@/lib/errors.ts";
import type { EntryKind } from "@/lib/store/ledger_types.ts";
import { tokensOf } from "./ledger.ts";
import type { Services } from "@/lib/services.ts";
import type { NumberedEntry } from "@/lib/store/mod.ts";

/** Which part of a ledger is asked for. */
export interface HistoryRequest {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** Where the page before ended; null: from the newest on. */
  cursor: string | null;
  /** Entries of this kind alone; left out for all. */
  kind?: EntryKind | undefined;
}

/**
 * A page of an organization's ledger as the API shows it, newest first.
 *
 * Entries have numbers without a gap and are only added at the new end, so
 * the pages that follow a cursor are the same whatever is added meanwhile.
 * `tokens` is what an entry adds to the balance: below 0 for what it takes,
 * and 0 for a refund of tokens of which none were left.
 *
 * Of one kind a page may have fewer than were asked for, or none, and still a
 * cursor: no more than 1,000 entries are looked through for it.
 *
 * @throws {BillingError} `validation_error` for a cursor that is not ours.
 * @see The HTTP contract, GET /api/v1/billing/history.
 */
export async function readHistory(
  { store }: Pick<Services, "store">,
  { orgId, limit, cursor, kind }: HistoryRequest,
) {
  const beforeSeq = cursor === null ? Infinity : readCursor(cursor);
  const { entries, last } = kind === undefined
    ? pageOf(await store.listEntries(orgId, { limit, beforeSeq }))
    : await findKind(store, { orgId, limit, beforeSeq, kind });
  return {
    items: entries.map(showEntry),
    next_cursor: last > 1 ? cursorOf(last) : null,
  };
}

/** Entries, and the number of the last one that was looked at. */
interface Found {
  entries: NumberedEntry[];
  last: number;
}

function pageOf(entries: NumberedEntry[]): Found {
  return { entries, last: entries.at(-1)?.seq ?? 1 };
}

const READ_AT_ONCE = 100;
const MAX_READS = 10;

/** There is no index of kinds: each posting would pay for it. */
async function findKind(
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
    const options = { limit: READ_AT_ONCE, beforeSeq: last };
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

function showEntry(entry: NumberedEntry) {
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

/** Says which version it is, so that a later one need not guess. */
const PREFIX = "v1.";

function cursorOf(seq: number): string {
  return btoa(`${PREFIX}${seq}`).replaceAll("=", "");
}

function readCursor(cursor: string): number {
  const seq = Number(/^v1\.([1-9]\d{0,15})$/.exec(decode(cursor))?.[1]);
  if (Number.isSafeInteger(seq) && cursorOf(seq) === cursor) return seq;
  throw new BillingError(
    "validation_error",
    "Invalid cursor: expected next_cursor of the page before",
  );
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch (error) {
    if (error instanceof DOMException) return ""; // no cursor of ours
    throw error;
  }
}
