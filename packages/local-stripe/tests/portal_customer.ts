import { assert } from "@std/assert";
import type Stripe from "stripe";
import type { StandIn } from "./local_stripe.ts";

export const MINUTE_MS = 60_000;
export const RETURN = "https://app.example/organization";
/** Valid input of the portal's card form. */
export const CARD = {
  number: "5555 5555 5555 4444",
  expiry: "04 / 30",
  cvc: "123",
  name: "Ada",
};

type Create = Stripe.BillingPortal.SessionCreateParams;

/** A customer and functions to open portal links. */
export async function customer(
  { stripe }: StandIn,
  params: Stripe.CustomerCreateParams = {},
) {
  const { id } = await stripe.customers.create({
    name: "Acme",
    email: "a@example.com",
    ...params,
  });
  const open = async (more: Create = {}) =>
    (await stripe.billingPortal.sessions.create({
      customer: id,
      return_url: RETURN,
      ...more,
    })).url;
  const cards = async () =>
    (await stripe.customers.listPaymentMethods(id)).data;
  const read = async () => {
    const found = await stripe.customers.retrieve(id);
    assert(!found.deleted);
    return found;
  };
  return { id, open, cards, read };
}
