import { BillingError } from "@/lib/errors.ts";

/** Keys that may be in progress at once, in this process. */
const MAX_KEYS = 10_000;

/**
 * Single flight: concurrent calls for one key share one run and its result.
 * For work whose result does not depend on when it started.
 */
export class SingleFlight<T> {
  readonly #runs = new Map<string, Promise<T>>();

  /** Reports whether {@linkcode run} would join a run in progress. */
  isRunning(key: string): boolean {
    return this.#runs.has(key);
  }

  /** @throws {BillingError} `unavailable` if too many keys are in progress. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#runs.get(key);
    if (running !== undefined) return running;
    if (this.#runs.size >= MAX_KEYS) return Promise.reject(busy());
    const run = work().finally(() => this.#runs.delete(key));
    this.#runs.set(key, run);
    return run;
  }
}

/** Lanes have separate slots, so people do not wait for webhook events. */
export type Lane = "interactive" | "background";

/** A key's run, and the one that follows it. */
class Run<T> {
  result!: Promise<T>;
  /** The slots it occupies; null while it waits for one. */
  slots: Slots | null = null;
  /** Starts when this run has ended. */
  next: Promise<T> | null = null;
  nextLane: Lane = "background";
  readonly #started = Promise.withResolvers<void>();
  readonly started = this.#started.promise;

  start(slots: Slots): void {
    this.slots = slots;
    this.#started.resolve();
  }
}

/** Limits how many runs are in progress; the others wait in order. */
class Slots {
  #running = 0;
  readonly #waiting = new Set<Run<unknown>>();

  constructor(private readonly max: number) {}

  enter(run: Run<unknown>): void {
    if (this.#running >= this.max) {
      this.#waiting.add(run);
      return;
    }
    this.#running += 1;
    run.start(this);
  }

  leave(run: Run<unknown>): void {
    this.#waiting.delete(run);
  }

  /** Passes the slot to the next waiting run, or frees it. */
  release(): void {
    for (const run of this.#waiting) {
      this.#waiting.delete(run);
      return run.start(this);
    }
    this.#running -= 1;
  }
}

/**
 * Coalesces calls for work that reads its input at its start. A call during a
 * run may refer to newer data, so all such calls share one more run that
 * starts afterwards: per key, at most one run is in progress and one follows.
 *
 * Each lane limits the keys in progress; the others wait in order. An
 * interactive call moves waiting background work to the interactive lane.
 */
export class CoalescingRunner<T> {
  readonly #runs = new Map<string, Run<T>>();
  readonly #lanes: Record<Lane, Slots>;

  /** @param maxRunning Keys in progress at once, per lane. */
  constructor(maxRunning: Record<Lane, number>) {
    this.#lanes = {
      interactive: new Slots(maxRunning.interactive),
      background: new Slots(maxRunning.background),
    };
  }

  /** @throws {BillingError} `unavailable` if too many keys are in progress. */
  run(key: string, work: () => Promise<T>, lane: Lane): Promise<T> {
    const run = this.#runs.get(key);
    if (run === undefined) {
      if (this.#runs.size >= MAX_KEYS) return Promise.reject(busy());
      return this.#start(key, work, lane);
    }
    if (run.slots === null) {
      if (lane === "interactive") this.#promote(run);
      return run.result;
    }
    if (lane === "interactive") run.nextLane = lane;
    return run.next ??= this.#follow(key, run, work);
  }

  #start(key: string, work: () => Promise<T>, lane: Lane): Promise<T> {
    const run = new Run<T>();
    this.#runs.set(key, run);
    this.#lanes[lane].enter(run);
    run.result = runInSlot(run, work);
    const end = () => {
      if (run.next === null) this.#runs.delete(key);
    };
    run.result.then(end, end);
    return run.result;
  }

  #promote(run: Run<T>): void {
    this.#lanes.background.leave(run);
    this.#lanes.interactive.enter(run);
  }

  async #follow(
    key: string,
    run: Run<T>,
    work: () => Promise<T>,
  ): Promise<T> {
    // The callers of the first run receive its error.
    await run.result.catch(() => {});
    return await this.#start(key, work, run.nextLane);
  }
}

async function runInSlot<T>(run: Run<T>, work: () => Promise<T>): Promise<T> {
  if (run.slots === null) await run.started;
  try {
    return await work();
  } finally {
    run.slots?.release();
  }
}

function busy(): BillingError {
  return new BillingError("unavailable", "Server is busy", {
    retryAfterSec: 1,
  });
}
