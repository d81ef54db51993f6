import { KEYS_PER_READ } from "./batched_reads.ts";
import { withRetry } from "./kv_retry.ts";

/**
 * Reads any number of keys and returns their entries in the same order. Reads
 * ten keys at a time, so the entries are not one consistent snapshot.
 */
export async function getAll<T>(
  kv: Deno.Kv,
  keys: readonly Deno.KvKey[],
): Promise<Deno.KvEntryMaybe<T>[]> {
  const reads: Promise<Deno.KvEntryMaybe<T>[]>[] = [];
  for (let first = 0; first < keys.length; first += KEYS_PER_READ) {
    const chunk = keys.slice(first, first + KEYS_PER_READ);
    reads.push(withRetry(() => kv.getMany<T[]>(chunk)));
  }
  return (await Promise.all(reads)).flat();
}

/** Selects a page of a list. */
export interface PageOptions {
  limit: number;
  /** The cursor of the previous page; null for the first page. */
  cursor: string | null;
}

/** Reads a page of the entries under a prefix, in the order of their keys. */
export function listPage<T>(
  kv: Deno.Kv,
  prefix: Deno.KvKey,
  { limit, cursor }: PageOptions,
): Promise<{ entries: Deno.KvEntry<T>[]; cursor: string | null }> {
  return withRetry(async () => {
    const list = kv.list<T>({ prefix }, {
      limit,
      batchSize: limit,
      ...(cursor !== null && { cursor }),
    });
    const entries = await Array.fromAsync(list);
    return { entries, cursor: entries.length < limit ? null : list.cursor };
  });
}
