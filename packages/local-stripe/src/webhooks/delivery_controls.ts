import type { Context } from "../context.ts";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import { EMITTED, EVENT } from "./event_emitter.ts";
import { plan } from "./deliveries.ts";
import {
  allEndpoints,
  rolled,
  type StoredEndpoint,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import { emptyOutbox } from "./outbox.ts";

/** How an event is sent once more. */
export interface AgainOptions {
  /** How often; 1 when not given. */
  times?: number;
  /** How long it waits first, in milliseconds; sent at once when not given. */
  delayMs?: number;
  /** One endpoint, `we_…`; all enabled ones when not given. */
  only?: string;
}

const MAX_TIMES = 10;

/**
 * Plans an event to be sent once more, whatever has become of it: each time is tried once.
 *
 * @throws {ApiError} 404 for an event, 400 for an endpoint that does not exist.
 * @throws {RangeError} For more than 10 times at once.
 */
export async function sendAgain(
  context: Context,
  eventId: string,
  { times = 1, delayMs = 0, only }: AgainOptions = {},
): Promise<void> {
  if (!(Number.isInteger(times) && times > 0 && times <= MAX_TIMES)) {
    throw new RangeError(
      `Cannot send an event ${times} times: 1 to ${MAX_TIMES}`,
    );
  }
  await emptyOutbox(context);
  const event = await context.store.get(EVENT, eventId);
  if (event === null) throw noSuchPath(EVENT.noun, eventId);
  const endpoints = await chosenEndpoints(context, only);
  const writes = context.store.begin();
  for (const { object } of endpoints) {
    for (let time = 0; time < times; time++) {
      const dueMs = context.now() + delayMs;
      plan(writes, { eventId, endpointId: object.id, byHand: true, dueMs });
    }
  }
  await writes.commit();
}

async function chosenEndpoints(
  context: Context,
  only: string | undefined,
): Promise<StoredEndpoint[]> {
  const endpoints = (await allEndpoints(context))
    .filter(({ object }) => object.status === "enabled");
  if (only === undefined) return endpoints;
  const chosen = endpoints.filter(({ object }) => object.id === only);
  if (chosen.length > 0) return chosen;
  throw noSuchParam(WEBHOOK_ENDPOINT.noun, only, "webhook_endpoint");
}

/**
 * Plans an event, and after it the one that happened before it.
 *
 * @throws {ApiError} 404 for an event that does not exist.
 */
export async function sendOutOfOrder(
  context: Context,
  eventId: string,
): Promise<void> {
  const event = await context.store.get(EVENT, eventId);
  if (event === null) throw noSuchPath(EVENT.noun, eventId);
  const [before] = await context.store.ids(EMITTED, {
    high: event.extra.emitted,
    limit: 1,
    newestFirst: true,
  });
  await sendAgain(context, eventId);
  if (before !== undefined) await sendAgain(context, before.id);
}

/** Whether events are kept back. */
export interface HoldState {
  /** Nothing is sent. */
  held: boolean;
  /** The next two are kept until both are there, and sent the wrong way round. */
  swapNext: boolean;
}

const KEY = ["keeping"];

/** How the switches stand; they are in the store, for every process. */
export async function readHoldState({ store }: Context): Promise<HoldState> {
  const { value } = await store.read<HoldState>(KEY);
  return value ?? { held: false, swapNext: false };
}

/** Turns the switches. */
export async function setHoldState(
  context: Context,
  state: HoldState,
): Promise<void> {
  const { store } = context;
  await store.untilWritten(async (writes) => {
    writes.set(await store.read(KEY), state);
  });
}

/**
 * Gives an endpoint a new secret; the old one goes on counting beside it for a while, a day at
 * most, as after a roll in the dashboard.
 *
 * @returns The new secret.
 * @throws {ApiError} 404 for an endpoint that does not exist.
 */
export async function rollSecret(
  context: Context,
  endpointId: string,
  overlapMs: number,
): Promise<string> {
  const nowMs = context.now();
  const stored = await context.store.update(
    WEBHOOK_ENDPOINT,
    endpointId,
    ({ extra }) => ({ extra: rolled(extra, { nowMs, overlapMs }) }),
  );
  const secret = stored?.extra.secrets[0];
  if (secret === undefined) throw noSuchPath(WEBHOOK_ENDPOINT.noun, endpointId);
  return secret.value;
}
