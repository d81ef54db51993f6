import { assertEquals } from "@std/assert";
import type Stripe from "stripe";
import * as checkout from "@/lib/billing/checkout.ts";
import type { Services } from "@/lib/services.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import { ORG, type TestApp } from "./app.ts";

const PERSON = {
  email: "ada@example.com",
  name: "Ada Okonjo",
  country: "GB",
};

/** A card that succeeds. */
export const CARD = {
  ...PERSON,
  number: "4242424242424242",
  expiry: "04 / 30",
  cvc: "123",
};

/** A bank account whose debit clears or fails four days later. */
export function bankAccount(answer: "succeeds" | "fails") {
  const account = answer === "succeeds" ? "000123456789" : "000222222227";
  return { ...PERSON, method: "bank", routing: "110000000", account };
}

/**
 * Submits Checkout's hosted page.
 *
 * @returns The redirect target.
 */
export async function payOnPage(
  app: TestApp,
  url: string | null,
  typed: Record<string, string> = CARD,
): Promise<string> {
  const response = await app.fetch(new URL(url ?? "").pathname, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams(typed),
  });
  assertEquals(response.status, 303);
  return response.headers.get("Location") ?? "";
}

/** Opens a checkout as the endpoint does. */
export function openCheckout(
  services: Services,
  request: Omit<checkout.CheckoutRequest, "fulfill">,
): Promise<string> {
  const fulfill = fulfillCheckout;
  return checkout.openCheckout(services, { ...request, fulfill });
}

/** Session parameters, and the lookup key of the price to sell. */
export type SessionTerms =
  & { sells?: string }
  & Stripe.Checkout.SessionCreateParams;

/**
 * Creates a session at Stripe that the app has not stored, for a small pack by
 * default. Its metadata claims more than it sells.
 */
export async function makeSession(
  { services }: TestApp,
  { sells = "credits_small", ...terms }: SessionTerms,
): Promise<Stripe.Checkout.Session> {
  const stripe = await services.stripe();
  const { data: [price] } = await stripe.prices.list({ lookup_keys: [sells] });
  if (price === undefined) throw new Error(`There is no price ${sells}`);
  return await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: price.id, quantity: 1 }],
    metadata: { organization: ORG, pack: "large", tokens: "999999" },
    success_url: `${services.config.appUrl}/organization`,
    ...terms,
  });
}
