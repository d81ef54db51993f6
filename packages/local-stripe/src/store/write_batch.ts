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

/** Writes that happen together or not at all. */
export class WriteBatch {
  #atomic: Deno.AtomicOperation;
  #empty = true;

  constructor(kv: Deno.Kv) {
    this.#atomic = kv.atomic();
  }

  /** A new object; the commit fails when the id is taken. */
  insert<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: { object: T; extra: X; createdMs: number },
  ): StoredObject<T, X> {
    const saved = {
      object: stored.object,
      extra: stored.extra,
      order: orderAt(stored.createdMs),
      deleted: false,
    };
    this.#atomic.check({
      key: objectKey(collection, stored.object.id),
      versionstamp: null,
    });
    this.#write(collection, saved);
    return { ...saved, versionstamp: "" };
  }

  /**
   * A new object whose id is random, so that no check has to be spent on it, and which is kept for
   * a while only.
   */
  add<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: { object: T; extra: X; createdMs: number; keptMs: number },
  ): void {
    const { object, extra, createdMs, keptMs } = stored;
    const order = orderAt(createdMs);
    this.#write(collection, { object, extra, order, deleted: false }, keptMs);
  }

  /** The same object with another content, moved between lists as that asks for. */
  replace<T extends { id: string }, X>(
    collection: Collection<T, X>,
    stored: StoredObject<T, X>,
    next: Partial<Pick<StoredObject<T, X>, "object" | "extra" | "deleted">>,
  ): StoredObject<T, X> {
    const { versionstamp, ...old } = stored;
    this.#atomic.check({
      key: objectKey(collection, stored.object.id),
      versionstamp,
    });
    for (
      const list of old.deleted ? [] : collection.lists(old.object, old.extra)
    ) {
      this.#atomic.delete([...ROOT, "list", ...list, old.order]);
    }
    const saved = { ...old, ...next };
    this.#write(collection, saved);
    return { ...saved, versionstamp };
  }

  /** A value that is not an object of the API, against the entry that was read before. */
  set(
    entry: { key: Deno.KvKey; versionstamp: string | null },
    value: unknown,
    expireIn?: number,
  ): void {
    this.#empty = false;
    this.#atomic.check({ key: entry.key, versionstamp: entry.versionstamp });
    this.#atomic.set(
      entry.key,
      value,
      expireIn === undefined ? {} : { expireIn },
    );
  }

  /** A value at a key that nobody else writes, such as the parts of a long one. */
  put(key: readonly string[], value: unknown, expireIn?: number): void {
    this.#empty = false;
    this.#atomic.set(
      [...ROOT, ...key],
      value,
      expireIn === undefined ? {} : { expireIn },
    );
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
    this.#empty = false;
    const options = expireIn === undefined ? {} : { expireIn };
    this.#atomic.set(objectKey(collection, saved.object.id), saved, options);
    for (
      const list of saved.deleted
        ? []
        : collection.lists(saved.object, saved.extra)
    ) {
      this.#atomic.set(
        [...ROOT, "list", ...list, saved.order],
        saved.object.id,
        options,
      );
    }
  }
}
