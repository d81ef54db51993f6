import { WriteBatch } from "./write_batch.ts";
import { lockTimeout } from "../api/errors.ts";
import { ATTEMPTS, pause, withRetry } from "./retry.ts";
import {
  type Collection,
  ROOT,
  type Saved,
  type StoredObject,
} from "./collections.ts";

type Key = readonly string[];

/**
 * Objects by id, and lists of ids in the order of creation, in Deno KV. Each write checks the
 * version that it is based on, so concurrent changes are not lost.
 */
export class Store {
  constructor(readonly kv: Deno.Kv) {}

  async get<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Promise<StoredObject<T, X> | null> {
    if (!/^[\w-]{1,255}$/.test(id)) return null; // also limits the key length
    const entry = await this.read<Saved<T, X>>(["object", collection.name, id]);
    if (entry.value === null) return null;
    const extra = collection.upgrade?.(entry.value.extra) ?? entry.value.extra;
    return { ...entry.value, extra, versionstamp: entry.versionstamp };
  }

  /** Reads a value that is not an API object. */
  read<V>(key: Key): Promise<Deno.KvEntryMaybe<V>> {
    return withRetry(() => this.kv.get<V>([...ROOT, ...key]));
  }

  /** Up to `limit` ids of a list with sort keys in `[low, high)`. */
  async ids(
    list: Key,
    range: { low?: string; high?: string; limit: number; newestFirst: boolean },
  ): Promise<{ id: string; order: string }[]> {
    const base = [...ROOT, "list", ...list];
    const selector = {
      start: [...base, range.low ?? ""],
      end: [...base, range.high ?? "~"],
    };
    const options = {
      limit: range.limit,
      reverse: range.newestFirst,
      batchSize: 500,
    };
    const entries = await withRetry(() =>
      Array.fromAsync(this.kv.list<string>(selector, options))
    );
    return entries.map((entry) => ({
      id: entry.value,
      order: String(entry.key.at(-1)),
    }));
  }

  begin(): WriteBatch {
    return new WriteBatch(this.kv);
  }

  /** Stores a new object. */
  async insert<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: { object: T; extra: X; createdMs: number },
  ): Promise<T> {
    return await this.untilWritten((writes) =>
      Promise.resolve(writes.insert(collection, stored).object)
    );
  }

  /**
   * Reads, changes and writes one object, and starts over after a conflict.
   *
   * @param also Adds to the same commit, for example the event of the change.
   * @returns The object as written, or `null` if it does not exist or was deleted.
   * @throws {ApiError} 429 `lock_timeout` after too many conflicts. Errors of `change` pass through.
   */
  async update<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
    change: (
      stored: StoredObject<T, X>,
    ) => Partial<Pick<StoredObject<T, X>, "object" | "extra">>,
    also?: (writes: WriteBatch, before: T, after: T) => void,
  ): Promise<StoredObject<T, X> | null> {
    return await this.untilWritten(async (writes) => {
      const stored = await this.get(collection, id);
      if (stored === null || stored.deleted) return null;
      const next = writes.replace(collection, stored, change(stored));
      also?.(writes, stored.object, next.object);
      return next;
    });
  }

  /** Runs `plan` and commits its writes, and starts over after a conflict. */
  async untilWritten<R>(plan: (writes: WriteBatch) => Promise<R>): Promise<R> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const writes = this.begin();
      const result = await plan(writes);
      if (await writes.commit()) return result;
      await pause(attempt);
    }
    throw lockTimeout();
  }
}
