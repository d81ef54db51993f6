/** A stored value with its version. */
interface Stored {
  key: Deno.KvKey;
  value: unknown;
  version: number;
}

/**
 * The part of Deno KV that the local Stripe uses, in plain memory. A call takes
 * microseconds and no thread, so a request to Stripe is one operation of the
 * simulation. The app's own store is Deno KV.
 */
export class MemoryKv {
  readonly #entries = new Map<string, Stored>();
  /** The keys of all entries, in their order. */
  readonly #order: string[] = [];
  #version = 0;

  get(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>> {
    const stored = this.#entries.get(encode(key));
    return Promise.resolve(stored === undefined ? missing(key) : show(stored));
  }

  getMany(
    keys: readonly Deno.KvKey[],
  ): Promise<Deno.KvEntryMaybe<unknown>[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async *list(
    selector: { prefix?: Deno.KvKey; start?: Deno.KvKey; end?: Deno.KvKey },
    { limit = Infinity, reverse = false }: Deno.KvListOptions = {},
  ): AsyncGenerator<Deno.KvEntry<unknown>> {
    const prefix = selector.prefix && encode(selector.prefix);
    const low = selector.start ? encode(selector.start) : `${prefix}${NEXT}`;
    const high = selector.end ? encode(selector.end) : `${prefix}${AFTER}`;
    const keys = this.#order.slice(this.#indexOf(low), this.#indexOf(high));
    if (reverse) keys.reverse();
    for (const key of keys.slice(0, limit)) {
      const stored = this.#entries.get(key);
      if (stored !== undefined) yield show(stored);
    }
  }

  atomic(): MemoryAtomic {
    return new MemoryAtomic((commit) => this.#commit(commit));
  }

  /** A value, without a copy. */
  peek(key: Deno.KvKey): unknown {
    return this.#entries.get(encode(key))?.value;
  }

  copy(): MemoryKv {
    const copy = new MemoryKv();
    for (const key of this.#order) {
      const stored = this.#entries.get(key);
      if (stored !== undefined) copy.#entries.set(key, stored);
    }
    copy.#order.push(...this.#order);
    copy.#version = this.#version;
    return copy;
  }

  /** The values under a prefix after the first ones, without copies. */
  values(prefix: Deno.KvKey, skipped = 0): unknown[] {
    const start = encode(prefix);
    return this.#order
      .slice(
        this.#indexOf(start + NEXT) + skipped,
        this.#indexOf(start + AFTER),
      )
      .map((key) => this.#entries.get(key)?.value);
  }

  #commit({ checks, writes }: Commit): boolean {
    const current = checks.every(({ key, versionstamp }) => {
      const stored = this.#entries.get(encode(key));
      return versionstamp === (stored ? stampOf(stored.version) : null);
    });
    if (!current) return false;
    this.#version += 1;
    for (const { key, value } of writes) this.#write(key, value);
    return true;
  }

  #write(key: Deno.KvKey, value: unknown): void {
    const encoded = encode(key);
    const index = this.#indexOf(encoded);
    if (value === undefined) {
      if (this.#entries.delete(encoded)) this.#order.splice(index, 1);
      return;
    }
    if (!this.#entries.has(encoded)) this.#order.splice(index, 0, encoded);
    const version = this.#version;
    this.#entries.set(encoded, { key, value: copyOf(value), version });
  }

  /** The index of the first key that is not below this one. */
  #indexOf(key: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Commit {
  checks: Deno.AtomicCheck[];
  /** `undefined` deletes. */
  writes: { key: Deno.KvKey; value: unknown }[];
}

class MemoryAtomic {
  readonly #checks: Deno.AtomicCheck[] = [];
  readonly #writes: Commit["writes"] = [];

  constructor(private readonly apply: (commit: Commit) => boolean) {}

  check(...checks: Deno.AtomicCheck[]): this {
    this.#checks.push(...checks);
    return this;
  }

  set(key: Deno.KvKey, value: unknown): this {
    this.#writes.push({ key, value });
    return this;
  }

  delete(key: Deno.KvKey): this {
    this.#writes.push({ key, value: undefined });
    return this;
  }

  commit(): Promise<{ ok: boolean }> {
    const ok = this.apply({ checks: this.#checks, writes: this.#writes });
    return Promise.resolve({ ok });
  }
}

/** Below and above all characters of a key part. */
const NEXT = "\u0000";
const AFTER = "\u0001";

/** Keeps the order of keys whose parts are strings. */
function encode(key: Deno.KvKey): string {
  return key.join(NEXT);
}

function stampOf(version: number): string {
  return version.toString(16).padStart(20, "0");
}

function missing(key: Deno.KvKey): Deno.KvEntryMaybe<unknown> {
  return { key, value: null, versionstamp: null };
}

function show({ key, value, version }: Stored): Deno.KvEntry<unknown> {
  const versionstamp = stampOf(version);
  return { key, value: copyOf(value), versionstamp };
}

/** `structuredClone` takes ten times as long for plain values. */
function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (value instanceof Uint8Array) return value.slice() as T;
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = copyOf(value[name]);
  return copy as T;
}
