import { assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { failureOf } from "./local_stripe.ts";
import {
  type Billing,
  itemOf,
  last,
  noon,
  withBilling,
} from "./billing_customer.ts";

/** Parameters of a preview and of the change that it previews. */
function scaleNow({ scale }: Billing, trial: Stripe.Subscription) {
  return {
    items: [{ id: itemOf(trial).id, price: scale.id, quantity: 1 }],
    proration_behavior: "always_invoice" as const,
    trial_end: "now" as const,
  } satisfies Stripe.SubscriptionUpdateParams;
}

function billed({ amount_due, lines, subtotal, total }: Stripe.Invoice) {
  return {
    amounts: [amount_due, subtotal, total],
    lines: lines.data.map(({ amount, description, parent, period }) => ({
      amount,
      description,
      period,
      proration: parent?.subscription_item_details?.proration,
    })),
  };
}

Deno.test("a change that ends a trial previews the full new price", () =>
  withBilling(async (billing) => {
    const { stripe, subscribe, until, read, invoices, told } = billing;
    const trial = await subscribe({ trial_period_days: 14 });
    await until(noon(11, 6));
    await told();
    const details = scaleNow(billing, trial);
    const preview = await stripe.invoices.createPreview({
      subscription: trial.id,
      subscription_details: details,
    });
    assertEquals([preview.status, preview.amount_due, preview.total], [
      "draft",
      9_900,
      9_900,
    ]);
    const period = { start: noon(11, 6), end: noon(12, 6) };
    assertEquals(
      billed(preview).lines.map(({ amount, period, proration }) => ({
        amount,
        period,
        proration,
      })),
      [{ amount: 9_900, period, proration: false }],
    );
    // A preview changes nothing.
    assertEquals((await read(trial)).status, "trialing");
    assertEquals((await invoices()).length, 1);
    assertEquals(await told(), []);
    await stripe.subscriptions.update(trial.id, details);
    assertEquals(billed(last(await invoices())), billed(preview));
    assertEquals((await read(trial)).status, "active");
  }));

Deno.test("trial_end=now has no effect on the preview without a trial", () =>
  withBilling(async (billing) => {
    const { stripe, subscribe, until } = billing;
    const one = await subscribe();
    await until(noon(11, 16));
    const { trial_end: end, ...details } = scaleNow(billing, one);
    const of = (more: { trial_end?: "now" }) =>
      stripe.invoices.createPreview({
        subscription: one.id,
        subscription_details: { ...details, ...more },
      });
    assertEquals(billed(await of({ trial_end: end })), billed(await of({})));
    const alone = await stripe.invoices.createPreview({
      subscription: one.id,
      subscription_details: { trial_end: end },
    });
    assertEquals([alone.total, alone.period_end], [2_900, noon(12, 1)]);
  }));

Deno.test("ending a trial without a payment method previews no invoice", () =>
  withBilling(async (billing) => {
    const { stripe, pro } = billing;
    const { id: customer } = await stripe.customers.create();
    const trial = await stripe.subscriptions.create({
      customer,
      items: [{ price: pro.id }],
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    });
    const none = await failureOf(stripe.invoices.createPreview({
      subscription: trial.id,
      subscription_details: scaleNow(billing, trial),
    }));
    assertEquals([none.statusCode, none.code], [404, "invoice_upcoming_none"]);
  }));
