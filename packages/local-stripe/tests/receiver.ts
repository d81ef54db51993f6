import type Stripe from "stripe";
import type { standInOn } from "./local_stripe.ts";
import { createLocalStripe, type LocalStripe } from "../mod.ts";

export const HOOK_URL = "https://app.example/hooks";

/** A received request. */
export interface Received {
  type: string;
  id: string;
  body: string;
  headers: Headers;
}

/** An in-process webhook endpoint with its received requests. */
export interface Receiver {
  received: Received[];
  secret: string;
  endpointId: string;
  /** Its response; 200 by default. */
  answer: (event: Received) => Response | Promise<Response>;
  /** The received event types, in order. */
  types(): string[];
}

/** Creates an endpoint for the given events. */
export async function receive(
  { stripe, local }: { stripe: Stripe; local: LocalStripe },
  events: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ["*"],
): Promise<Receiver> {
  const made = await stripe.webhookEndpoints.create({
    url: HOOK_URL,
    enabled_events: events,
  });
  const receiver: Receiver = {
    received: [],
    secret: made.secret ?? "",
    endpointId: made.id,
    answer: () => new Response("ok"),
    types: () => receiver.received.map(({ type }) => type),
  };
  connect(local, receiver);
  return receiver;
}

/** Connects a local Stripe to the receiver. */
export function connect(local: LocalStripe, receiver: Receiver): void {
  local.webhooks.connect({
    url: HOOK_URL,
    post: async (request) => {
      const body = await request.text();
      const { id, type } = JSON.parse(body);
      const event = { id, type, body, headers: request.headers };
      receiver.received.push(event);
      return await receiver.answer(event);
    },
  });
}

/** Another instance on the same store, as after a crash. */
export function restarted(
  { kv, clock }: ReturnType<typeof standInOn>,
): LocalStripe {
  const pagesUrl = "http://127.0.0.1:8000/sandbox/stripe";
  return createLocalStripe({ kv, pagesUrl, now: () => clock.nowMs });
}
