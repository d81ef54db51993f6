import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { scheduleChange } from "../src/billing/subscription_actions.ts";
import { failureOf } from "./local_stripe.ts";
import {
  type Billing,
  HOUR,
  itemOf,
  last,
  noon,
  withBilling,
} from "./billing_customer.ts";

const HALF = noon(11, 16);

function linesOf({ lines }: Stripe.Invoice) {
  return lines.data.map(({ amount, parent }) => [
    amount,
    parent?.subscription_item_details?.proration,
  ]);
}

/** The parameters that switch the only item to another price. */
function toPrice(subscription: Stripe.Subscription, price: Stripe.Price) {
  return { items: [{ id: itemOf(subscription).id, price: price.id }] };
}

Deno.test("an upgrade halfway through the period bills half the difference at once", () =>
  withBilling(async ({ stripe, subscribe, scale, until, invoices, told }) => {
    const before = await subscribe();
    await until(HALF);
    await told();
    const wish = toPrice(before, scale);
    const preview = await stripe.invoices.createPreview({
      subscription: before.id,
      subscription_details: {
        ...wish,
        proration_behavior: "always_invoice",
      },
    });
    assertMatch(preview.id ?? "", /^upcoming_in_/);
    assertEquals((await invoices()).length, 1);
    const after = await stripe.subscriptions.update(before.id, {
      ...wish,
      proration_behavior: "always_invoice",
    });
    // 15 of 30 days: a credit of half of 29.00, a charge of half of 99.00.
    const invoice = last(await invoices());
    assertEquals(linesOf(invoice), [[-1_450, true], [4_950, true]]);
    assertEquals(linesOf(preview), linesOf(invoice));
    assertEquals([invoice.total, invoice.status], [3_500, "paid"]);
    assertEquals(preview.amount_due, 3_500);
    assertEquals(invoice.billing_reason, "subscription_update");
    assertEquals(
      [itemOf(after).price.id, itemOf(after).current_period_end],
      [scale.id, noon(12, 1)],
    );
    assertEquals((await told()).slice(0, 3), [
      "customer.subscription.updated",
      "invoiceitem.created",
      "invoiceitem.created",
    ]);
    await until(noon(12, 1) + HOUR);
    assertEquals(last(await invoices()).total, 9_900);
  }));

Deno.test("prorations that are not invoiced are billed with the renewal", () =>
  withBilling(
    async ({ stripe, subscribe, scale, until, invoices, customer }) => {
      const before = await subscribe();
      await until(HALF);
      await stripe.subscriptions.update(before.id, toPrice(before, scale));
      assertEquals((await invoices()).length, 1);
      const pending = await stripe.invoiceItems.list({
        customer,
        pending: true,
      });
      assertEquals(pending.data.map(({ amount }) => amount), [4_950, -1_450]);
      await until(noon(12, 1) + HOUR);
      const renewal = last(await invoices());
      assertEquals(linesOf(renewal), [[-1_450, true], [4_950, true], [
        9_900,
        false,
      ]]);
      assertEquals([renewal.total, renewal.status], [13_400, "paid"]);
    },
  ));

Deno.test("credits are based on the billed amounts, also for a second change", () =>
  withBilling(
    async ({ stripe, subscribe, pro, scale, until, customer, invoices }) => {
      const before = await subscribe();
      await until(HALF);
      const always = { proration_behavior: "always_invoice" } as const;
      await stripe.subscriptions.update(before.id, {
        ...toPrice(before, scale),
        ...always,
      });
      await stripe.subscriptions.update(before.id, {
        ...toPrice(before, pro),
        ...always,
      });
      const back = last(await invoices());
      assertEquals(linesOf(back), [[-4_950, true], [1_450, true]]);
      assertEquals([back.total, back.amount_due, back.status], [
        -3_500,
        0,
        "paid",
      ]);
      const owner = await stripe.customers.retrieve(customer);
      assert(!owner.deleted);
      assertEquals(owner.balance, -3_500);
      await until(noon(12, 1) + HOUR);
      const renewal = last(await invoices());
      assertEquals(
        [renewal.total, renewal.amount_due, renewal.ending_balance],
        [
          2_900,
          0,
          -600,
        ],
      );
    },
  ));

