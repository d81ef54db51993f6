import { BillingError } from "@/lib/errors.ts";

/** The most keys that may have work under way in this process. */
const MAX_KEYS = 10_000;

/**
 * Work that callers at one time share: whoever comes while it is under way
 * gets its result. For what is the same whenever it began.
 */
export class SingleFlight<T> {
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

/** Each lane has separate slots, so that people do not wait for events. */
export type Lane = "interactive" | "background";

/** Work of one key, and what is to follow it. */
class Trail<T> {
  current!: Promise<T>;
  /** The slots it runs in; null while it waits for one. */
  slots: Slots | null = null;
  /** Begins when the current one has ended. */
  next: Promise<T> | null = null;
  nextLane: Lane = "background";
  readonly #turn = Promise.withResolvers<void>();
  readonly turn = this.#turn.promise;

  begin(slots: Slots): void {
    this.slots = slots;
    this.#turn.resolve();
  }
}

/** So many trails run at a time; the others wait in order. */
class Slots {
  #running = 0;
  readonly #waiting = new Set<Trail<unknown>>();

  constructor(private readonly max: number) {}

  enter(trail: Trail<unknown>): void {
    if (this.#running >= this.max) {
      this.#waiting.add(trail);
      return;
    }
    this.#running += 1;
    trail.begin(this);
  }

  leave(trail: Trail<unknown>): void {
    this.#waiting.delete(trail);
  }

  /** Hands the slot on to the next, or gives it back. */
  release(): void {
    for (const trail of this.#waiting) {
      this.#waiting.delete(trail);
      return trail.begin(this);
    }
    this.#running -= 1;
  }
}

/**
 * Work that reads something at its start: whoever comes while it is under way
 * may have come because of something newer, and shares one more run that
 * begins after it. However many call, there is one run and one to follow.
 *
 * Each lane runs a bounded number of keys at a time, the others wait their
 * turn. An interactive caller of work that waits in the background lane moves
 * it to the interactive one.
 */
export class CoalescingRunner<T> {
  readonly #trails = new Map<string, Trail<T>>();
  readonly #lanes: Record<Lane, Slots>;

  /** @param maxRunning How many keys' work each lane runs at a time. */
  constructor({ interactive, background }: Record<Lane, number>) {
    this.#lanes = {
      interactive: new Slots(interactive),
      background: new Slots(background),
    };
  }

  /** @throws {BillingError} `unavailable` with too many keys under way. */
  run(key: string, work: () => Promise<T>, lane: Lane): Promise<T> {
    const trail = this.#trails.get(key);
    if (trail === undefined) {
      if (this.#trails.size >= MAX_KEYS) return Promise.reject(overrun());
      return this.#start(key, work, lane);
    }
    if (trail.slots === null) {
      if (lane === "interactive") this.#promote(trail);
      return trail.current;
    }
    if (lane === "interactive") trail.nextLane = lane;
    return trail.next ??= this.#follow(key, trail, work);
  }

  #start(key: string, work: () => Promise<T>, lane: Lane): Promise<T> {
    const trail = new Trail<T>();
    this.#trails.set(key, trail);
    this.#lanes[lane].enter(trail);
    trail.current = inTurn(trail, work);
    const end = () => {
      if (trail.next === null) this.#trails.delete(key);
    };
    trail.current.then(end, end);
    return trail.current;
  }

  #promote(trail: Trail<T>): void {
    this.#lanes.background.leave(trail);
    this.#lanes.interactive.enter(trail);
  }

  async #follow(
    key: string,
    trail: Trail<T>,
    work: () => Promise<T>,
  ): Promise<T> {
    // Whoever waits for the current one hears of its failure.
    await trail.current.catch(() => {});
    return await this.#start(key, work, trail.nextLane);
  }
}

async function inTurn<T>(
  trail: Trail<T>,
  work: () => Promise<T>,
): Promise<T> {
  if (trail.slots === null) await trail.turn;
  try {
    return await work();
  } finally {
    trail.slots?.release();
  }
}

function overrun(): BillingError {
  return new BillingError("unavailable", "Too much is under way", {
    retryAfterSec: 1,
  });
}
