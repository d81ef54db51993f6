import type Stripe from "stripe";
import {
  type ApiEvent,
  EMITTED,
  EVENT,
} from "../src/webhooks/event_emitter.ts";
import { Store } from "../src/store/store.ts";
import type { StandIn } from "./local_stripe.ts";

export const SUCCESS =
  "https://app.example/organization?checkout={CHECKOUT_SESSION_ID}#/plans";
export const CANCEL = "https://app.example/organization#/plans";

/** Valid input of Checkout's form. */
export const PAYER = {
  email: "ada@example.com",
  number: "4242424242424242",
  expiry: "04 / 30",
  cvc: "123",
  name: "Ada Okonjo",
  country: "DE",
};

/** A product with a monthly and a yearly price, and a one-time pack. */
export async function shop({ stripe }: StandIn) {
  const plan = await stripe.products.create({
    name: "Pro",
    description: "For a team",
  });
  const price = async (params: Partial<Stripe.PriceCreateParams>) =>
    (await stripe.prices.create({
      currency: "usd",
      unit_amount: 2_900,
      product: plan.id,
      ...params,
    })).id;
  const pack = await stripe.products.create({ name: "1,000 credits" });
  return {
    product: plan.id,
    month: await price({ recurring: { interval: "month" } }),
    year: await price({
      unit_amount: 29_000,
      recurring: { interval: "year" },
    }),
    pack: await price({ product: pack.id, unit_amount: 1_000 }),
  };
}

/** The parameters of a session for a price. */
export function checkoutOf(
  mode: "payment" | "subscription",
  price: string,
  more: Stripe.Checkout.SessionCreateParams = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode,
    line_items: [{ price, quantity: 1 }],
    success_url: SUCCESS,
    cancel_url: CANCEL,
    ...more,
  };
}

/** All events, in the order of their emission. */
export async function eventsOf({ kv }: StandIn): Promise<ApiEvent[]> {
  const store = new Store(kv);
  const ids = await store.ids(EMITTED, { limit: 500, newestFirst: false });
  const rows = await Promise.all(ids.map(({ id }) => store.get(EVENT, id)));
  return rows.flatMap((row) => row === null ? [] : [row.object]);
}
