import { notImplemented } from "../api/errors.ts";
import { withRetry } from "./retry.ts";
import {
  type Collection,
  objectKey,
  orderAt,
  ROOT,
  type Saved,
  type StoredObject,
} from "./collections.ts";

/** Writes that are committed atomically. */
export class WriteBatch {
  #atomic: Deno.AtomicOperation;
  #empty = true;

  constructor(kv: Deno.Kv) {
    this.#atomic = kv.atomic();
  }

  /** Adds a new object; the commit fails if the id exists. */
  insert<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: { object: T; extra: X; createdMs: number },
  ): StoredObject<T, X> {
    const { object, extra } = stored;
    const order = orderAt(stored.createdMs);
    const saved = { object, extra, order, deleted: false };
    const key = objectKey(collection, object.id);
    this.#atomic.check({ key, versionstamp: null });
    this.#write(collection, saved);
    return { ...saved, versionstamp: "" };
  }

  /**
   * Adds a new object that expires. Its id is random, so its existence is not checked: a commit
   * allows few checks.
   */
  add<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: { object: T; extra: X; createdMs: number; keptMs: number },
  ): void {
    const { object, extra, createdMs, keptMs } = stored;
    const order = orderAt(createdMs);
    this.#write(collection, { object, extra, order, deleted: false }, keptMs);
  }

  /** Replaces an object and updates the lists that hold it. */
  replace<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: StoredObject<T, X>,
    next: Partial<Pick<StoredObject<T, X>, "object" | "extra" | "deleted">>,
  ): StoredObject<T, X> {
    const { versionstamp, ...old } = stored;
    const key = objectKey(collection, stored.object.id);
    this.#atomic.check({ key, versionstamp });
    for (const list of listKeys(collection, old)) this.#atomic.delete(list);
    const saved = { ...old, ...next };
    this.#write(collection, saved);
    return { ...saved, versionstamp };
  }

  /** Sets a value that is not an API object, unless it changed since the entry was read. */
  set(
    entry: { key: Deno.KvKey; versionstamp: string | null },
    value: unknown,
    expireIn?: number,
  ): void {
    this.#atomic.check({ key: entry.key, versionstamp: entry.versionstamp });
    this.#set(entry.key, value, expireIn);
  }

  /** Sets a value without a check, at a key with a single writer. */
  put(key: readonly string[], value: unknown, expireIn?: number): void {
    this.#set([...ROOT, ...key], value, expireIn);
  }

  delete(entry: { key: Deno.KvKey; versionstamp: string | null }): void {
    this.#empty = false;
    this.#atomic.check({ key: entry.key, versionstamp: entry.versionstamp })
      .delete(entry.key);
  }

  async commit(): Promise<boolean> {
    if (this.#empty) return true;
    try {
      return (await withRetry(() => this.#atomic.commit())).ok;
    } catch (error) {
      if (error instanceof TypeError && /too large/i.test(error.message)) {
        throw notImplemented("objects of more than 64 KiB");
      }
      throw error;
    }
  }

  #write<T extends { id: string }, X>(
    collection: Collection<T, X>,
    saved: Saved<T, X>,
    expireIn?: number,
  ): void {
    const { id } = saved.object;
    this.#set(objectKey(collection, id), saved, expireIn);
    for (const list of listKeys(collection, saved)) {
      this.#set(list, id, expireIn);
    }
  }

  #set(key: Deno.KvKey, value: unknown, expireIn: number | undefined): void {
    this.#empty = false;
    this.#atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
  }
}

function listKeys<T extends { id: string }, X>(
  collection: Collection<T, X>,
  { deleted, extra, object, order }: Saved<T, X>,
): string[][] {
  if (deleted) return [];
  const lists = collection.lists(object, extra);
  return lists.map((list) => [...ROOT, "list", ...list, order]);
}
