import { BillingError } from "./errors.ts";

/** The most keys that may have work under way in this process. */
const MAX_KEYS = 10_000;

/**
 * Work that callers at one time share: whoever comes while it is under way
 * gets its result. For what is the same whenever it began.
 */
export class SharedFlights<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** @throws {BillingError} `unavailable` with too many keys under way. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const underWay = this.#flights.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#flights.size >= MAX_KEYS) return Promise.reject(overrun());
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}

interface Trail<T> {
  current: Promise<T>;
  /** Begins when the current one has ended. */
  next: Promise<T> | null;
}

/**
 * Work that reads something at its start: whoever comes while it is under way
 * may have come because of something newer, and shares one more run that
 * begins after it. However many call, there is one run and one to follow.
 */
export class TrailingFlights<T> {
  readonly #trails = new Map<string, Trail<T>>();

  /** @throws {BillingError} `unavailable` with too many keys under way. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const trail = this.#trails.get(key);
    if (trail !== undefined) return trail.next ??= this.#follow(key, work);
    if (this.#trails.size >= MAX_KEYS) return Promise.reject(overrun());
    return this.#start(key, work);
  }

  #start(key: string, work: () => Promise<T>): Promise<T> {
    const current = work();
    const trail: Trail<T> = { current, next: null };
    this.#trails.set(key, trail);
    const end = () => {
      if (trail.next === null) this.#trails.delete(key);
    };
    current.then(end, end);
    return current;
  }

  async #follow(key: string, work: () => Promise<T>): Promise<T> {
    // Whoever waits for the current one hears of its failure.
    await this.#trails.get(key)?.current.catch(() => {});
    return await this.#start(key, work);
  }
}

function overrun(): BillingError {
  return new BillingError("unavailable", "Too much is under way", {
    retryAfterSec: 1,
  });
}