Deno.test("without prorations the new price applies from the next period", () =>
  withBilling(async ({ stripe, subscribe, scale, until, invoices }) => {
    const before = await subscribe();
    await until(HALF);
    await stripe.subscriptions.update(before.id, {
      ...toPrice(before, scale),
      proration_behavior: "none",
    });
    await until(noon(12, 1) + HOUR);
    assertEquals((await invoices()).map(({ total }) => total), [2_900, 9_900]);
  }));

Deno.test("a price with another interval begins a new period and is billed now", () =>
  withBilling(async ({ stripe, subscribe, proYear, until, invoices }) => {
    const before = await subscribe();
    await until(HALF);
    const after = await stripe.subscriptions.update(
      before.id,
      toPrice(before, proYear),
    );
    const invoice = last(await invoices());
    assertEquals(linesOf(invoice), [[-1_450, true], [29_000, false]]);
    assertEquals([invoice.status, after.billing_cycle_anchor], ["paid", HALF]);
    assertEquals(itemOf(after).current_period_end, noon(11, 16, 2027));
  }));

Deno.test("yen and dinars are prorated to their own minor unit", async () => {
  const change = async (
    { stripe, subscribe, scale, until, invoices }: Billing,
  ) => {
    const before = await subscribe();
    await until(noon(11, 11));
    await stripe.subscriptions.update(before.id, {
      ...toPrice(before, scale),
      proration_behavior: "always_invoice",
    });
    return linesOf(last(await invoices())).map(([amount]) => amount);
  };
  // 20 of 30 days: two thirds of 500 and of 1,200; of 9.500 and of 30.000.
  await withBilling(
    async (billing) => assertEquals(await change(billing), [-333, 800]),
    { currency: "jpy", proMinor: 500, scaleMinor: 1_200 },
  );
  await withBilling(
    async (billing) => assertEquals(await change(billing), [-6_333, 20_000]),
    { currency: "kwd", proMinor: 9_500, scaleMinor: 30_000 },
  );
});

Deno.test("a scheduled downgrade applies at the period end, and its schedule is released", () =>
  withBilling(
    async ({ context, subscribe, pro, scale, until, read, ...rest }) => {
      const before = await subscribe({ items: [{ price: scale.id }] });
      const schedule = await scheduleChange(context, {
        subscription: before.id,
        items: [{ price: pro.id, quantity: 1 }],
      });
      assertEquals(schedule.phases.map(({ items }) => items[0]?.price), [
        scale.id,
        pro.id,
      ]);
      const waiting = await read(before);
      assertEquals([waiting.schedule, itemOf(waiting).price.id], [
        schedule.id,
        scale.id,
      ]);
      const busy = await failureOf(
        rest.stripe.subscriptions.update(before.id, {
          cancel_at_period_end: true,
        }),
      );
      assertEquals(busy.statusCode, 400);
      const [next] = (await rest.stripe.invoices.createPreview({
        subscription: before.id,
      })).lines.data;
      assertEquals(next?.amount, 2_900);
      await rest.told();
      await until(noon(12, 1) + HOUR);
      const after = await read(before);
      assertEquals([after.schedule, itemOf(after).price.id], [null, pro.id]);
      assertEquals(itemOf(after).id, itemOf(before).id);
      assertEquals((await rest.invoices()).map(({ total }) => total), [
        9_900,
        2_900,
      ]);
      assert((await rest.told()).includes("subscription_schedule.released"));
      const ended = await rest.stripe.subscriptionSchedules.retrieve(
        schedule.id,
      );
      assertEquals([ended.status, ended.released_subscription], [
        "released",
        before.id,
      ]);
    },
  ));

Deno.test("a schedule from a subscription runs its phases and cancels at its end", () =>
  withBilling(async ({ stripe, subscribe, pro, scale, until, read }) => {
    const before = await subscribe();
    const { id, phases } = await stripe.subscriptionSchedules.create({
      from_subscription: before.id,
    });
    const [now] = phases;
    assert(now);
    const gap = await failureOf(stripe.subscriptionSchedules.update(id, {
      phases: [
        { items: [{ price: pro.id }], start_date: now.start_date },
        {
          items: [{ price: scale.id }],
          start_date: noon(12, 15),
        } as Stripe.SubscriptionScheduleUpdateParams.Phase,
      ],
    }));
    assertEquals([gap.statusCode, gap.param], [400, "phases[1][start_date]"]);
    await stripe.subscriptionSchedules.update(id, {
      end_behavior: "cancel",
      phases: [
        { items: [{ price: pro.id }], end_date: now.end_date },
        {
          items: [{ price: scale.id }],
          duration: { interval: "month", interval_count: 1 },
        },
      ],
    });
    await until(noon(12, 2));
    assertEquals(itemOf(await read(before)).price.id, scale.id);
    await until(noon(1, 2, 2027));
    assertEquals((await read(before)).status, "canceled");
    const done = await stripe.subscriptionSchedules.retrieve(id);
    assertEquals([done.status, done.current_phase], ["completed", null]);
  }));

