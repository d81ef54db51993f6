import * as v from "valibot";
import { PLANS } from "@/lib/billing/plans.ts";

/** RFC 3339, in UTC. */
export const time = v.pipe(v.string(), v.isoTimestamp());

/** Tokens of the wallet, or an amount in a currency's minor unit. */
export const whole = v.pipe(v.number(), v.safeInteger());

/** A URL to redirect the browser to. */
export const urlResponse = v.strictObject({
  url: v.pipe(
    v.string(),
    v.url(),
    v.description(
      "Created for this request. Redirect to it; never show it in a frame",
    ),
  ),
});

const price = v.nullable(
  v.strictObject({ amount: whole, currency: v.string() }),
);

/** Plans and credit packs with Stripe's prices. */
export const plansResponse = v.strictObject({
  plans: v.array(v.strictObject({
    id: v.picklist(PLANS.map(({ id }) => id)),
    name: v.string(),
    summary: v.string(),
    features: v.array(v.string()),
    tokens_per_month: whole,
    rolls_over: v.boolean(),
    calls_per_minute: whole,
    trial_days: whole,
    prices: v.nullable(v.strictObject({ month: price, year: price })),
  })),
  credits: v.array(v.strictObject({
    id: v.string(),
    name: v.string(),
    tokens: whole,
    price,
  })),
});

export const webhookResponse = v.strictObject({ received: v.literal(true) });
export const healthResponse = v.strictObject({
  ok: v.literal(true),
  version: v.string(),
});

/** The dependencies that failed. */
export const notReadyResponse = v.strictObject({
  ok: v.literal(false),
  failing: v.array(v.picklist(["store", "key_set"])),
});
