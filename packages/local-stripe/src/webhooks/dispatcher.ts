import type { Context } from "../context.ts";
import { attempt, claim, type Post } from "./delivery_attempt.ts";
import { type Due, nextDueMs, readDue } from "./deliveries.ts";
import { allEndpoints } from "./endpoints.ts";
import { emptyOutbox } from "./outbox.ts";
import { readHoldState, setHoldState } from "./delivery_controls.ts";

/** Deliveries of one round. */
const BATCH = 200;
/** More than this in one go is a circle: deliveries that lead to events that are delivered. */
const MAX_ROUNDS = 200;

/** An address that is reached without the network. */
export interface InProcess {
  url: string;
  /** `null` until whoever answers there is ready: what is for it waits. */
  post: Post | null;
}

/** Takes events from the store to the endpoints, one round at a time. */
export class Dispatcher {
  readonly #context: Context;
  readonly #timeoutMs: number;
  #inProcess: InProcess | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(context: Context, timeoutMs: number) {
    this.#context = context;
    this.#timeoutMs = timeoutMs;
  }

  /** Where an address is answered in this process. */
  connect(inProcess: InProcess): void {
    this.#inProcess = inProcess;
  }

  /**
   * Delivers what is due now, and what that leads to, until there is no more. Several calls wait
   * for one another.
   */
  drain(): Promise<void> {
    return this.#exclusively(async () => {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        if (!await this.#round({ newestFirst: false })) return;
      }
      throw new Error(
        "Cannot deliver all events: each delivery leads to another event",
      );
    });
  }

  /** Sends what was held, and from then on what comes. */
  async release({ newestFirst }: { newestFirst: boolean }): Promise<void> {
    await this.#exclusively(async () => {
      await setHoldState(this.#context, { held: false, swapNext: false });
      await this.#round({ newestFirst });
    });
    await this.drain();
  }

  /** When there is something to do next, in milliseconds since the epoch; `null`: nothing waits. */
  async nextMs(): Promise<number | null> {
    await emptyOutbox(this.#context);
    return await nextDueMs(this.#context);
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    // Whoever asked hears of a failure; the next in line begins all the same.
    this.#work = done.catch(() => {});
    return done;
  }

  /** @returns Whether anything was tried. */
  async #round({ newestFirst }: { newestFirst: boolean }): Promise<boolean> {
    await emptyOutbox(this.#context);
    const due = await this.#sendable(await readDue(this.#context, BATCH));
    if (newestFirst) due.reverse();
    const lanes = Map.groupBy(due, ({ delivery }) => delivery.endpointId);
    // Endpoints do not wait for one another; what is for one of them comes in its order.
    await Promise.all([...lanes.values()].map((lane) => this.#send(lane)));
    return due.length > 0;
  }

  async #send(lane: Due[]): Promise<void> {
    for (const due of lane) {
      const claimed = await claim(this.#context, due);
      if (claimed === null) continue;
      await attempt(this.#context, claimed, (request) => this.#post(request));
    }
  }

  async #sendable(due: Due[]): Promise<Due[]> {
    const { held, swapNext } = await readHoldState(this.#context);
    if (held) return [];
    const reachable = await this.#reachable(due);
    return swapNext ? await this.#swapped(reachable) : reachable;
  }

  /** Without what is for an address in this process where nobody answers yet. */
  async #reachable(due: Due[]): Promise<Due[]> {
    const waiting = this.#inProcess;
    if (waiting === null || waiting.post !== null) return due;
    const unready = (await allEndpoints(this.#context))
      .filter(({ object }) => object.url === waiting.url)
      .map(({ object }) => object.id);
    return due.filter(({ delivery }) => !unready.includes(delivery.endpointId));
  }

  /** Nothing until two events wait; then these two the wrong way round, and the rest. */
  async #swapped(due: Due[]): Promise<Due[]> {
    const [first, second] = new Set(
      due.map(({ delivery }) => delivery.eventId),
    );
    if (second === undefined) return [];
    await setHoldState(this.#context, { held: false, swapNext: false });
    const of = (event: string | undefined) =>
      due.filter(({ delivery }) => delivery.eventId === event);
    const two = [...of(second), ...of(first)];
    return [...two, ...due.filter((entry) => !two.includes(entry))];
  }

  async #post(request: Request): Promise<Response> {
    const { post: inProcess, url } = this.#inProcess ?? {};
    const post = inProcess && request.url === new URL(url ?? "").href
      ? inProcess
      : fetch;
    return await withinTime(request, post, this.#timeoutMs);
  }
}

async function withinTime(
  request: Request,
  post: Post,
  timeoutMs: number,
): Promise<Response> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer within ${timeoutMs / 1_000} s`));
    abort.abort();
  }, timeoutMs);
  const limited = new Request(request, { signal: abort.signal });
  try {
    return await Promise.race([post(limited), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
