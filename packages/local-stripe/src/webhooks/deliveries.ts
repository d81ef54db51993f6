import type { Context } from "../context.ts";
import { orderAt, placeAt, ROOT } from "../store/collections.ts";
import { withRetry } from "../store/retry.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { type ApiEvent, EVENT_KEPT_MS } from "./event_emitter.ts";

/** One attempt to deliver an event. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  atMs: number;
  /** The HTTP status of the answer; `null` without an answer. */
  status: number | null;
  /** The reason of a failure; `null` for a success. */
  failure: string | null;
}

/** The delivery of an event to an endpoint. */
export interface Delivery {
  /** Orders the deliveries of an event. */
  id: string;
  eventId: string;
  endpointId: string;
  /** Requested by `sendAgain`: attempted once, and ignored in `pending_webhooks`. */
  byHand: boolean;
  state: "waiting" | "delivered" | "failed";
  /** Time of the next attempt while it waits, in milliseconds since the epoch. */
  dueMs: number;
  /** Oldest first. */
  attempts: Attempt[];
}

/** A delivery with its entry in the queue. */
export interface Due {
  key: Deno.KvKey;
  versionstamp: string;
  dueMs: number;
  delivery: Delivery;
}

/** Maximum number of deliveries read for an event. */
const MAX_READ = 100;

/** Stores a delivery and queues its first attempt. */
export function planDelivery(
  writes: WriteBatch,
  wanted: Pick<Delivery, "eventId" | "endpointId" | "byHand" | "dueMs">,
): Delivery {
  const delivery: Delivery = {
    ...wanted,
    id: orderAt(Date.now()),
    state: "waiting",
    attempts: [],
  };
  saveDelivery(writes, delivery);
  queueAttempt(writes, delivery, delivery.dueMs);
  return delivery;
}

export function saveDelivery(writes: WriteBatch, delivery: Delivery): void {
  writes.put(
    ["delivery", delivery.eventId, delivery.id],
    delivery,
    EVENT_KEPT_MS,
  );
}

/** Queues the next attempt of a delivery for a time in milliseconds since the epoch. */
export function queueAttempt(
  writes: WriteBatch,
  { id, eventId }: Delivery,
  dueMs: number,
): void {
  writes.put(["due", placeAt(dueMs) + id], { eventId, id }, EVENT_KEPT_MS);
}

/** The due deliveries in the order of the queue, at most `limit`. */
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

/** When the next delivery is due, in milliseconds since the epoch; `null` if the queue is empty. */
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

/** The latest 100 deliveries of an event, oldest first. */
export async function deliveriesOf(
  { store }: Context,
  eventId: string,
): Promise<Delivery[]> {
  const selector = { prefix: [...ROOT, "delivery", eventId] };
  const entries = await withRetry(() =>
    Array.fromAsync(
      store.kv.list<Delivery>(selector, { limit: MAX_READ, reverse: true }),
    )
  );
  return entries.map(({ value }) => value).reverse();
}

/** Reports whether a delivery counts in `pending_webhooks`. */
export function isOutstanding({ byHand, state }: Delivery): boolean {
  return !byHand && state !== "delivered";
}

/** The event with its number of outstanding deliveries in `pending_webhooks`. */
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
