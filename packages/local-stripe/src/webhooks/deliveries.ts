import type { WriteBatch } from "../store/write_batch.ts";
import type { Context } from "../context.ts";
import { type ApiEvent, EVENT_KEPT_MS } from "./event_emitter.ts";
import { orderAt, placeAt, ROOT } from "../store/collections.ts";
import { withRetry } from "../store/retry.ts";

/** One try to hand an event over. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  atMs: number;
  /** What the endpoint answered; `null` when there was no answer. */
  status: number | null;
  /** Why it counts as failed; `null` when it does not. */
  failure: string | null;
}

/** An event on its way to one endpoint. */
export interface Delivery {
  /** Its place among the deliveries. */
  id: string;
  eventId: string;
  endpointId: string;
  /** Sent by hand: tried once, and of no account for whether the event has arrived. */
  byHand: boolean;
  state: "waiting" | "delivered" | "failed";
  /** When it is tried next, while it waits. */
  dueMs: number;
  /** Oldest first. */
  attempts: Attempt[];
}

/** An entry of the queue of what is to be tried, and when. */
export interface Due {
  key: Deno.KvKey;
  versionstamp: string;
  dueMs: number;
  delivery: Delivery;
}

/** Deliveries of one event that are looked at. */
const MAX_SHOWN = 100;

/** Plans a delivery: it is tried when its time has come. */
export function plan(
  writes: WriteBatch,
  wanted: Pick<Delivery, "eventId" | "endpointId" | "byHand" | "dueMs">,
): Delivery {
  const delivery: Delivery = {
    ...wanted,
    id: orderAt(Date.now()),
    state: "waiting",
    attempts: [],
  };
  save(writes, delivery);
  queue(writes, delivery, delivery.dueMs);
  return delivery;
}

/** What is known of a delivery from now on. */
export function save(writes: WriteBatch, delivery: Delivery): void {
  writes.put(
    ["delivery", delivery.eventId, delivery.id],
    delivery,
    EVENT_KEPT_MS,
  );
}

/** Has a delivery tried at a time. */
export function queue(
  writes: WriteBatch,
  { id, eventId }: Delivery,
  dueMs: number,
): void {
  writes.put(["due", placeAt(dueMs) + id], { eventId, id }, EVENT_KEPT_MS);
}

/** The deliveries whose time has come, in their order, at most `limit`. */
export async function readDue(
  { store, now }: Context,
  limit: number,
): Promise<Due[]> {
  const selector = {
    start: [...ROOT, "due", ""],
    end: [...ROOT, "due", placeAt(now() + 1)],
  };
  const entries = await withRetry(() =>
    Array.fromAsync(store.kv.list<Pointer>(selector, { limit }))
  );
  const due = await Promise.all(entries.map(async (entry) => {
    const { eventId, id } = entry.value;
    const { value } = await store.read<Delivery>(["delivery", eventId, id]);
    const { key, versionstamp } = entry;
    return value && { key, versionstamp, dueMs: dueMsOf(key), delivery: value };
  }));
  return due.filter((found) => found !== null);
}

type Pointer = Pick<Delivery, "eventId" | "id">;

/** When the next delivery is due; `null` when none waits. */
export async function nextDueMs({ store }: Context): Promise<number | null> {
  const selector = { prefix: [...ROOT, "due"] };
  const [first] = await withRetry(() =>
    Array.fromAsync(store.kv.list<Pointer>(selector, { limit: 1 }))
  );
  return first === undefined ? null : dueMsOf(first.key);
}

function dueMsOf(key: Deno.KvKey): number {
  return Number(String(key.at(-1)).slice(0, placeAt(0).length));
}

/** All deliveries of an event, oldest first. */
export async function deliveriesOf(
  { store }: Context,
  eventId: string,
): Promise<Delivery[]> {
  const selector = { prefix: [...ROOT, "delivery", eventId] };
  const entries = await withRetry(() =>
    Array.fromAsync(
      store.kv.list<Delivery>(selector, { limit: MAX_SHOWN, reverse: true }),
    )
  );
  return entries.map(({ value }) => value).reverse();
}

export function isOutstanding({ byHand, state }: Delivery): boolean {
  return !byHand && state !== "delivered";
}

/** The event with the deliveries counted that have yet to succeed. */
export async function presentEvent(
  context: Context,
  event: ApiEvent,
): Promise<ApiEvent> {
  const deliveries = await deliveriesOf(context, event.id);
  return {
    ...event,
    pending_webhooks: deliveries.filter(isOutstanding).length,
  };
}
