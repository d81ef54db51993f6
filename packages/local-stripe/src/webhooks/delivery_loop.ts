import type { Dispatcher } from "./dispatcher.ts";

/** The longest pause: another process may have written something. */
const LONGEST_PAUSE_MS = 2_000;
/** The shortest one, where something is due but cannot be sent now. */
const SHORTEST_PAUSE_MS = 250;

/** How often it is looked at what has fallen due by itself, such as a renewal. */
const SCHEDULER_MS = 60_000;

/** What the delivery loop drives. */
export interface Driven {
  dispatcher: Dispatcher;
  /** Does what has fallen due by itself; its events are delivered right after. */
  scheduler: () => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Delivers in the background, from when it is started until it is stopped. */
export class DeliveryLoop {
  readonly #driven: Driven;
  #schedulerMs = 0;
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(driven: Driven) {
    this.#driven = driven;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes what is being delivered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    this.#running = null;
    this.#stopped = false;
  }

  /** Something may have happened: looks at once instead of at the end of its pause. */
  wake(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // Armed before it looks: a wake in between is not lost.
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const pauseMs = await this.#deliver();
      if (!this.#stopped) await pause(pauseMs, woken);
    }
  }

  /** @returns How long there is nothing to do, in milliseconds. */
  async #deliver(): Promise<number> {
    const { dispatcher, now } = this.#driven;
    try {
      await this.#runScheduler();
      await dispatcher.drain();
      const nextMs = await dispatcher.nextMs();
      if (nextMs === null) return LONGEST_PAUSE_MS;
      const waitMs = nextMs - now();
      return Math.min(Math.max(waitMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    } catch (error) {
      // The store is closed or in the way: nothing is lost, and the next round tries again.
      console.error("The local Stripe cannot deliver events:", error);
      return LONGEST_PAUSE_MS;
    }
  }

  async #runScheduler(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs < this.#schedulerMs) return;
    this.#schedulerMs = nowMs + SCHEDULER_MS;
    await this.#driven.scheduler();
  }
}

async function pause(ms: number, woken: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  // Alone it does not keep a process alive.
  Deno.unrefTimer(timer);
  await Promise.race([promise, woken]);
  clearTimeout(timer);
}
