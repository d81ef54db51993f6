import { Cache, type CacheOptions } from "./cache.ts";

/** Allows an action once per interval and key, within this process. */
export class Throttle {
  readonly #recent: Cache<string, true>;

  /** @param options `ttlMs` is the interval. */
  constructor(options: CacheOptions) {
    this.#recent = new Cache(options);
  }

  /** Reports whether the action is allowed; if so, starts a new interval. */
  take(key: string): boolean {
    if (this.#recent.get(key)) return false;
    this.#recent.set(key, true);
    return true;
  }
}
