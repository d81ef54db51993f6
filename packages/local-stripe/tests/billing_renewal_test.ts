import { assert, assertEquals, assertMatch } from "@std/assert";
import Stripe from "stripe";
import { failureOf } from "./local_stripe.ts";
import { HOUR, itemOf, last, noon, withBilling } from "./billing_customer.ts";

Deno.test("a new subscription is paid, and its item has the period", () =>
  withBilling(async ({ stripe, subscribe, customer, invoices, told }) => {
    const subscription = await subscribe({ metadata: { org: "org_1" } });
    assertMatch(subscription.id, /^sub_1\w{23}$/);
    assertEquals([subscription.status, subscription.currency], [
      "active",
      "usd",
    ]);
    assertEquals(subscription.billing_mode.type, "flexible");
    const item = itemOf(subscription);
    assertEquals([item.current_period_start, item.current_period_end], [
      noon(11, 1),
      noon(12, 1),
    ]);
    const [invoice] = await invoices();
    assert(invoice);
    assertEquals(subscription.latest_invoice, invoice.id);
    assertEquals([invoice.status, invoice.total, invoice.billing_reason], [
      "paid",
      2_900,
      "subscription_create",
    ]);
    assertEquals(invoice.parent?.subscription_details?.metadata, {
      org: "org_1",
    });
    assertMatch(invoice.number ?? "", /^[A-Z0-9]{8}-0001$/);
    const payments = await stripe.invoicePayments.list({ invoice: invoice.id });
    const intent = await stripe.paymentIntents.retrieve(
      String(last(payments.data).payment.payment_intent),
      { expand: ["latest_charge"] },
    );
    assertEquals([intent.status, intent.amount_received], ["succeeded", 2_900]);
    assertEquals([intent.customer, invoice.customer], [customer, customer]);
    assertEquals(await told(), [
      "customer.subscription.created",
      "invoice.created",
      "payment_intent.created",
      "invoice.finalized",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice.paid",
      "invoice.payment_succeeded",
      "invoice_payment.paid",
      "customer.updated",
    ]);
  }));

Deno.test("three renewals are drafted, finalized an hour later and paid", () =>
  withBilling(async ({ subscribe, until, read, invoices, told }) => {
    const subscription = await subscribe();
    await told();
    await until(noon(12, 1) + 60);
    const draft = last(await invoices());
    assertEquals([draft.status, draft.number, draft.billing_reason], [
      "draft",
      null,
      "subscription_cycle",
    ]);
    assertEquals(draft.automatically_finalizes_at, noon(12, 1) + HOUR);
    assertEquals(await told(), [
      "invoice.upcoming",
      "customer.subscription.updated",
      "invoice.created",
    ]);
    await until(noon(12, 1) + HOUR);
    assertEquals(await told(), [
      "payment_intent.created",
      "invoice.finalized",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice.paid",
      "invoice.payment_succeeded",
      "invoice_payment.paid",
    ]);
    await until(noon(2, 2, 2027));
    const all = await invoices();
    assertEquals(all.map(({ status, total }) => [status, total]), [
      ["paid", 2_900],
      ["paid", 2_900],
      ["paid", 2_900],
      ["paid", 2_900],
    ]);
    assertEquals(all.map(({ number }) => number?.slice(-4)), [
      "0001",
      "0002",
      "0003",
      "0004",
    ]);
    assertEquals(all.map(({ created }) => created), [
      noon(11, 1),
      noon(12, 1),
      noon(1, 1, 2027),
      noon(2, 1, 2027),
    ]);
    const now = await read(subscription);
    assertEquals(itemOf(now).current_period_end, noon(3, 1, 2027));
    assertEquals([now.status, now.latest_invoice], ["active", last(all).id]);
  }));

Deno.test("a read runs the steps that are due by the server's time", () =>
  withBilling(async ({ subscribe, read, clock, invoices }) => {
    const subscription = await subscribe();
    clock.nowMs = noon(1, 2, 2027) * 1_000;
    assertEquals(
      itemOf(await read(subscription)).current_period_end,
      noon(2, 1, 2027),
    );
    assertEquals((await invoices()).map(({ status }) => status), [
      "paid",
      "paid",
      "paid",
    ]);
  }));

