// 11.2, as later versions load `node:diagnostics_channel`: 25 ms of the start.
import { LRUCache } from "lru-cache";

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
  readonly #entries: LRUCache<Key, Value>;

  constructor({ max, ttlMs, now }: CacheOptions) {
    this.#entries = new LRUCache<Key, Value>({
      max,
      // The library keeps an entry until its age exceeds the TTL.
      ttl: ttlMs - 1,
      // Without this, the library remembers the time until a timer fires.
      ttlResolution: 0,
      perf: { now },
    });
  }

  /** Returns the value, or undefined if it is missing or has expired. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Adds or replaces a value; its lifetime starts again. */
  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
  }
}
