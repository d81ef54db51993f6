import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";
import type { Random } from "./random.ts";

/** A program of the simulation: an app process, or Stripe. */
export interface Actor {
  readonly name: string;
  /** False after it was killed: none of its operations completes any more. */
  alive: boolean;
}

/** An operation that waits to be admitted. */
interface Operation {
  actor: Actor;
  label: string;
  run(): Promise<void>;
}

interface Timer {
  id: number;
  actor: Actor;
  dueMs: number;
  label: string;
  /** Null for a timer that fires once. */
  everyMs: number | null;
  fire(): void;
}

/** Timer ids of the simulation start here, above all ids of the runtime. */
export const FIRST_TIMER_ID = 1_000_000_000;

/** No caller waits this long: the app bounds each of its waits. */
const MAX_WAIT_MS = 120_000;
/** The failure of a caller that waits longer. */
export const TOO_LATE = "a caller waited for more than two minutes";

/** Real milliseconds that work outside the simulation, such as an import, may take. */
const MAX_IDLE_MS = 30_000;

/**
 * Decides the order of everything that is asynchronous. Operations queue up;
 * one is admitted at a time, chosen by the seed, and the next one only when
 * nothing else can run. While no operation waits, the clock moves to the next
 * timer.
 */
export class Scheduler {
  /** The actor whose code is running. */
  readonly scope = new AsyncLocalStorage<Actor>();
  /** One line for each admitted operation and fired timer. */
  readonly trace: string[] = [];
  /** Decides the order and the faults. */
  choices: Random;
  /** Called after each operation, for instance to kill its actor. */
  onOperation: (actor: Actor) => void = () => {};
  #operations: Operation[] = [];
  #timers: Timer[] = [];
  #timerId = FIRST_TIMER_ID;
  #startMs: number;

  /** @param nowMs The virtual time, in milliseconds since the Unix epoch. */
  constructor(public nowMs: number, choices: Random) {
    this.choices = choices;
    this.#startMs = nowMs;
  }

  /** Queues an operation of the running actor. */
  operation<T>(label: string, work: () => T | Promise<T>): Promise<T> {
    const actor = this.actor();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (!actor.alive) return promise; // never settles
    const run = async () => {
      try {
        resolve(await this.scope.run(actor, work));
      } catch (error) {
        reject(error);
      }
    };
    this.#operations.push({ actor, label, run });
    return promise;
  }

  /** Resolves after virtual time. */
  sleep(label: string, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.startTimer(label, resolve, delayMs);
    });
  }

  startTimer(
    label: string,
    fire: () => void,
    delayMs: number,
    repeats = false,
  ): number {
    const actor = this.actor();
    const id = this.#timerId++;
    if (!actor.alive) return id;
    const dueMs = this.nowMs + Math.max(delayMs, 0);
    const everyMs = repeats ? Math.max(delayMs, 1) : null;
    this.#insert({ id, actor, dueMs, label, everyMs, fire });
    return id;
  }

  clearTimer(id: number): void {
    const index = this.#timers.findIndex((timer) => timer.id === id);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** Drops all operations and timers of an actor: it is dead. */
  kill(actor: Actor): void {
    actor.alive = false;
    this.#operations = this.#operations.filter((one) => one.actor !== actor);
    this.#timers = this.#timers.filter((one) => one.actor !== actor);
  }

  /** Runs until the promise settles, moving the clock to each timer. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const end = () => {
      settled = true;
    };
    work.then(end, end);
    const fromMs = this.nowMs;
    await this.#run(() => {
      if (!settled && this.nowMs - fromMs > MAX_WAIT_MS) {
        throw new Error(TOO_LATE);
      }
      return settled;
    }, Infinity);
    return await work;
  }

  /** Runs everything that is due until a time, then sets the clock to it. */
  async advanceTo(timeMs: number): Promise<void> {
    await this.#run(() => false, timeMs);
    this.nowMs = Math.max(this.nowMs, timeMs);
  }

  actor(): Actor {
    const actor = this.scope.getStore();
    if (actor === undefined) throw new Error("This code runs as no actor");
    return actor;
  }

  async #run(done: () => boolean, untilMs: number): Promise<void> {
    let idleMs = 0;
    for (;;) {
      // All promise callbacks run before the next immediate.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (done()) return;
      if (await this.#admit() || this.#fire(untilMs)) {
        idleMs = 0;
      } else if (untilMs !== Infinity) {
        return;
      } else if (idleMs++ > MAX_IDLE_MS) {
        throw new Error("nothing can run, and a caller still waits");
      } else {
        await realDelay(1);
      }
    }
  }

  async #admit(): Promise<boolean> {
    if (this.#operations.length === 0) return false;
    const index = this.choices.below(this.#operations.length);
    const [operation] = this.#operations.splice(index, 1);
    if (operation === undefined) return false;
    const { actor, label, run } = operation;
    this.nowMs += 1;
    this.note(`${actor.name} ${label}`);
    await run();
    this.onOperation(actor);
    return true;
  }

  #fire(untilMs: number): boolean {
    const [timer] = this.#timers;
    if (timer === undefined || timer.dueMs > untilMs) return false;
    this.#timers.shift();
    this.nowMs = Math.max(this.nowMs, timer.dueMs);
    this.note(`${timer.actor.name} timer ${timer.label}`);
    const { everyMs } = timer;
    if (everyMs !== null) {
      this.#insert({ ...timer, dueMs: this.nowMs + everyMs });
    }
    this.scope.run(timer.actor, timer.fire);
    return true;
  }

  #insert(timer: Timer): void {
    const index = this.#timers.findLastIndex(({ dueMs }) =>
      dueMs <= timer.dueMs
    );
    this.#timers.splice(index + 1, 0, timer);
  }

  /** Adds a line to the trace, with the virtual time since the start. */
  note(line: string): void {
    this.trace.push(`${Math.round(this.nowMs - this.#startMs)} ${line}`);
  }
}

const realSetTimeout = setTimeout;

function realDelay(ms: number): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, ms));
}
