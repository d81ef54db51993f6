import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { EntryKind } from "@/lib/store/ledger_types.ts";
import type { NumberedEntry } from "@/lib/store/wallets.ts";
import { tokensOf } from "./ledger.ts";

/** Restricts a ledger to some of its entries. */
export interface HistoryFilter {
  kind?: EntryKind | undefined;
  /** Entries from this time on, in milliseconds since the Unix epoch. */
  fromMs?: number | undefined;
  /** Entries before this time. */
  toMs?: number | undefined;
}

/** Selects a page of a ledger. */
export interface HistoryRequest extends HistoryFilter {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** `next_cursor` of the previous page; null for the newest entries. */
  cursor: string | null;
}

/**
 * Reads a page of an organization's ledger in its API representation, newest
 * first. Pages are stable: new entries don't shift the pages after a cursor.
 *
 * `tokens` is the entry's change of the balance: negative for a debit, 0 for a
 * refund when no purchased tokens were left.
 *
 * A filtered page searches at most 1,000 entries. So it may hold fewer
 * entries than `limit`, or none, and still have a cursor.
 *
 * @throws {BillingError} `validation_error` for an invalid cursor.
 */
export async function readHistory(
  { store }: Pick<Services, "store">,
  { orgId, limit, cursor, ...filter }: HistoryRequest,
) {
  const { kind, fromMs, toMs } = filter;
  const beforeSeq = cursor !== null
    ? readCursor(cursor)
    : toMs === undefined
    ? Infinity
    : await seek(store, orgId, toMs);
  const isFiltered = [kind, fromMs, toMs].some((one) => one !== undefined);
  const { entries, last } = isFiltered
    ? await find(store, { orgId, limit, beforeSeq, ...filter })
    : pageOf(await store.listEntries(orgId, { limit, beforeSeq }));
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

/** Entries of several processes are in order up to their clocks' difference. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Finds the position of a time by bisection, as entries are numbered without
 * gaps in the order of their times.
 *
 * @returns A number above that of every earlier entry.
 */
async function seek(
  store: Services["store"],
  orgId: string,
  atMs: number,
): Promise<number> {
  const newest = await store.listEntries(orgId, {
    limit: 1,
    beforeSeq: Infinity,
  });
  let low = 1;
  let high = (newest[0]?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const options = { limit: 1, beforeSeq: middle + 1 };
    const [entry] = await store.listEntries(orgId, options);
    const isLater = entry !== undefined &&
      entry.atMs >= atMs + CLOCK_SKEW_MS;
    if (isLater) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Scans the ledger: an index by kind would make every posting slower. */
async function find(
  store: Services["store"],
  { orgId, limit, beforeSeq, ...filter }: HistoryFilter & {
    orgId: string;
    limit: number;
    beforeSeq: number;
  },
): Promise<Found> {
  const entries: NumberedEntry[] = [];
  const endMs = (filter.fromMs ?? 0) - CLOCK_SKEW_MS;
  let last = beforeSeq;
  for (let read = 0; read < MAX_READS; read++) {
    const options = { limit: ENTRIES_PER_READ, beforeSeq: last };
    const page = await store.listEntries(orgId, options);
    if (page.length === 0) return { entries, last: 1 };
    for (const entry of page) {
      if (entry.atMs < endMs) return { entries, last: 1 };
      last = entry.seq;
      if (matches(entry, filter)) entries.push(entry);
      if (entries.length === limit) return { entries, last };
    }
  }
  return { entries, last };
}

function matches(
  entry: NumberedEntry,
  { kind, fromMs = 0, toMs = Infinity }: HistoryFilter,
): boolean {
  return (kind === undefined || entry.kind === kind) &&
    fromMs <= entry.atMs && entry.atMs < toMs;
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
