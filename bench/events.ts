import Stripe from "stripe";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import { RawClient } from "./raw_client.ts";

/** The body of an event and its signature header. */
export interface SignedEvent {
  body: string;
  signature: string;
}

/** Number of organizations that the events belong to. */
export const ORGANIZATIONS = 500;

const customerOf = (index: number) => `cus_bench${index % ORGANIZATIONS}`;

/** Adds the organizations of the events to a store. */
export async function seedOrganizations(kvPath: string): Promise<void> {
  const store = createStore(await openKv(kvPath), applyPosting);
  for (let index = 0; index < ORGANIZATIONS; index++) {
    await store.linkCustomer(`org_bench${index}`, {
      stripeCustomerId: customerOf(index),
      createdAtMs: Date.now(),
    });
  }
  store.close();
}

/** Creates signed events with unique ids, for each organization in turn. */
export async function signEvents(
  { count, prefix, secret }: { count: number; prefix: string; secret: string },
): Promise<SignedEvent[]> {
  const { webhooks } = new Stripe("sk_test_bench");
  const bodies = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      id: `evt_${prefix}${index}`,
      object: "event",
      api_version: STRIPE_API_VERSION,
      created: Math.floor(Date.now() / 1000),
      data: { object: { id: `sub_${index}`, customer: customerOf(index) } },
      livemode: false,
      type: "customer.subscription.updated",
    }));
  return await Promise.all(bodies.map(async (body) => ({
    body,
    signature: await webhooks.generateTestHeaderStringAsync({
      payload: body,
      secret,
    }),
  })));
}

/** Latency of each delivery, and the total time. */
export interface Delivered {
  latenciesMs: number[];
  totalMs: number;
}

/**
 * Delivers events from a number of concurrent callers.
 *
 * @throws {Error} If a response has another status than 200.
 */
export async function deliverAll(
  url: string,
  events: readonly SignedEvent[],
  callers: number,
): Promise<Delivered> {
  const latenciesMs: number[] = [];
  const queue = events.values();
  const startedMs = performance.now();
  const { pathname } = new URL(url);
  await Promise.all(Array.from({ length: callers }, async () => {
    using client = await RawClient.open(url);
    for (const event of queue) {
      latenciesMs.push(await deliver(client, pathname, event));
    }
  }));
  return { latenciesMs, totalMs: performance.now() - startedMs };
}

async function deliver(
  client: RawClient,
  path: string,
  { body, signature }: SignedEvent,
): Promise<number> {
  const startedMs = performance.now();
  const status = await client.post(path, {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Stripe-Signature": signature,
    },
    body,
  });
  if (status !== 200) {
    throw new Error(`Cannot measure: an event got status ${status}`);
  }
  return performance.now() - startedMs;
}
