import type { RateLimiterMemory } from "rate-limiter-flexible";
import memory from "rate-limiter-flexible/memory";
import { SingleFlight } from "@/lib/async/single_flight.ts";
import type { Log } from "@/lib/log.ts";
import type { RateCounterStore } from "@/lib/store/rate_counters.ts";

/**
 * Imported from a file of the package: its main module loads a driver for
 * every database, which doubles the start-up time. The file has no types.
 */
const MemoryLimiter: typeof RateLimiterMemory = memory;

/** Windows are aligned to the clock, so all processes share them. */
const WINDOW_MS = 60_000;

/** How many calls a subject may make per window. */
export interface Policy {
  /** Public: appears in response headers. */
  name: string;
  quota: number;
}

/** The outcome of counting one call. */
export interface RateLimitResult {
  policy: Policy;
  allowed: boolean;
  /** Calls left: exact for a single process, else as of the last flush. */
  remaining: number;
  /** Start of the next window, in milliseconds since the Unix epoch. */
  resetsAtMs: number;
}

/**
 * Batches per quota. A process makes one batch of calls before it adds them to
 * the shared counter and reads the other processes' calls. Infrequent callers
 * cost no write, the busiest 30 per minute. Together, processes exceed a quota
 * by at most one batch for each process but the first: 10 % with four of them.
 */
const BATCHES = 30;

/**
 * Counts the calls of one policy in one-minute windows. The in-memory counters
 * are rate-limiter-flexible's. Its database stores write on every call, so
 * sharing counters between processes is implemented here.
 */
export class RateLimiter {
  readonly #batch: number;
  /** Calls in the window: this process's, and the others' at the last flush. */
  readonly #calls: RateLimiterMemory;
  /** Calls of the current batch, not yet in the shared counter. */
  readonly #unflushed: RateLimiterMemory;
  readonly #flushes = new SingleFlight<void>();

  constructor(
    private readonly policy: Policy,
    private readonly services: {
      store: RateCounterStore;
      now: () => number;
      log: Log;
    },
  ) {
    const { quota } = policy;
    this.#batch = Math.ceil(quota / BATCHES);
    const duration = WINDOW_MS / 1000;
    this.#calls = new MemoryLimiter({ points: quota, duration });
    this.#unflushed = new MemoryLimiter({ points: this.#batch, duration });
  }

  /** Counts a call, unless it exceeds the quota. */
  async consume(id: string): Promise<RateLimitResult> {
    for (;;) {
      const window = Math.floor(this.services.now() / WINDOW_MS);
      // The key names the window; the library's own expiry only frees memory.
      const key = `${window}:${id}`;
      if (await tryConsume(this.#unflushed, key)) {
        const { remainingPoints } = await this.#calls.penalty(key);
        return this.#result(window, true, remainingPoints);
      }
      if (await this.#remaining(key) === 0) {
        return this.#result(window, false, 0);
      }
      await this.#flushes.run(key, () => this.#flush(id, window, key));
    }
  }

  #result(
    window: number,
    allowed: boolean,
    remaining: number,
  ): RateLimitResult {
    const resetsAtMs = (window + 1) * WINDOW_MS;
    return { policy: this.policy, allowed, remaining, resetsAtMs };
  }

  async #remaining(key: string): Promise<number> {
    const counter = await this.#calls.get(key);
    return counter?.remainingPoints ?? this.policy.quota;
  }

  /** Adds a batch to the shared counter and starts the next, perhaps smaller. */
  async #flush(id: string, window: number, key: string): Promise<void> {
    const total = await this.#addCalls(id, window);
    if (total !== null) await this.#calls.set(key, total, WINDOW_MS / 1000);
    const left = await this.#remaining(key);
    const next = total === null ? left : Math.min(left, this.#batch);
    await this.#unflushed.set(key, this.#batch - next, WINDOW_MS / 1000);
  }

  /**
   * If the store fails, this process counts alone for the rest of the window
   * instead of refusing calls.
   *
   * @returns The calls of all processes; null if the store failed.
   */
  async #addCalls(id: string, window: number): Promise<number | null> {
    const { store, log } = this.services;
    const subject = [this.policy.name, id] as const;
    try {
      return await store.addCalls({ subject, window, calls: this.#batch });
    } catch (error) {
      log.warn("rate limit not shared between processes", {}, error);
      return null;
    }
  }
}

/** The library rejects with a result, not an error, when the limit is reached. */
function tryConsume(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(() => true, (rejection: unknown) => {
    if (rejection instanceof Error) throw rejection;
    return false;
  });
}
