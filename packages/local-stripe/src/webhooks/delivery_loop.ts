import { catchUpAll } from "../billing/scheduler.ts";
import { finishClocks } from "../billing/test_clocks.ts";
import type { Context } from "../context.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** Maximum pause: another process may have stored an event. */
const MAX_PAUSE_MS = 2_000;
/** Minimum pause, while a due delivery is held. */
const MIN_PAUSE_MS = 250;
const SCHEDULER_INTERVAL_MS = 60_000;

/** Does due billing work, and delivers events, in the background between `start` and `stop`. */
export class DeliveryLoop {
  readonly #context: Context;
  readonly #dispatcher: Dispatcher;
  #nextScheduleMs = 0;
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(context: Context, dispatcher: Dispatcher) {
    this.#context = context;
    this.#dispatcher = dispatcher;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves once the deliveries in progress are finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    this.#running = null;
    this.#stopped = false;
  }

  /** Ends the current pause. */
  wake(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // Created before delivering, so that a wake() during delivery is not lost.
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const pauseMs = await this.#deliver();
      if (!this.#stopped) await pause(pauseMs, woken);
    }
  }

  /** @returns The pause until the next delivery, in milliseconds. */
  async #deliver(): Promise<number> {
    try {
      await this.#runScheduler();
      await this.#dispatcher.drain();
      const nextMs = await this.#dispatcher.nextMs();
      if (nextMs === null) return MAX_PAUSE_MS;
      const waitMs = nextMs - this.#context.now();
      return Math.min(Math.max(waitMs, MIN_PAUSE_MS), MAX_PAUSE_MS);
    } catch (error) {
      // Deliveries are stored, so the next round tries again.
      console.error("The local Stripe cannot deliver events:", error);
      return MAX_PAUSE_MS;
    }
  }

  async #runScheduler(): Promise<void> {
    await finishClocks(this.#context);
    const nowMs = Date.now();
    if (nowMs < this.#nextScheduleMs) return;
    this.#nextScheduleMs = nowMs + SCHEDULER_INTERVAL_MS;
    await catchUpAll(this.#context);
  }
}

async function pause(ms: number, woken: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  Deno.unrefTimer(timer); // does not keep the process alive
  await Promise.race([promise, woken]);
  clearTimeout(timer);
}
