import { lockTimeout, notImplemented } from "./errors.ts";

/** One sort of object: what its rows are filed under, and in which lists each of them appears. */
export interface Kind<T extends { id: string }, X = null> {
  /** The object type, e.g. "customer". */
  name: string;
  /** What Stripe's errors call it, e.g. "customer" or "PaymentMethod". */
  noun: string;
  /** Names of the lists that hold it, e.g. `["all"]` and `["customer", id]`. */
  lists(object: T, extra: X): string[][];
}

/** A stored object with what only this stand-in knows about it. */
export interface Row<T, X = null> {
  /** The object as the API shows it, references as ids. */
  object: T;
  extra: X;
  /** Its place in time-ordered lists. */
  order: string;
  deleted: boolean;
  versionstamp: string;
}

type Saved<T, X> = Omit<Row<T, X>, "versionstamp">;
type Key = readonly string[];

const ROOT = ["sandbox", "stripe"] as const;
const ATTEMPTS = 30;

let ties = 0;

/**
 * Where everything is kept: rows by id, and lists that hold ids in the order of creation. Each
 * write checks the version that it was made from, so none of them can undo another.
 */
export class Store {
  constructor(readonly kv: Deno.Kv) {}

  async get<T extends { id: string }, X>(
    kind: Kind<T, X>,
    id: string,
  ): Promise<Row<T, X> | null> {
    if (!/^[\w-]{1,255}$/.test(id)) return null; // no id of ours, and no long key for the store
    const entry = await this.read<Saved<T, X>>(["object", kind.name, id]);
    return entry.value === null
      ? null
      : { ...entry.value, versionstamp: entry.versionstamp };
  }

  /** Reads a value that is not an object of the API. */
  read<V>(key: Key): Promise<Deno.KvEntryMaybe<V>> {
    return patiently(() => this.kv.get<V>([...ROOT, ...key]));
  }

  /** Ids of a list between two places, `[low, high)`, at most `limit` of them. */
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
    const entries = await patiently(() =>
      Array.fromAsync(this.kv.list<string>(selector, options))
    );
    return entries.map((entry) => ({
      id: entry.value,
      order: String(entry.key.at(-1)),
    }));
  }

  begin(): Change {
    return new Change(this.kv);
  }

  /** Stores a new object. */
  async insert<T extends { id: string }, X>(
    kind: Kind<T, X>,
    row: { object: T; extra: X; createdMs: number },
  ): Promise<T> {
    return await this.untilWritten((writes) =>
      Promise.resolve(writes.insert(kind, row).object)
    );
  }

  /**
   * Reads, changes and writes one object, again from the start when another was faster.
   *
   * @returns The row as written, or `null` when there is none (or a deleted one).
   * @throws Whatever `change` throws; 429 `lock_timeout` when others stay faster.
   */
  async update<T extends { id: string }, X>(
    kind: Kind<T, X>,
    id: string,
    change: (row: Row<T, X>) => Partial<Pick<Row<T, X>, "object" | "extra">>,
  ): Promise<Row<T, X> | null> {
    return await this.untilWritten(async (writes) => {
      const row = await this.get(kind, id);
      return row === null || row.deleted
        ? null
        : writes.replace(kind, row, change(row));
    });
  }

  /** Runs `plan` and commits what it planned, again from the start when a check fails. */
  async untilWritten<R>(plan: (writes: Change) => Promise<R>): Promise<R> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const writes = this.begin();
      const result = await plan(writes);
      if (await writes.commit()) return result;
      await pause(attempt);
    }
    throw lockTimeout();
  }
}

/** Writes that happen together or not at all. */
export class Change {
  #atomic: Deno.AtomicOperation;
  #empty = true;

  constructor(kv: Deno.Kv) {
    this.#atomic = kv.atomic();
  }

  /** A new object; the commit fails when the id is taken. */
  insert<T extends { id: string }, X>(
    kind: Kind<T, X>,
    row: { object: T; extra: X; createdMs: number },
  ): Row<T, X> {
    const saved = {
      object: row.object,
      extra: row.extra,
      order: orderAt(row.createdMs),
      deleted: false,
    };
    this.#atomic.check({
      key: objectKey(kind, row.object.id),
      versionstamp: null,
    });
    this.#write(kind, saved);
    return { ...saved, versionstamp: "" };
  }

  /** The same object with another content, moved between lists as that asks for. */
  replace<T extends { id: string }, X>(
    kind: Kind<T, X>,
    row: Row<T, X>,
    next: Partial<Pick<Row<T, X>, "object" | "extra" | "deleted">>,
  ): Row<T, X> {
    const { versionstamp, ...old } = row;
    this.#atomic.check({ key: objectKey(kind, row.object.id), versionstamp });
    for (const list of old.deleted ? [] : kind.lists(old.object, old.extra)) {
      this.#atomic.delete([...ROOT, "list", ...list, old.order]);
    }
    const saved = { ...old, ...next };
    this.#write(kind, saved);
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
  put(key: Key, value: unknown, expireIn?: number): void {
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
      return (await patiently(() => this.#atomic.commit())).ok;
    } catch (error) {
      if (error instanceof TypeError && /too large/i.test(error.message)) {
        throw notImplemented("objects of more than 64 KiB");
      }
      throw error;
    }
  }

  #write<T extends { id: string }, X>(
    kind: Kind<T, X>,
    saved: Saved<T, X>,
  ): void {
    this.#empty = false;
    this.#atomic.set(objectKey(kind, saved.object.id), saved);
    for (
      const list of saved.deleted ? [] : kind.lists(saved.object, saved.extra)
    ) {
      this.#atomic.set(
        [...ROOT, "list", ...list, saved.order],
        saved.object.id,
      );
    }
  }
}

/** The place of what was created at a time; what came later in the same millisecond sorts later. */
export function orderAt(createdMs: number): string {
  ties = (ties + 1) % 1_000_000;
  return placeAt(createdMs) + placeAt(Date.now()) +
    String(ties).padStart(6, "0");
}

/** The place before everything that was created at this time. */
export function placeAt(timeMs: number): string {
  return String(Math.max(0, Math.floor(timeMs))).padStart(15, "0");
}

function objectKey(kind: { name: string }, id: string): string[] {
  return [...ROOT, "object", kind.name, id];
}

// SQLite answers "database is locked" when another process is writing; nothing was written then.
async function patiently<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const busy = error instanceof Error &&
        error.message.includes("database is locked");
      if (!busy || attempt >= ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

function pause(attempt: number): Promise<void> {
  const longest = Math.min(100, 2 ** Math.min(attempt, 7));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