Deno.test("releasing a schedule leaves its subscription unchanged", () =>
  withBilling(async ({ stripe, subscribe, customer, read }) => {
    const before = await subscribe();
    const { id } = await stripe.subscriptionSchedules.create({
      from_subscription: before.id,
    });
    const twice = await failureOf(
      stripe.subscriptionSchedules.create({ from_subscription: before.id }),
    );
    assertEquals(twice.param, "from_subscription");
    await stripe.subscriptionSchedules.release(id);
    assertEquals((await read(before)).schedule, null);
    const listed = await stripe.subscriptionSchedules.list({ customer });
    assertEquals(listed.data.map(({ status }) => status), ["released"]);
  }));

Deno.test("concurrent changes are both applied", () =>
  withBilling(async ({ stripe, subscribe, scale, read, customer }) => {
    const before = await subscribe();
    const names = Array.from({ length: 12 }, (_, place) => `k${place}`);
    await Promise.all([
      stripe.subscriptions.update(before.id, {
        ...toPrice(before, scale),
        proration_behavior: "always_invoice",
      }),
      ...names.map((name) =>
        stripe.subscriptions.update(before.id, { metadata: { [name]: "1" } })
      ),
    ]);
    const after = await read(before);
    assertEquals(Object.keys(after.metadata).sort(), names.sort());
    assertEquals(itemOf(after).price.id, scale.id);
    const invoices = await stripe.invoices.list({ customer });
    assertEquals(
      new Set(invoices.data.map(({ number }) => number)).size,
      invoices.data.length,
    );
  }));

Deno.test("error_if_incomplete undoes a change whose payment fails", () =>
  withBilling(
    async ({ stripe, subscribe, scale, read, card, until, ...rest }) => {
      const before = await subscribe();
      await card("chargeCustomerFail");
      await until(HALF);
      const refused = await failureOf(stripe.subscriptions.update(before.id, {
        ...toPrice(before, scale),
        payment_behavior: "error_if_incomplete",
        proration_behavior: "always_invoice",
      }));
      assertEquals([refused.statusCode, refused.code], [402, "card_declined"]);
      assertEquals(await read(before), await read(before));
      assertEquals(
        itemOf(await read(before)).price.id,
        itemOf(before).price.id,
      );
      assertEquals((await rest.invoices()).length, 1);
    },
  ));

Deno.test("previews show renewals and first invoices, or that nothing is upcoming", () =>
  withBilling(async ({ stripe, subscribe, customer, pro, scale }) => {
    const begin = await stripe.invoices.createPreview({
      customer,
      subscription_details: { items: [{ price: scale.id, quantity: 2 }] },
    });
    assertEquals([begin.total, begin.status], [19_800, "draft"]);
    assertEquals((await stripe.subscriptions.list()).data, []);
    const none = await failureOf(stripe.invoices.createPreview({ customer }));
    assertEquals([none.statusCode, none.code], [404, "invoice_upcoming_none"]);
    const one = await subscribe();
    const renewal = await stripe.invoices.createPreview({
      subscription: one.id,
    });
    assertEquals([renewal.total, renewal.period_end], [2_900, noon(12, 1)]);
    const changed = await stripe.invoices.createPreview({
      subscription: one.id,
      preview_mode: "recurring",
      subscription_details: {
        items: [{ id: itemOf(one).id, price: scale.id }],
      },
    });
    assertEquals(linesOf(changed), [[9_900, false]]);
    assertEquals(itemOf(one).price.id, pro.id);
    await stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
    const ends = await failureOf(
      stripe.invoices.createPreview({ subscription: one.id }),
    );
    assertEquals(ends.code, "invoice_upcoming_none");
  }));