Deno.test("a yearly period from 29 February ends on the last day of February", () =>
  withBilling(async ({ subscribe, proYear, until, read, clock }) => {
    clock.nowMs = noon(2, 29, 2028) * 1_000;
    const subscription = await subscribe({ items: [{ price: proYear.id }] });
    assertEquals(itemOf(subscription).current_period_end, noon(2, 28, 2029));
    await until(noon(3, 1, 2029));
    const renewed = itemOf(await read(subscription));
    assertEquals(renewed.current_period_end, noon(2, 28, 2030));
    await until(noon(3, 1, 2031));
    const leap = itemOf(await read(subscription));
    assertEquals(leap.current_period_end, noon(2, 29, 2032));
  }));

Deno.test("months keep the anchor's day, or end on their last day", () =>
  withBilling(async ({ subscribe, until, read, clock }) => {
    clock.nowMs = noon(12, 31) * 1_000;
    const subscription = await subscribe();
    const ends: number[] = [itemOf(subscription).current_period_end];
    for (let month = 0; month < 3; month++) {
      await until(last(ends) + 2 * HOUR);
      ends.push(itemOf(await read(subscription)).current_period_end);
    }
    assertEquals(ends, [
      noon(1, 31, 2027),
      noon(2, 28, 2027),
      noon(3, 31, 2027),
      noon(4, 30, 2027),
    ]);
  }));

Deno.test("amounts in yen and dinars are integers in the minor unit", async () => {
  await withBilling(async ({ subscribe, invoices }) => {
    await subscribe();
    const [invoice] = await invoices();
    assertEquals([invoice?.currency, invoice?.total], ["jpy", 500]);
    assertMatch(invoice?.lines.data[0]?.description ?? "", /¥500 \/ month/);
  }, { currency: "jpy", proMinor: 500, scaleMinor: 1_200 });
  await withBilling(async ({ subscribe, invoices }) => {
    await subscribe();
    const [invoice] = await invoices();
    assertEquals([invoice?.currency, invoice?.total], ["kwd", 9_500]);
    assertMatch(invoice?.lines.data[0]?.description ?? "", /9\.500/);
  }, { currency: "kwd", proMinor: 9_500, scaleMinor: 30_000 });
});

Deno.test("a decimal unit price is rounded after the multiplication", () =>
  withBilling(async ({ stripe, subscribe, invoices }) => {
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount_decimal: Stripe.Decimal.from("0.5"),
      recurring: { interval: "month" },
      product_data: { name: "Calls" },
    });
    await subscribe({ items: [{ price: price.id, quantity: 7 }] });
    assertEquals((await invoices())[0]?.total, 4);
  }));

Deno.test("a subscription needs a card, a recurring price and one currency", () =>
  withBilling(async ({ stripe, subscribe }) => {
    const bare = await stripe.customers.create();
    const noCard = await failureOf(subscribe({ customer: bare.id }));
    assertEquals([noCard.statusCode, noCard.code], [400, "resource_missing"]);
    const once = await stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      product_data: { name: "Once" },
    });
    const single = await failureOf(subscribe({ items: [{ price: once.id }] }));
    assertEquals([single.statusCode, single.param], [400, "items[0][price]"]);
    await subscribe();
    const euro = await stripe.prices.create({
      currency: "eur",
      unit_amount: 1,
      recurring: { interval: "month" },
      product_data: { name: "Euro" },
    });
    const mixed = await failureOf(subscribe({ items: [{ price: euro.id }] }));
    assertMatch(mixed.message, /combine currencies/);
    assertEquals((await stripe.subscriptions.list()).data.length, 1);
  }));

Deno.test("canceled subscriptions are listed only on request", () =>
  withBilling(async ({ stripe, subscribe, customer, pro, scale }) => {
    const gone = await subscribe();
    await stripe.subscriptions.cancel(gone.id);
    const kept = await subscribe({ items: [{ price: scale.id }] });
    const ids = async (params: object) =>
      (await stripe.subscriptions.list({ customer, ...params })).data
        .map(({ id }) => id);
    assertEquals(await ids({}), [kept.id]);
    assertEquals(await ids({ status: "all" }), [kept.id, gone.id]);
    assertEquals(await ids({ status: "canceled" }), [gone.id]);
    assertEquals(await ids({ status: "ended" }), [gone.id]);
    assertEquals(await ids({ status: "past_due" }), []);
    assertEquals(await ids({ status: "all", price: pro.id }), [gone.id]);
    const items = await stripe.subscriptionItems.list({
      subscription: kept.id,
    });
    assertEquals(items.data.map(({ price }) => price.id), [scale.id]);
    const one = await stripe.subscriptionItems.retrieve(last(items.data).id);
    assertEquals(one.subscription, kept.id);
  }));
