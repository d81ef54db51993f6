import { API_VERSION } from "../api/auth.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { type Context, nowSec } from "../context.ts";
import { longId } from "../store/ids.ts";
import { type Collection, orderAt } from "../store/collections.ts";

/** An event as the API shows it and as endpoints receive it. */
export interface ApiEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: Record<string, unknown> };
  livemode: false;
  /** Deliveries that have not succeeded yet; counted when it is shown. */
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

/** `emitted` is its place among all events, by this machine's clock. */
export type EventExtra = { emitted: string };
export const EVENT: Collection<ApiEvent, EventExtra> = {
  name: "event",
  noun: "event",
  lists: ({ type }) => [["events"], ["events_by_type", type]],
};

/** Something that happened to an object. */
export interface PendingEvent {
  /** e.g. "customer.updated" */
  type: string;
  /** The object as the API shows it now, nothing expanded. */
  object: object;
  /** Only for `*.updated`: what the changed members were. See {@linkcode previousOf}. */
  previousAttributes?: Record<string, unknown>;
}

/** As long as Stripe shows events. */
export const EVENT_KEPT_MS = 30 * 24 * 3_600_000;

/** Events of the outbox, by place, that no endpoint has been chosen for yet. */
export const OUTBOX = ["outbox"] as const;

/**
 * Records an event in the transaction that it tells of, so that neither is there without the other,
 * and leaves it in the outbox, from where delivery takes it even after a crash.
 *
 * @param writes The commit of the change itself. Events of one commit keep the order of their calls.
 */
export function emit(
  context: Context,
  writes: WriteBatch,
  event: PendingEvent,
): void {
  const emitted = orderAt(Date.now());
  const object = newEvent(context, event);
  writes.add(EVENT, {
    object,
    extra: { emitted },
    createdMs: context.now(),
    keptMs: EVENT_KEPT_MS,
  });
  writes.put(["list", ...EMITTED, emitted], object.id, EVENT_KEPT_MS);
  writes.put([...OUTBOX, emitted], object.id, EVENT_KEPT_MS);
}

/** All events in the order in which they happened here, whatever a test clock said. */
export const EMITTED = ["events_emitted"] as const;

/** Emits an update with what it changed, or nothing where nothing has changed. */
export function emitUpdate(
  context: Context,
  writes: WriteBatch,
  update: { type: string; before: object; after: object },
): void {
  const { type, before, after: object } = update;
  const previousAttributes = previousOf(before, object);
  const names = Object.keys(previousAttributes);
  // The time of an update alone is no change.
  if (names.every((name) => name === "updated")) return;
  emit(context, writes, { type, object, previousAttributes });
}

/**
 * What the members that differ were before: of records only the members that differ, of lists the
 * whole list, and `null` for what was not there.
 */
export function previousOf(
  before: object,
  after: object,
): Record<string, unknown> {
  const old = new Map(Object.entries(before));
  const now = new Map(Object.entries(after));
  const differing = [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) =>
      JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name))
    );
  return Object.fromEntries(
    differing.map((
      name,
    ) => [name, previousValue(old.get(name), now.get(name))]),
  );
}

function previousValue(before: unknown, after: unknown): unknown {
  if (isRecord(before) && isRecord(after)) return previousOf(before, after);
  return before ?? null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function newEvent(context: Context, event: PendingEvent): ApiEvent {
  const { type, object, previousAttributes: previous } = event;
  return {
    id: longId("evt"),
    object: "event",
    api_version: API_VERSION,
    created: nowSec(context),
    // A copy, since the caller may go on to change what it has.
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
