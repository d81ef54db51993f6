import type { Subscription } from "@/lib/store/mod.ts";
import { giveCustomer, ORG, type TestApp } from "./app.ts";
import { storedSubscription } from "./subscriptions.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Scale's monthly price. */
export const SCALE_PRICE = {
  id: "price_scale",
  amountMinor: 9_900,
  currency: "usd",
};

/** Stores a subscription and its customer. */
export async function giveSubscription(
  app: TestApp,
  members: Partial<Subscription> = {},
  orgId: string = ORG,
): Promise<Subscription> {
  const { store, now } = app.services;
  const known = await store.readCustomer(orgId);
  const stripeCustomerId = known?.stripeCustomerId ??
    await giveCustomer(app, orgId);
  const subscription = storedSubscription({ stripeCustomerId, ...members });
  const read = await store.readBilling(orgId, now());
  if (!await store.writeSubscription(orgId, subscription, read)) {
    throw new Error("Somebody else wrote the subscription");
  }
  return subscription;
}
