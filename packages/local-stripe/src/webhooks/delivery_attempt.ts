import { type Context, nowSec } from "../context.ts";
import { placeAt } from "../store/collections.ts";
import {
  type Attempt,
  type Delivery,
  type Due,
  presentEvent,
  queueAttempt,
  saveDelivery,
} from "./deliveries.ts";
import {
  liveSecrets,
  type StoredEndpoint,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import { EVENT } from "./event_emitter.ts";
import { signatureOf } from "./signature.ts";

/** Sends a request to an endpoint; rejects as `fetch` does. */
export type Post = (request: Request) => Promise<Response>;

/** A delivery under a lease, during which no other process attempts it. */
export interface Claimed {
  delivery: Delivery;
  /** When the lease ends, in milliseconds since the epoch. */
  leaseMs: number;
}

/** Longer than the timeout of any endpoint. */
const LEASE_MS = 60_000;

/**
 * Claims a due delivery. After a crash it is due again when the lease ends, so an event can arrive
 * twice but is never lost.
 *
 * @returns `null` if another process has claimed it.
 */
export async function claim(
  context: Context,
  due: Due,
): Promise<Claimed | null> {
  const leaseMs = context.now() + LEASE_MS;
  const writes = context.store.begin();
  writes.delete(due);
  queueAttempt(writes, due.delivery, leaseMs);
  return await writes.commit() ? { delivery: due.delivery, leaseMs } : null;
}

/** Attempts a delivery and stores the result. */
export async function attempt(
  context: Context,
  { delivery, leaseMs }: Claimed,
  post: Post,
): Promise<void> {
  const result = await send(context, delivery, post);
  const { store } = context;
  const { eventId, id } = delivery;
  await store.untilWritten(async (writes) => {
    const lease = await store.read(["due", placeAt(leaseMs) + id]);
    const { value } = await store.read<Delivery>(["delivery", eventId, id]);
    const next = afterAttempt(value ?? delivery, result);
    writes.delete(lease);
    saveDelivery(writes, next);
    if (next.state === "waiting") queueAttempt(writes, next, next.dueMs);
  });
}

interface Result extends Attempt {
  /** A retry cannot succeed. */
  final: boolean;
}

/** The last attempt follows about four hours after the first. */
const MAX_ATTEMPTS = 6;
const FIRST_RETRY_MS = 10_000;

// Retries follow after 10 seconds, then after 1, 6, 36 and 216 minutes.
function afterAttempt(delivery: Delivery, result: Result): Delivery {
  const { final, ...tried } = result;
  const attempts = [...delivery.attempts, tried];
  const next = { ...delivery, attempts };
  if (tried.failure === null) return { ...next, state: "delivered" };
  if (delivery.state !== "waiting") return next;
  const isLast = final || delivery.byHand || attempts.length >= MAX_ATTEMPTS;
  if (isLast) return { ...next, state: "failed" };
  const waitMs = FIRST_RETRY_MS * 6 ** (attempts.length - 1);
  return { ...next, dueMs: tried.atMs + waitMs };
}

async function send(
  context: Context,
  { eventId, endpointId }: Delivery,
  post: Post,
): Promise<Result> {
  const { store } = context;
  const atMs = context.now();
  const event = await store.get(EVENT, eventId);
  const endpoint = await store.get(WEBHOOK_ENDPOINT, endpointId);
  if (event === null) {
    return permanentFailure(atMs, "the event is not kept any more");
  }
  if (endpoint === null || endpoint.deleted) {
    return permanentFailure(atMs, "the endpoint was deleted");
  }
  if (endpoint.object.status === "disabled") {
    return permanentFailure(atMs, "the endpoint is disabled");
  }
  const presented = await presentEvent(context, event.object);
  const payload = JSON.stringify(presented, null, 2);
  const request = await requestTo(context, endpoint, payload);
  return { atMs, ...await outcomeOf(post, request), final: false };
}

function permanentFailure(atMs: number, failure: string): Result {
  return { atMs, status: null, failure, final: true };
}

async function outcomeOf(
  post: Post,
  request: Request,
): Promise<Pick<Attempt, "status" | "failure">> {
  try {
    const { ok, status, body } = await post(request);
    await body?.cancel();
    return { status, failure: ok ? null : `answered ${status}` };
  } catch (error) {
    // Any failure of the endpoint is a result, not an error of this program.
    return { status: null, failure: reasonOf(error) };
  }
}

const MAX_REASON_LENGTH = 200;

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, MAX_REASON_LENGTH);
}

/** The signed request. Each attempt has a new timestamp and signature. */
async function requestTo(
  context: Context,
  { object, extra }: StoredEndpoint,
  payload: string,
): Promise<Request> {
  const secrets = liveSecrets(extra, context.now());
  return new Request(object.url, {
    method: "POST",
    headers: {
      "Accept": "*/*; q=0.5, application/xml",
      "Cache-Control": "no-cache",
      "Content-Type": "application/json; charset=utf-8",
      "Stripe-Signature": await signatureOf(payload, secrets, nowSec(context)),
      "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    },
    body: payload,
    redirect: "manual", // Stripe counts a redirect as a failure
  });
}
