import type { Subscription } from "@/lib/store.ts";
import { NOW_MS } from "./tokens.ts";

const DAY_MS = 86_400_000;

/** A snapshot as the store has it: Pro by the month, active. */
export function storedSubscription(
  members: Partial<Subscription> = {},
): Subscription {
  return {
    stripeCustomerId: "cus_test",
    id: "sub_test",
    itemId: "si_test",
    status: "active",
    plan: "pro",
    interval: "month",
    price: { id: "price_test", amountMinor: 2_900, currency: "usd" },
    currentPeriodEndMs: NOW_MS + 20 * DAY_MS,
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    paymentMethod: { brand: "visa", last4: "4242" },
    latestInvoiceId: "in_test",
    readAtMs: NOW_MS,
    ...members,
  };
}
