import { type Context, nowSec } from "../context.ts";
import { EVENT } from "./event_emitter.ts";
import { placeAt } from "../store/collections.ts";
import {
  type Attempt,
  type Delivery,
  type Due,
  presentEvent,
  queue,
  save,
} from "./deliveries.ts";
import {
  liveSecrets,
  payloadOf,
  type StoredEndpoint,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import { signatureOf } from "./signature.ts";

/** How a request gets to an endpoint; it fails as `fetch` does. */
export type Post = (request: Request) => Promise<Response>;

/** A delivery that nobody else tries for a while. */
export interface Claimed {
  delivery: Delivery;
  /** When others may try it. */
  leaseMs: number;
}

/** Longer than any endpoint is waited for. */
const LEASE_MS = 60_000;

/**
 * Takes what is due for itself. Until the lease ends nobody else tries it; after a crash somebody
 * does, so that it may arrive twice and never not at all.
 *
 * @returns `null` when another was faster.
 */
export async function claim(
  context: Context,
  due: Due,
): Promise<Claimed | null> {
  const leaseMs = context.now() + LEASE_MS;
  const writes = context.store.begin();
  writes.delete(due);
  queue(writes, due.delivery, leaseMs);
  return await writes.commit() ? { delivery: due.delivery, leaseMs } : null;
}

/** Tries a delivery and notes what came of it. */
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
    save(writes, next);
    if (next.state === "waiting") queue(writes, next, next.dueMs);
  });
}

interface Result extends Attempt {
  /** There is no use in trying again. */
  final: boolean;
}

/** Tries in all: the last one comes some four hours after the first. */
const MAX_TRIES = 6;
const FIRST_RETRY_MS = 10_000;

// 10 seconds, then 1, 6, 36 and 216 minutes.
function afterAttempt(delivery: Delivery, result: Result): Delivery {
  const { final, ...tried } = result;
  const attempts = [...delivery.attempts, tried];
  const next = { ...delivery, attempts };
  if (tried.failure === null) return { ...next, state: "delivered" };
  if (delivery.state !== "waiting") return next;
  const isLast = final || delivery.byHand || attempts.length >= MAX_TRIES;
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
  if (event === null) return givenUp(atMs, "the event is not kept any more");
  if (endpoint === null || endpoint.deleted) {
    return givenUp(atMs, "the endpoint was deleted");
  }
  if (endpoint.object.status === "disabled") {
    return givenUp(atMs, "the endpoint is disabled");
  }
  const payload = payloadOf(await presentEvent(context, event.object));
  const request = await requestTo(context, endpoint, payload);
  return { atMs, ...await outcomeOf(post, request), final: false };
}

function givenUp(atMs: number, failure: string): Result {
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
    // What another server does wrong is what is being noted, whatever it is.
    return { status: null, failure: reasonOf(error) };
  }
}

const MAX_REASON = 200;

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, MAX_REASON);
}

/** The event as it is sent, signed anew for each attempt. */
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
    redirect: "manual", // an answer that sends elsewhere is a failure
  });
}
