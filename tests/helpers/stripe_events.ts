import type Stripe from "stripe";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import type { TestApp } from "./app.ts";

/** The webhook endpoint. */
export const WEBHOOK_PATH = "/api/v1/webhooks/stripe";

/** Overrides of an event's fields. */
export type EventMembers = Record<string, unknown>;

let count = 0;

/** Creates an event about an object, as Stripe sends it. */
export function stripeEvent(
  type: string,
  object: unknown,
  members: EventMembers = {},
): EventMembers {
  return {
    id: `evt_test${++count}`,
    object: "event",
    api_version: STRIPE_API_VERSION,
    created: 1_790_000_000,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type,
    ...members,
  };
}

/** Overrides of a valid delivery. */
export interface DeliveryOptions {
  /** Default: the app's webhook secret. */
  secret?: string;
  /** The signature's timestamp. Default: the app's clock. */
  timestampSec?: number;
}

/** Signs a payload as Stripe does. */
export async function sign(
  { services }: TestApp,
  payload: string,
  { secret, timestampSec }: DeliveryOptions = {},
): Promise<string> {
  const { webhooks }: Stripe = await services.stripe();
  return await webhooks.generateTestHeaderStringAsync({
    payload,
    secret: secret ?? services.webhookSecrets[0] ?? "",
    timestamp: timestampSec ?? Math.floor(services.now() / 1000),
  });
}

/** Delivers a signed event or text to the app. */
export async function deliver(
  app: TestApp,
  event: EventMembers | string,
  options: DeliveryOptions = {},
): Promise<Response> {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  return await app.fetch(WEBHOOK_PATH, {
    method: "POST",
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Stripe-Signature": await sign(app, body, options),
    },
    body,
  });
}

/**
 * Resends all events, newest first.
 *
 * @returns The types of those events.
 */
export async function deliverAllAgain(
  { services, stripe }: TestApp,
): Promise<string[]> {
  const { data } = await (await services.stripe()).events.list({ limit: 100 });
  for (const { id } of data) await stripe.controls.sendAgain(id);
  await stripe.controls.drain();
  return data.map(({ type }) => type);
}
