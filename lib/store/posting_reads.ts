import { dayName } from "../calendar.ts";
import type { LedgerEntry } from "../ledger.ts";
import { key } from "./keys.ts";
import { persist } from "./persist.ts";
import type { Batch } from "./postings.ts";

/** What a wallet's batch has to know beside the wallet. */
export interface Before {
  /** Entries by source, of those sources that were posted before. */
  posted: Map<string, LedgerEntry>;
  /** Tokens charged by day, of each day that the batch may add to. */
  used: Map<string, number>;
}

export function nothingBefore(): Before {
  return { posted: new Map(), used: new Map() };
}

/** All batches together, as each read costs more than its keys do. */
export async function readBefore(
  kv: Deno.Kv,
  batches: readonly Batch[],
): Promise<Before[]> {
  const marks = batches.flatMap(({ orgId, waiting }, index) =>
    waiting.map(({ posting }) => ({
      index,
      key: key.ledgerSource(orgId, posting.source),
    }))
  );
  const days = batches.flatMap((batch, index) =>
    chargeDays(batch).map((day) => ({
      ...{ index, day },
      key: key.usageDay(batch.orgId, day),
    }))
  );
  const numbers = await readAll<number>(kv, [...marks, ...days]);
  const before = batches.map(nothingBefore);
  for (const [at, { index, day }] of days.entries()) {
    before[index]?.used.set(day, numbers[marks.length + at] ?? 0);
  }
  await readEntries(
    kv,
    before,
    marks.flatMap(({ index }, at) => {
      const { orgId } = batches[index] ?? { orgId: "" };
      const seq = numbers[at] ?? null;
      return seq === null ? [] : [{ index, key: key.ledgerEntry(orgId, seq) }];
    }),
  );
  return before;
}

/** Only repeats have any: mostly this reads nothing. */
async function readEntries(
  kv: Deno.Kv,
  before: readonly Before[],
  keys: readonly { index: number; key: Deno.KvKey }[],
): Promise<void> {
  const entries = await readAll<LedgerEntry>(kv, keys);
  for (const [at, { index }] of keys.entries()) {
    const entry = entries[at];
    if (entry) before[index]?.posted.set(entry.source, entry);
  }
}

/** Deno KV reads no more keys at once. */
const KEYS_A_READ = 10;

/** Values of any number of keys, in their order. */
async function readAll<T>(
  kv: Deno.Kv,
  keys: readonly { key: Deno.KvKey }[],
): Promise<(T | null)[]> {
  const reads = [];
  for (let first = 0; first < keys.length; first += KEYS_A_READ) {
    const some = keys.slice(first, first + KEYS_A_READ).map(({ key }) => key);
    reads.push(persist(() => kv.getMany<T[]>(some)));
  }
  return (await Promise.all(reads)).flat().map(({ value }) => value);
}

/** One, or two around midnight: what waits does not wait for long. */
function chargeDays({ waiting }: Batch): string[] {
  const charges = waiting.filter(({ posting }) => posting.kind === "charge");
  return [...new Set(charges.map(({ nowMs }) => dayName(nowMs)))];
}
