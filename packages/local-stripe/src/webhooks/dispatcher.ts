import type { Context } from "../context.ts";
import { attempt, claim, type Post } from "./delivery_attempt.ts";
import { type Due, nextDueMs, readDue } from "./deliveries.ts";
import { allEndpoints } from "./endpoints.ts";
import { readHoldState, setHoldState } from "./hold_state.ts";
import { emptyOutbox } from "./outbox.ts";

/** Maximum number of deliveries per round. */
const BATCH_SIZE = 200;
const DEFAULT_TIMEOUT_MS = 20_000;
/** More rounds mean that each delivery causes another event. */
const MAX_ROUNDS = 200;

/** An endpoint that is reached without the network. */
export interface InProcess {
  url: string;
  /** `null` until the endpoint is ready; its deliveries wait. */
  post: Post | null;
}

/** Sends events from the store to the endpoints, one round at a time. */
export class Dispatcher {
  readonly #context: Context;
  readonly #timeoutMs: number;
  #inProcess: InProcess | null = null;
  #lastWork: Promise<void> = Promise.resolve();

  /** @param timeoutMs How long an endpoint may take to answer; 20 seconds by default. */
  constructor(context: Context, timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.#context = context;
    this.#timeoutMs = timeoutMs;
  }

  connect(inProcess: InProcess): void {
    this.#inProcess = inProcess;
  }

  /** Delivers due events, including those that a delivery causes. Concurrent calls run one by one. */
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

  /** Like `drain`, but resolves after this time at the latest. */
  async drainWithin(timeoutMs: number): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, timeoutMs);
    const work = this.drain();
    // It may fail after the timeout, when no caller waits for it.
    work.catch((error) =>
      console.error("The local Stripe cannot deliver events:", error)
    );
    try {
      await Promise.race([work, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the hold and sends the held deliveries. */
  async release({ newestFirst }: { newestFirst: boolean }): Promise<void> {
    await this.#exclusively(async () => {
      await setHoldState(this.#context, { held: false, swapNext: false });
      await this.#round({ newestFirst });
    });
    await this.drain();
  }

  /** When the next delivery is due, in milliseconds since the epoch; `null` if none is planned. */
  async nextMs(): Promise<number | null> {
    await emptyOutbox(this.#context);
    return await nextDueMs(this.#context);
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#lastWork.then(work);
    // The caller gets the error; the next work starts regardless.
    this.#lastWork = done.catch(() => {});
    return done;
  }

  /** @returns Whether anything was due. */
  async #round({ newestFirst }: { newestFirst: boolean }): Promise<boolean> {
    await emptyOutbox(this.#context);
    const due = await this.#sendable(await readDue(this.#context, BATCH_SIZE));
    if (newestFirst) due.reverse();
    const byEndpoint = Map.groupBy(due, ({ delivery }) => delivery.endpointId);
    // Parallel across endpoints, in order for each of them.
    await Promise.all([...byEndpoint.values()].map((part) => this.#send(part)));
    return due.length > 0;
  }

  async #send(deliveries: Due[]): Promise<void> {
    for (const due of deliveries) {
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

  /** Leaves out the deliveries to an in-process endpoint that is not ready. */
  async #reachable(due: Due[]): Promise<Due[]> {
    const waiting = this.#inProcess;
    if (waiting === null || waiting.post !== null) return due;
    const unready = (await allEndpoints(this.#context))
      .filter(({ object }) => object.url === waiting.url)
      .map(({ object }) => object.id);
    return due.filter(({ delivery }) => !unready.includes(delivery.endpointId));
  }

  /** Nothing until two events are due; then the second one before the first, and the rest. */
  async #swapped(due: Due[]): Promise<Due[]> {
    const [first, second] = new Set(
      due.map(({ delivery }) => delivery.eventId),
    );
    if (second === undefined) return [];
    await setHoldState(this.#context, { held: false, swapNext: false });
    const of = (event: string | undefined) =>
      due.filter(({ delivery }) => delivery.eventId === event);
    const swapped = [...of(second), ...of(first)];
    return [...swapped, ...due.filter((entry) => !swapped.includes(entry))];
  }

  async #post(request: Request): Promise<Response> {
    const { post: inProcess, url } = this.#inProcess ?? {};
    const post = inProcess && request.url === new URL(url ?? "").href
      ? inProcess
      : fetch;
    return await postWithTimeout(request, post, this.#timeoutMs);
  }
}

async function postWithTimeout(
  request: Request,
  post: Post,
  timeoutMs: number,
): Promise<Response> {
  const abort = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new Error(`no answer within ${timeoutMs / 1_000} s`));
    abort.abort();
  }, timeoutMs);
  const abortable = new Request(request, { signal: abort.signal });
  try {
    return await Promise.race([post(abortable), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
