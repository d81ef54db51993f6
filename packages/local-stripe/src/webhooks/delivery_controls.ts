import { noSuchParam, noSuchPath } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { planDelivery } from "./deliveries.ts";
import type { Dispatcher } from "./dispatcher.ts";
import {
  allEndpoints,
  rollSecret,
  type StoredEndpoint,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import { EMITTED, EVENT } from "./event_emitter.ts";
import { type HoldState, readHoldState, setHoldState } from "./hold_state.ts";
import { emptyOutbox } from "./outbox.ts";

/** Controls of the delivery, for tests and the sandbox. */
export class DeliveryControls {
  readonly #context: Context;
  readonly #dispatcher: Dispatcher;
  readonly #wake: () => void;

  /** @param wake Starts the background delivery at once. */
  constructor(context: Context, dispatcher: Dispatcher, wake: () => void) {
    this.#context = context;
    this.#dispatcher = dispatcher;
    this.#wake = wake;
  }

  /** Delivers due events, including those that a delivery causes. Leaves no timer behind. */
  drain(): Promise<void> {
    return this.#dispatcher.drain();
  }

  /** Plans additional deliveries of an event; `drain` sends them. See {@linkcode sendAgain}. */
  async sendAgain(eventId: string, options?: AgainOptions): Promise<void> {
    await sendAgain(this.#context, eventId, options);
    this.#wake();
  }

  /**
   * Plans another delivery of an event, followed by one of the event before it.
   *
   * @throws {ApiError} 404 for an unknown event.
   */
  async sendOutOfOrder(eventId: string): Promise<void> {
    const { store } = this.#context;
    const event = await store.get(EVENT, eventId);
    if (event === null) throw noSuchPath(EVENT.noun, eventId);
    const [previous] = await store.ids(EMITTED, {
      high: event.extra.emitted,
      limit: 1,
      newestFirst: true,
    });
    await sendAgain(this.#context, eventId);
    if (previous !== undefined) await sendAgain(this.#context, previous.id);
    this.#wake();
  }

  /** Holds all deliveries until `release`. */
  hold(): Promise<void> {
    return setHoldState(this.#context, { held: true, swapNext: false });
  }

  /** Holds the next two events until both are due, then sends them in reverse order. */
  swapNext(): Promise<void> {
    return setHoldState(this.#context, { held: false, swapNext: true });
  }

  /** Sends the held deliveries, oldest first unless `newestFirst`, and ends the hold. */
  release(options?: { newestFirst?: boolean }): Promise<void> {
    const newestFirst = options?.newestFirst ?? false;
    return this.#dispatcher.release({ newestFirst });
  }

  holdState(): Promise<HoldState> {
    return readHoldState(this.#context);
  }

  /** See {@linkcode rollSecret}. */
  rollSecret(endpointId: string, overlapMs: number): Promise<string> {
    return rollSecret(this.#context, endpointId, overlapMs);
  }
}

/** Options of an additional delivery. */
export interface AgainOptions {
  /** Number of deliveries to each endpoint, 1 to 10; 1 by default. */
  times?: number;
  /** Delay in milliseconds; none by default. */
  delayMs?: number;
  /** Id of the only endpoint to deliver to; all enabled ones by default. */
  only?: string;
}

const MAX_TIMES = 10;

/**
 * Plans additional deliveries of an event, each of which is attempted once.
 *
 * @throws {ApiError} 404 for an unknown event, 400 for an unknown endpoint.
 * @throws {RangeError} If `times` is not 1 to 10.
 */
export async function sendAgain(
  context: Context,
  eventId: string,
  { times = 1, delayMs = 0, only }: AgainOptions = {},
): Promise<void> {
  if (!(Number.isInteger(times) && times > 0 && times <= MAX_TIMES)) {
    throw new RangeError(
      `Cannot send an event ${times} times: expected 1 to ${MAX_TIMES}`,
    );
  }
  await emptyOutbox(context);
  const event = await context.store.get(EVENT, eventId);
  if (event === null) throw noSuchPath(EVENT.noun, eventId);
  const endpoints = await enabledEndpoints(context, only);
  const writes = context.store.begin();
  for (const { object } of endpoints) {
    for (let time = 0; time < times; time++) {
      const dueMs = context.now() + delayMs;
      const target = { eventId, endpointId: object.id };
      planDelivery(writes, { ...target, byHand: true, dueMs });
    }
  }
  await writes.commit();
}

async function enabledEndpoints(
  context: Context,
  only: string | undefined,
): Promise<StoredEndpoint[]> {
  const enabled = (await allEndpoints(context))
    .filter(({ object }) => object.status === "enabled");
  if (only === undefined) return enabled;
  const found = enabled.find(({ object }) => object.id === only);
  if (found !== undefined) return [found];
  throw noSuchParam(WEBHOOK_ENDPOINT.noun, only, "webhook_endpoint");
}
