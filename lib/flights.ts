import { BillingError } from "./errors.ts";

/** The most keys that may have work under way in this process. */
const MAX_KEYS = 10_000;

/**
 * Work that callers at one time share: whoever comes while it is under way
 * gets its result. For what is the same whenever it began.
 */
export class SharedFlights<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** Whether {@linkcode run} would share work that has begun. */
  isUnderWay(key: string): boolean {
    return this.#flights.has(key);
  }

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

/** Work of one key, and what is to follow it. */
class Trail<T> {
  current!: Promise<T>;
  /** Whether it runs, or still waits for its turn. */
  begun = false;
  /** Begins when the current one has ended. */
  next: Promise<T> | null = null;
}

/**
 * Work that reads something at its start: whoever comes while it is under way
 * may have come because of something newer, and shares one more run that
 * begins after it. However many call, there is one run and one to follow.
 *
 * Of all keys so many run at a time, the others wait their turn; whoever
 * comes for one that waits shares it.
 */
export class TrailingFlights<T> {
  readonly #trails = new Map<string, Trail<T>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param maxRunning How many keys' work runs at a time; all if left out. */
  constructor(private readonly maxRunning = Infinity) {}

  /** @throws {BillingError} `unavailable` with too many keys under way. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const trail = this.#trails.get(key);
    if (trail === undefined) {
      if (this.#trails.size >= MAX_KEYS) return Promise.reject(overrun());
      return this.#start(key, work);
    }
    if (!trail.begun) return trail.current;
    return trail.next ??= this.#follow(key, trail.current, work);
  }

  #start(key: string, work: () => Promise<T>): Promise<T> {
    const trail = new Trail<T>();
    this.#trails.set(key, trail);
    trail.current = this.#inTurn(() => {
      trail.begun = true;
      return work();
    });
    const end = () => {
      if (trail.next === null) this.#trails.delete(key);
    };
    trail.current.then(end, end);
    return trail.current;
  }

  async #follow(
    key: string,
    current: Promise<T>,
    work: () => Promise<T>,
  ): Promise<T> {
    // Whoever waits for the current one hears of its failure.
    await current.catch(() => {});
    return await this.#start(key, work);
  }

  async #inTurn(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.maxRunning) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed on to the next, or given back.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

function overrun(): BillingError {
  return new BillingError("unavailable", "Too much is under way", {
    retryAfterSec: 1,
  });
}
