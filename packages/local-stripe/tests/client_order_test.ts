import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { DAY, noon, withBilling } from "./billing_customer.ts";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("events sorted by created and id keep their order", () =>
  withBilling(async ({ stripe, subscribe, until }) => {
    const subscription = await subscribe();
    await until(noon(12, 3));
    assertEquals(subscription.status, "active");
    const emitted = await stripe.events.list({ limit: 100 });
    const ids = emitted.data.map(({ id }) => id);
    const sorted = emitted.data
      .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
    assertEquals(sorted.map(({ id }) => id), ids.reverse());
    const states = new Map<string, string[]>();
    for (const { data: { object } } of sorted) {
      const { id, object: type, status } = object as Stripe.Invoice;
      if (type !== "invoice" || !id) continue;
      states.set(id, [...states.get(id) ?? [], String(status)]);
    }
    assertEquals(states.size, 2);
    for (const seen of states.values()) {
      assertEquals(seen[0], "draft");
      assertEquals(seen.lastIndexOf("draft") < seen.indexOf("paid"), true);
    }
  }));

Deno.test("deleting an invoice item emits invoiceitem.deleted", () =>
  withBilling(async ({ stripe, customer, told }) => {
    const { id } = await stripe.invoiceItems.create({
      customer,
      amount: 500,
      currency: "usd",
    });
    await stripe.invoiceItems.del(id);
    assertEquals(await told(), ["invoiceitem.created", "invoiceitem.deleted"]);
  }));

Deno.test("a recurring price is created together with its plan", () =>
  withStripe(async ({ stripe }) => {
    const terms = { currency: "usd", unit_amount: 500 };
    const { id } = await stripe.prices.create({
      ...terms,
      recurring: { interval: "month" },
      product_data: { name: "Pro" },
    });
    await stripe.prices.create({ ...terms, product_data: { name: "Pack" } });
    await stripe.products.create({
      name: "Scale",
      default_price_data: { ...terms, recurring: { interval: "year" } },
    });
    const { data } = await stripe.events.list();
    assertEquals(data.map(({ type }) => type), [
      ...["plan.created", "price.created", "product.created"],
      ...["price.created", "product.created"],
      ...["plan.created", "price.created", "product.created"],
    ]);
    assertEquals(Object(data.at(-3)?.data.object), {
      ...await stripe.plans.retrieve(id),
      amount_decimal: "500",
    });
  }));

Deno.test("a test clock without a subscription advances two years at most", () =>
  withStripe(async ({ stripe }) => {
    const { testClocks } = stripe.testHelpers;
    const { id } = await testClocks.create({ frozen_time: noon(11, 1) });
    const over = testClocks.advance(id, { frozen_time: noon(11, 1, 2028) + 1 });
    assertEquals((await failureOf(over)).param, "frozen_time");
    await testClocks.advance(id, { frozen_time: noon(11, 1, 2028) });
    const again = testClocks.advance(id, { frozen_time: noon(11, 2, 2028) });
    assertEquals((await failureOf(again)).code, "lock_timeout");
    const { data: [clock] } = await testClocks.list();
    assertEquals(clock?.status, "ready");
  }));

Deno.test("an advance finishes in the background", () =>
  withStripe(async ({ stripe, local }) => {
    const { testClocks } = stripe.testHelpers;
    const { id } = await testClocks.create({ frozen_time: noon(11, 1) });
    const stop = local.webhooks.start();
    try {
      await testClocks.advance(id, { frozen_time: noon(11, 2) });
      const type = "test_helpers.test_clock.ready";
      const endMs = Date.now() + 10_000;
      let ready: Stripe.Event | undefined;
      while (ready === undefined && Date.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        [ready] = (await stripe.events.list({ type })).data;
      }
      assert(ready);
    } finally {
      await stop();
    }
  }));

Deno.test("trial_end is in the future, and within two years", () =>
  withBilling(async ({ subscribe }) => {
    const end = (trialEnd: number) => subscribe({ trial_end: trialEnd });
    for (const time of [noon(11, 1), noon(11, 1, 2028) + DAY]) {
      const error = await failureOf(end(time));
      assertEquals([error.statusCode, error.param], [400, "trial_end"]);
    }
    assertEquals((await end(noon(11, 1, 2028))).status, "trialing");
  }));
