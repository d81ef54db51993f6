import type { LedgerEntry } from "@/lib/wallet/ledger.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import type { WalletBatch } from "./postings.ts";

/**
 * The entries of sources that were posted before, by source, for each batch:
 * all batches together, as each read costs more than its keys do.
 */
export async function readPosted(
  kv: Deno.Kv,
  batches: readonly WalletBatch[],
): Promise<Map<string, LedgerEntry>[]> {
  const marks = batches.flatMap(({ orgId, waiting }, index) =>
    waiting.map(({ posting }) => ({
      ...{ index, orgId },
      key: key.ledgerSource(orgId, posting.source),
    }))
  );
  const numbers = await readAll<number>(kv, marks);
  // Only repeats have any: mostly this reads nothing more.
  const found = marks.flatMap(({ index, orgId }, at) => {
    const seq = numbers[at] ?? null;
    return seq === null ? [] : [{ index, key: key.ledgerEntry(orgId, seq) }];
  });
  const entries = await readAll<LedgerEntry>(kv, found);
  const posted = batches.map(() => new Map<string, LedgerEntry>());
  for (const [at, { index }] of found.entries()) {
    const entry = entries[at];
    if (entry) posted[index]?.set(entry.source, entry);
  }
  return posted;
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
    reads.push(withRetry(() => kv.getMany<T[]>(some)));
  }
  return (await Promise.all(reads)).flat().map(({ value }) => value);
}
