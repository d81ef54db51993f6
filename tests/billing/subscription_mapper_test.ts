import { assertEquals, assertThrows } from "@std/assert";
import type Stripe from "stripe";
import type { Price, Prices } from "@/lib/billing/plans.ts";
import {
  currentSubscription,
  toSubscription,
} from "@/lib/billing/subscription_mapper.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

const PRO_PRICE: Price = {
  id: "price_pro_month",
  productId: "prod_pro",
  amountMinor: 2_900,
  currency: "usd",
  interval: "month",
};
const PRICES: Prices = new Map([
  ["pro_month", PRO_PRICE],
  ["scale_year", { ...PRO_PRICE, id: "price_scale_year", interval: "year" }],
]);

/** Overrides of a subscription at Stripe. */
type Members = Partial<Record<keyof Stripe.Subscription, unknown>>;

function price(lookupKey: string | null, members: Members = {}) {
  return {
    id: "price_pro_month",
    currency: "usd",
    lookup_key: lookupKey,
    product: "prod_pro",
    recurring: { interval: "month", interval_count: 1 },
    unit_amount: 2_900,
    ...members,
  };
}

function item(id: string, lookupKey: string | null, endSec: number) {
  return { id, price: price(lookupKey), current_period_end: endSec };
}

/**
 * A subscription as listed and expanded for the sync, with the fields it reads.
 */
function atStripe(members: Members = {}): Stripe.Subscription {
  return {
    id: "sub_1",
    object: "subscription",
    cancel_at: null,
    cancel_at_period_end: false,
    created: 1_000,
    customer: "cus_1",
    default_payment_method: null,
    ended_at: null,
    items: { data: [item("si_1", "pro_month", 5_000)] },
    latest_invoice: "in_1",
    schedule: null,
    status: "active",
    trial_end: null,
    ...members,
  } as unknown as Stripe.Subscription;
}

function snapshot(members: Members = {}): Subscription {
  const options = { prices: PRICES, readAtMs: 9 };
  return toSubscription(atStripe(members), options);
}

Deno.test("a subscription is mapped to plain values and milliseconds", () => {
  const kept = snapshot();
  assertEquals(kept, {
    stripeCustomerId: "cus_1",
    id: "sub_1",
    itemId: "si_1",
    status: "active",
    plan: "pro",
    interval: "month",
    price: { id: "price_pro_month", amountMinor: 2_900, currency: "usd" },
    currentPeriodEndMs: 5_000_000,
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    paymentMethod: null,
    latestInvoiceId: "in_1",
    invoice: null,
    endReason: null,
    readAtMs: 9,
  });
  assertEquals(JSON.parse(JSON.stringify(kept)), kept);
});

Deno.test("a cancellation is read from cancel_at or cancel_at_period_end", () => {
  assertEquals(snapshot({ cancel_at: 7_000 }).cancelAtMs, 7_000_000);
  const classic = { cancel_at_period_end: true };
  assertEquals(snapshot(classic).cancelAtMs, 5_000_000);
  const both = { ...classic, cancel_at: 4_000 };
  assertEquals(snapshot(both).cancelAtMs, 4_000_000);
  const over = { status: "canceled", cancel_at: 7_000, ended_at: 6_000 };
  assertEquals(snapshot(over).cancelAtMs, 6_000_000);
});

Deno.test("of several items, the plan's is used with the last period end", () => {
  const items = {
    data: [item("si_hand", null, 8_000), item("si_plan", "scale_year", 6_000)],
  };
  items.data[0]!.price.product = "prod_hand";
  const kept = snapshot({ items });
  assertEquals([kept.itemId, kept.plan, kept.interval], [
    "si_plan",
    "scale",
    "year",
  ]);
  assertEquals(kept.currentPeriodEndMs, 8_000_000);
});

Deno.test("a price outside the catalogue gives no plan", () => {
  const items = { data: [item("si_1", null, 5_000)] };
  items.data[0]!.price.product = "prod_hand";
  const kept = snapshot({ items });
  assertEquals([kept.plan, kept.interval], [null, null]);
  assertEquals(kept.price.amountMinor, 2_900);
});

Deno.test("a scheduled change is the phase after the current one", () => {
  const phase = (startSec: number, id: string) => ({
    start_date: startSec,
    items: [{ price: id }],
  });
  const schedule = {
    current_phase: { start_date: 1_000, end_date: 5_000 },
    phases: [phase(1_000, "price_scale_year"), phase(5_000, "price_pro_month")],
  };
  assertEquals(snapshot({ schedule }).scheduled, {
    plan: "pro",
    interval: "month",
    atMs: 5_000_000,
  });
  const last = { ...schedule, phases: schedule.phases.slice(0, 1) };
  assertEquals(snapshot({ schedule: last }).scheduled, null);
});

Deno.test("the subscription's payment method overrides the customer's", () => {
  const card = (brand: string) => ({
    type: "card",
    card: { brand, last4: "4242" },
  });
  const customer = {
    id: "cus_1",
    invoice_settings: { default_payment_method: card("visa") },
  };
  const own = { customer, default_payment_method: card("amex") };
  assertEquals(snapshot(own).paymentMethod?.brand, "amex");
  assertEquals(snapshot({ customer }).paymentMethod, {
    brand: "visa",
    last4: "4242",
  });
  assertEquals(snapshot({ customer }).stripeCustomerId, "cus_1");
  const link = { default_payment_method: { type: "link", link: {} } };
  assertEquals(snapshot(link).paymentMethod, { brand: "link", last4: null });
});

Deno.test("an unknown status is an error", () => {
  assertThrows(() => snapshot({ status: "frozen" }), TypeError, "status");
  assertThrows(() => snapshot({ items: { data: [] } }), TypeError, "item");
});

Deno.test("a paid subscription is preferred, then a pending one, then the newest", () => {
  const one = (id: string, status: string, created: number) =>
    atStripe({ id, status, created });
  const counting = (...subscriptions: Stripe.Subscription[]) => {
    const there = currentSubscription(subscriptions);
    assertEquals(currentSubscription(subscriptions.toReversed()), there);
    return there?.id ?? null;
  };
  assertEquals(counting(), null);
  const ended = one("sub_ended", "canceled", 9);
  assertEquals(counting(ended), "sub_ended");
  assertEquals(counting(ended, one("sub_old", "canceled", 8)), "sub_ended");
  const open = one("sub_open", "incomplete", 7);
  assertEquals(counting(ended, open), "sub_open");
  const late = one("sub_late", "past_due", 3);
  assertEquals(counting(ended, open, late), "sub_late");
  assertEquals(counting(late, one("sub_new", "trialing", 4)), "sub_new");
  assertEquals(counting(late, one("sub_same", "active", 3)), "sub_same");
});
