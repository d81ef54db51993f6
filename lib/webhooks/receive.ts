import type Stripe from "stripe";
import { endLateBilling } from "@/lib/billing/organization_deletion.ts";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import type { Services } from "@/lib/services.ts";
import { eventActivity } from "./event_activity.ts";
import { HANDLERS } from "./handlers.ts";
import { type Delivery, verifyEvent } from "./signature.ts";

/** The result of an event. The endpoint answers 200 for all of them. */
type EventOutcome = "done" | "duplicate" | "ignored";

/** The result, and the organization of an event that was handled. */
interface HandledEvent {
  outcome: EventOutcome;
  orgId?: string;
}

/**
 * Verifies and handles a Stripe event. Handlers use the event as a hint and
 * read the present state from Stripe, so order and duplicates do not matter.
 *
 * @returns After the effect is durable.
 * @throws {BillingError} `validation_error` if the signature or the body is
 * not valid.
 * @throws {Error} If the handler fails. The endpoint then answers 500 and
 * Stripe delivers the event again.
 */
export async function receiveEvent(
  services: Services,
  delivery: Delivery,
): Promise<EventOutcome> {
  const { telemetry, now } = services;
  const event = await verifyEvent(services, delivery);
  return await telemetry.span(`webhook ${event.type}`, {}, async (span) => {
    const { outcome, orgId = null } = await handleEvent(services, event);
    span.setOutcome(outcome);
    span.setOrganization(orgId);
    if (outcome === "done") {
      telemetry.record("portico.webhook.lag", now() / 1000 - event.created);
    }
    return outcome;
  });
}

async function handleEvent(
  services: Services,
  event: Stripe.Event,
): Promise<HandledEvent> {
  const { store, log, now } = services;
  const ignored = { outcome: "ignored" } as const;
  if (!isOwnEvent(services, event)) return ignored;
  const handler = HANDLERS.get(event.type);
  if (handler === undefined || !event.data.object) {
    // Not an error: Stripe would deliver the event again.
    log.debug("ignored event: no handler", describe(event));
    return ignored;
  }
  if (await store.hasEvent(event.id, now())) return { outcome: "duplicate" };
  const orgId = await handler(services, event) ??
    await endLateBilling(services, event);
  if (orgId === null) {
    log.info("ignored event: unknown customer", describe(event));
    return ignored;
  }
  const activity = eventActivity(event);
  if (activity) await store.recordActivity(orgId, activity, event.id);
  // Recorded last: after a crash above, Stripe's retry runs the handler again.
  await store.recordEvent(event.id, now());
  log.debug("event handled", { ...describe(event), orgId });
  return { outcome: "done", orgId };
}

function describe({ id, type }: Stripe.Event) {
  return { eventId: id, type };
}

/**
 * Events of another mode or of a connected account do not concern our
 * customers. An event without these fields is accepted.
 */
function isOwnEvent(
  { config, warnOnce }: Services,
  { account, api_version, livemode }: Partial<Stripe.Event>,
): boolean {
  if (account) return false;
  if (livemode === (config.stripe.mode !== "live")) {
    warnOnce("received events of the other mode: check the webhook endpoints", {
      livemode,
    });
    return false;
  }
  if (api_version !== STRIPE_API_VERSION) {
    warnOnce(
      "events use another API version: run `deno task stripe:setup`",
      { apiVersion: api_version ?? "", pinned: STRIPE_API_VERSION },
    );
  }
  return true;
}
