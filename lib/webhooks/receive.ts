import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import { HANDLERS } from "./handlers.ts";
import { verifyEvent } from "./signature.ts";

/** What came of an event. All of them are answered 200. */
export type EventOutcome = "done" | "duplicate" | "ignored";

/** A request as it arrived at the webhook endpoint. */
export interface Delivery {
  /** The body's own text: made again from what was parsed, it would differ. */
  body: string;
  /** `Stripe-Signature`, checked by `requireSignature()`. */
  signature: string;
}

/**
 * Takes in an event of Stripe's. What it says is a hint: each handler asks
 * Stripe for the present state, so neither order nor repetition matters.
 *
 * @returns Once the effect is durable.
 * @throws {BillingError} `validation_error` for a signature that does not
 * count, in which case nothing of the event was believed.
 * @throws {Error} If the effect failed: answered 500, Stripe delivers again.
 * @see The HTTP contract, POST /api/v1/webhooks/stripe.
 */
export async function receiveEvent(
  services: Services,
  delivery: Delivery,
): Promise<EventOutcome> {
  const { store, log, now } = services;
  const event = await verifyEvent(services, delivery);
  if (!isForUs(services, event)) return "ignored";
  const handler = HANDLERS.get(event.type);
  if (handler === undefined || !event.data.object) {
    log.debug("event of no interest", describe(event)); // 500 would repeat it
    return "ignored";
  }
  if (await store.hasEvent(event.id, now())) return "duplicate";
  const orgId = await handler(services, event);
  if (orgId === null) {
    log.info("event of a customer that is nobody's", describe(event));
    return "ignored";
  }
  // Last: after a crash above, Stripe delivers again and the work is redone.
  await store.recordEvent(event.id, now());
  log.debug("event taken in", { ...describe(event), orgId });
  return "done";
}

function describe({ id, type }: Stripe.Event) {
  return { eventId: id, type };
}

/**
 * An event of another mode or account says nothing about our customers; one
 * that tells neither is signed for us all the same.
 */
function isForUs(
  { config, warnOnce }: Services,
  { account, api_version, livemode }: Partial<Stripe.Event>,
): boolean {
  if (account) return false;
  if (livemode === (config.stripe.mode !== "live")) {
    warnOnce("events of the other mode arrive: check the webhook endpoints", {
      livemode,
    });
    return false;
  }
  if (api_version !== STRIPE_API_VERSION) {
    warnOnce(
      "events have another API version: run `deno task stripe:setup`",
      { apiVersion: api_version ?? "", pinned: STRIPE_API_VERSION },
    );
  }
  return true;
}
