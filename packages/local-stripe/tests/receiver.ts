import type Stripe from "stripe";
import type { standInOn } from "./local_stripe.ts";
import { createLocalStripe, type LocalStripe } from "../mod.ts";

export const HOOK_URL = "https://app.example/hooks";

/** A request as it arrived. */
export interface Received {
  type: string;
  id: string;
  body: string;
  headers: Headers;
}

/** An endpoint in this process, and what came to it. */
export interface Receiver {
  received: Received[];
  secret: string;
  endpointId: string;
  /** What it answers; 200 until a test says otherwise. */
  answer: (event: Received) => Response | Promise<Response>;
  /** The types that came, in order. */
  types(): string[];
}

/** Gives a local Stripe an endpoint for the events that are asked for. */
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

/** Lets a local Stripe reach the receiver. */
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

/** The same Stripe as after a crash: another process on the same store. */
export function restarted(
  { kv, clock }: ReturnType<typeof standInOn>,
): LocalStripe {
  const pagesUrl = "http://127.0.0.1:8000/sandbox/stripe";
  return createLocalStripe({ kv, pagesUrl, now: () => clock.nowMs });
}
