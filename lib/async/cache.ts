/** Limits of a {@linkcode Cache}. */
export interface CacheOptions {
  /** Entries kept at most; the least recently used is dropped first. */
  max: number;
  /** Lifetime of an entry, counted from when it was set. */
  ttlMs: number;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
}

/**
 * A bounded in-memory cache whose entries expire.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * let nowMs = Date.now();
 * const now = () => nowMs;
 * const plans = new Cache<string, string>({ max: 100, ttlMs: 60_000, now });
 * plans.set("org_1", "pro");
 * assertEquals(plans.get("org_1"), "pro");
 * nowMs += 60_000;
 * assertEquals(plans.get("org_1"), undefined);
 * ```
 */
export class Cache<Key extends string, Value extends NonNullable<unknown>> {
  // A Map keeps insertion order, so its first entry is the least recently used.
  // Not lru-cache: it loads Node's `process`, 20 ms or a quarter of the start.
  readonly #entries = new Map<Key, { value: Value; setAtMs: number }>();

  constructor(private readonly options: CacheOptions) {}

  /** Returns the value, or undefined if it is missing or has expired. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    const { ttlMs, now } = this.options;
    if (now() - entry.setAtMs >= ttlMs) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Adds or replaces a value; its lifetime starts again. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, setAtMs: this.options.now() });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.options.max && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
  }

  /** Removes a value, if it exists. */
  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
