import type { RateLimiterMemory } from "rate-limiter-flexible";
import memory from "rate-limiter-flexible/memory";
import { SingleFlight } from "@/lib/async/single_flight.ts";
import type { Log } from "@/lib/log.ts";
import type { RateCounterStore } from "@/lib/store/rate_counters.ts";

/**
 * The library's one file that is used: the whole of it has a driver for every
 * database, and what they need of Node takes as long as all the rest of
 * starting. That file has no types of its own.
 */
const MemoryLimiter: typeof RateLimiterMemory = memory;

/** All windows are a minute, the same one for every process. */
export const WINDOW_MS = 60_000;

/** How many calls whom, in each window. */
export interface Policy {
  /** Public: in the headers of answers. */
  name: string;
  quota: number;
}

/** What came of counting a call. */
export interface RateLimitResult {
  policy: Policy;
  allowed: boolean;
  /** Calls left; exact with one process, else as last heard. */
  remaining: number;
  /** When the next window begins, in milliseconds since the Unix epoch. */
  renewsAtMs: number;
}

/**
 * So many shares make a quota. A process makes one share of calls before it
 * tells the store of them, hears of what the others made, and goes on to the
 * next: seldom callers cost no write at all, and the busiest thirty a minute.
 * What the processes may be off together is a share for each but one: within
 * 10 % up to four of them. One alone is exact.
 */
const SHARES = 30;

/**
 * Counts the calls of one policy in windows of a minute. The counters are
 * rate-limiter-flexible's, in memory; ours is how processes share them, as
 * that library's own stores write for every call.
 */
export class RateLimiter {
  readonly #share: number;
  /** Calls in the window: this process's, and the others' as last heard. */
  readonly #calls: RateLimiterMemory;
  /** Calls of this process that nobody was told of, one share of them. */
  readonly #untold: RateLimiterMemory;
  readonly #telling = new SingleFlight<void>();

  constructor(
    private readonly policy: Policy,
    private readonly services: {
      store: RateCounterStore;
      now: () => number;
      log: Log;
    },
  ) {
    const { quota } = policy;
    this.#share = Math.ceil(quota / SHARES);
    const duration = WINDOW_MS / 1000;
    this.#calls = new MemoryLimiter({ points: quota, duration });
    this.#untold = new MemoryLimiter({ points: this.#share, duration });
  }

  /** Counts a call of a subject; one that is not allowed costs nothing. */
  async take(id: string): Promise<RateLimitResult> {
    for (;;) {
      const window = Math.floor(this.services.now() / WINDOW_MS);
      // The window is in the key, so the counters' own clock only clears up.
      const key = `${window}:${id}`;
      if (await consumed(this.#untold, key)) {
        const { remainingPoints } = await this.#calls.penalty(key);
        return this.#counted(window, true, remainingPoints);
      }
      if (await this.#remaining(key) === 0) {
        return this.#counted(window, false, 0);
      }
      await this.#telling.run(key, () => this.#tell(id, window, key));
    }
  }

  #counted(
    window: number,
    allowed: boolean,
    remaining: number,
  ): RateLimitResult {
    const renewsAtMs = (window + 1) * WINDOW_MS;
    return { policy: this.policy, allowed, remaining, renewsAtMs };
  }

  async #remaining(key: string): Promise<number> {
    const known = await this.#calls.get(key);
    return known?.remainingPoints ?? this.policy.quota;
  }

  /** Tells of a share, and takes the next one, or what is left for it. */
  async #tell(id: string, window: number, key: string): Promise<void> {
    const made = await this.#addCalls(id, window);
    if (made !== null) await this.#calls.set(key, made, WINDOW_MS / 1000);
    const left = await this.#remaining(key);
    const more = made === null ? left : Math.min(left, this.#share);
    await this.#untold.set(key, this.#share - more, WINDOW_MS / 1000);
  }

  /**
   * A store that fails must not close the door: this process then counts by
   * itself for the rest of the window.
   *
   * @returns Calls of all processes; null if they are not known.
   */
  async #addCalls(id: string, window: number): Promise<number | null> {
    const { store, log } = this.services;
    const subject = [this.policy.name, id] as const;
    try {
      return await store.addCalls({ subject, window, calls: this.#share });
    } catch (error) {
      log.warn("calls counted by this process alone", {}, error);
      return null;
    }
  }
}

/** The library tells "one too many" by a rejection that is no error. */
function consumed(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(() => true, (refused: unknown) => {
    if (refused instanceof Error) throw refused;
    return false;
  });
}
