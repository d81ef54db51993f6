import { API_VERSION } from "../api/auth.ts";
import { isRecord } from "../api/merge.ts";
import { type Context, nowSec } from "../context.ts";
import { type Collection, orderAt } from "../store/collections.ts";
import { eventId } from "../store/ids.ts";
import type { WriteBatch } from "../store/write_batch.ts";

/** An event as the API returns it and endpoints receive it. */
export interface ApiEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: Record<string, unknown> };
  livemode: false;
  /** Number of outstanding deliveries, computed when the event is read. */
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

/** `emitted` orders all events by the machine's clock. */
export type EventExtra = { emitted: string };
export const EVENT: Collection<ApiEvent, EventExtra> = {
  name: "event",
  noun: "event",
  lists: ({ type }) => [["events"], ["events_by_type", type]],
};

/** An event to emit. */
export interface PendingEvent {
  /** e.g. "customer.updated" */
  type: string;
  /** The object as the API returns it, without expansions. */
  object: object;
  /** For `*.updated`: see {@linkcode previousOf}. */
  previousAttributes?: Record<string, unknown>;
}

/** Stripe keeps events for 30 days. */
export const EVENT_KEPT_MS = 30 * 24 * 3_600_000;

/** Key of the events whose deliveries are not planned yet. */
export const OUTBOX = ["outbox"] as const;

/**
 * Stores an event in the commit of the change that it reports, and in the outbox, from which it is
 * delivered even after a crash.
 *
 * @param writes The change's commit. Its events keep the order of the calls.
 */
export function emit(
  context: Context,
  writes: WriteBatch,
  event: PendingEvent,
): void {
  const emitted = orderAt(Date.now());
  const object = newEvent(context, event, emitted);
  writes.add(EVENT, {
    object,
    extra: { emitted },
    createdMs: context.now(),
    keptMs: EVENT_KEPT_MS,
  });
  writes.put(["list", ...EMITTED, emitted], object.id, EVENT_KEPT_MS);
  writes.put([...OUTBOX, emitted], object.id, EVENT_KEPT_MS);
}

/** List of all events by the machine's clock, regardless of test clocks. */
export const EMITTED = ["events_emitted"] as const;

/** Emits an update with its `previous_attributes`, unless nothing has changed. */
export function emitUpdate(
  context: Context,
  writes: WriteBatch,
  update: { type: string; before: object; after: object },
): void {
  const { type, before, after: object } = update;
  const previousAttributes = previousOf(before, object);
  const names = Object.keys(previousAttributes);
  // The `updated` time alone is not a change.
  if (names.every((name) => name === "updated")) return;
  emit(context, writes, { type, object, previousAttributes });
}

/**
 * The `previous_attributes` of an update: the old values of changed members. Objects are compared
 * member by member, lists as one value; a new member was `null`.
 */
export function previousOf(
  before: object,
  after: object,
): Record<string, unknown> {
  const previous = new Map(Object.entries(before));
  const current = new Map(Object.entries(after));
  const changed = [...new Set([...previous.keys(), ...current.keys()])]
    .filter((name) =>
      JSON.stringify(previous.get(name)) !== JSON.stringify(current.get(name))
    );
  return Object.fromEntries(
    changed.map((name) => [
      name,
      previousValue(previous.get(name), current.get(name)),
    ]),
  );
}

function previousValue(before: unknown, after: unknown): unknown {
  if (isRecord(before) && isRecord(after)) return previousOf(before, after);
  return before ?? null;
}

function newEvent(
  context: Context,
  event: PendingEvent,
  emitted: string,
): ApiEvent {
  const { type, object, previousAttributes: previous } = event;
  return {
    id: eventId(emitted),
    object: "event",
    api_version: API_VERSION,
    created: nowSec(context),
    // A copy: callers may change their object afterwards.
    data: structuredClone({
      object,
      ...(previous !== undefined && { previous_attributes: previous }),
    }),
    livemode: false,
    pending_webhooks: 0,
    request: {
      id: context.request?.id ?? null,
      idempotency_key: context.request?.idempotencyKey ?? null,
    },
    type,
  };
}
