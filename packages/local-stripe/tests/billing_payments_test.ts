import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { chargeCard } from "../src/billing/card_charge.ts";
import { advanceCustomer, runTo } from "../src/billing/scheduler.ts";
import { sellOnce } from "../src/billing/subscription_actions.ts";
import { setDunning } from "../src/billing/dunning.ts";
import { failureOf, standInOn } from "./local_stripe.ts";
import {
  DAY,
  HOUR,
  itemOf,
  last,
  noon,
  withBilling,
} from "./billing_customer.ts";

Deno.test("a sale leaves a payment and a charge, and an invoice when wanted", () =>
  withBilling(async ({ context, stripe, customer, card, told, invoices }) => {
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product_data: { name: "Tokens" },
    });
    const paymentMethod = await card("visa");
    await told();
    const sale = {
      customer,
      lines: [{ price: price.id, quantity: 3 }],
      metadata: { pack: "small" },
      paymentMethod,
    };
    const plain = await sellOnce(context, { ...sale, invoice: false });
    assertEquals([plain.invoice, plain.charge.amount], [null, 1_500]);
    assertEquals(plain.paymentIntent.metadata, { pack: "small" });
    assertEquals(await told(), [
      "charge.succeeded",
      "payment_intent.succeeded",
      "payment_intent.created",
    ]);
    const billed = await sellOnce(context, { ...sale, invoice: true });
    assertEquals([billed.invoice?.status, billed.invoice?.total], [
      "paid",
      1_500,
    ]);
    assertEquals((await invoices()).length, 1);
    const declining = await card("chargeCustomerFail");
    await assertRejects(() =>
      sellOnce(context, {
        ...sale,
        paymentMethod: declining,
        invoice: true,
      })
    );
    assertEquals((await invoices()).length, 1);
    assertEquals((await stripe.charges.list({ customer })).data.length, 2);
  }));

Deno.test("a charge is refunded in parts, but never by more than it was", () =>
  withBilling(async ({ stripe, subscribe, customer, told }) => {
    await subscribe();
    const [charge] = (await stripe.charges.list({ customer })).data;
    assert(charge);
    await told();
    const part = await stripe.refunds.create({
      charge: charge.id,
      amount: 900,
    });
    assertMatch(part.id, /^re_/);
    assertEquals([part.status, part.payment_intent], [
      "succeeded",
      charge.payment_intent,
    ]);
    assertEquals(await told(), [
      "refund.created",
      "charge.refunded",
      "refund.updated",
      "charge.refund.updated",
    ]);
    const much = await failureOf(
      stripe.refunds.create({ charge: charge.id, amount: 2_001 }),
    );
    assertEquals(much.param, "amount");
    await stripe.refunds.create({
      payment_intent: String(charge.payment_intent),
      reason: "requested_by_customer",
    });
    const after = await stripe.charges.retrieve(charge.id, {
      expand: ["refunds"],
    });
    assertEquals([after.amount_refunded, after.refunded], [2_900, true]);
    assertEquals(after.refunds?.data.length, 2);
    const again = await failureOf(stripe.refunds.create({ charge: charge.id }));
    assertEquals(again.code, "charge_already_refunded");
    const listed = await stripe.refunds.list({ charge: charge.id });
    assertEquals(listed.data.map(({ amount }) => amount), [2_000, 900]);
    assertEquals((await stripe.refunds.retrieve(part.id)).amount, 900);
  }));

Deno.test("an invoice by hand: an item, a draft, a payment", () =>
  withBilling(async ({ stripe, customer, card, until, invoices }) => {
    await stripe.invoiceItems.create({
      customer,
      amount: 2_000,
      currency: "usd",
      description: "Work",
    });
    const draft = await stripe.invoices.create({
      customer,
      pending_invoice_items_behavior: "include",
    });
    assertEquals([draft.status, draft.total], ["draft", 2_000]);
    await stripe.invoiceItems.create({
      customer,
      invoice: String(draft.id),
      amount: 500,
      currency: "usd",
    });
    const open = await stripe.invoices.finalizeInvoice(String(draft.id), {
      auto_advance: false,
    });
    assertEquals([open.status, open.total], ["open", 2_500]);
    const edit = await failureOf(
      stripe.invoices.finalizeInvoice(String(draft.id)),
    );
    assertEquals(edit.code, "invoice_not_editable");
    const paid = await stripe.invoices.pay(String(open.id), {
      payment_method: await card("mastercard"),
    });
    assertEquals([paid.status, paid.amount_remaining], ["paid", 0]);
    const second = await stripe.invoices.create({
      customer,
      auto_advance: true,
    });
    await until(noon(11, 1) + HOUR);
    assertEquals(last(await invoices()).id, second.id);
    assertEquals(last(await invoices()).status, "paid");
  }));

Deno.test("an open invoice is voided, or given up, and charged no more", () =>
  withBilling(async ({ stripe, customer, until }) => {
    const open = async () => {
      await stripe.invoiceItems.create({
        customer,
        amount: 100,
        currency: "usd",
      });
      const { id } = await stripe.invoices.create({
        customer,
        pending_invoice_items_behavior: "include",
      });
      return await stripe.invoices.finalizeInvoice(String(id), {
        auto_advance: true,
      });
    };
    const [one, two, three] = [await open(), await open(), await open()];
    await stripe.invoices.voidInvoice(String(one.id));
    await stripe.invoices.markUncollectible(String(two.id));
    await until(noon(11, 1) + HOUR);
    const status = async ({ id }: { id?: string }) =>
      (await stripe.invoices.retrieve(String(id))).status;
    assertEquals(
      [await status(one), await status(two), await status(three)],
      ["void", "uncollectible", "paid"],
    );
    const late = await failureOf(stripe.invoices.pay(String(one.id)));
    assertEquals(late.statusCode, 400);
  }));

Deno.test("a test clock moves its customers, and only those", () =>
  withBilling(async ({ stripe, pro, subscribe, read }) => {
    const clock = await stripe.testHelpers.testClocks.create({
      frozen_time: noon(3, 1),
      name: "Spring",
    });
    const { id: customer } = await stripe.customers.create({
      test_clock: clock.id,
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const mine = await stripe.subscriptions.create({
      customer,
      items: [{ price: pro.id }],
    });
    assertEquals([mine.test_clock, mine.created], [clock.id, noon(3, 1)]);
    const other = await subscribe();
    const moved = await stripe.testHelpers.testClocks.advance(clock.id, {
      frozen_time: noon(5, 2),
    });
    assertEquals([moved.status, moved.frozen_time], ["ready", noon(5, 2)]);
    assertEquals(itemOf(await read(mine)).current_period_end, noon(6, 1));
    assertEquals(itemOf(await read(other)).current_period_end, noon(12, 1));
    const invoices = await stripe.invoices.list({ subscription: mine.id });
    assertEquals(invoices.data.map(({ status }) => status), [
      "paid",
      "paid",
      "paid",
    ]);
    const back = await failureOf(
      stripe.testHelpers.testClocks.advance(clock.id, {
        frozen_time: noon(4, 1),
      }),
    );
    assertEquals(back.param, "frozen_time");
    await stripe.testHelpers.testClocks.del(clock.id);
    assertEquals((await stripe.customers.retrieve(customer)).deleted, true);
  }));

Deno.test("an advance that was broken off goes on, and does nothing twice", () =>
  withBilling(
    async ({ kv, context, customer, subscribe, until, told, invoices }) => {
      await subscribe();
      await told();
      let left = 5;
      const breaking = {
        ...context,
        now: () => {
          if (left-- < 0) throw new Error("the process dies");
          return context.now();
        },
      };
      await assertRejects(() =>
        advanceCustomer(breaking, customer, noon(3, 2, 2027))
      );
      const again = standInOn(kv);
      await Promise.all([
        runTo(context, customer, noon(3, 2, 2027)),
        runTo(context, customer, noon(3, 2, 2027)),
      ]);
      await until(noon(3, 2, 2027));
      const all = await invoices();
      assertEquals(all.map(({ number }) => number?.slice(-4)), [
        "0001",
        "0002",
        "0003",
        "0004",
        "0005",
      ]);
      const types = await told();
      assertEquals(types.filter((type) => type === "invoice.paid").length, 4);
      const listed = await again.stripe.invoices.list({ customer });
      assertEquals(listed.data.length, 5);
    },
  ));

Deno.test("time moves forward only, and for one customer", () =>
  withBilling(async ({ context, customer, until }) => {
    await until(noon(11, 5));
    await assertRejects(() => advanceCustomer(context, customer, noon(11, 4)));
    await assertRejects(
      () =>
        setDunning(context, { retryAfterDays: [0], onFinalFailure: "cancel" }),
      RangeError,
    );
    await until(noon(11, 5) + DAY);
  }));

Deno.test("cards answer as they are documented to", () => {
  const ask = (number: string, how = {}, confirmed = false) =>
    chargeCard({ number, confirmed }, how).result;
  const confirmed = { authenticated: true };
  assertEquals(ask("4242424242424242"), "succeeded");
  assertEquals(ask("4000000000000341"), "declined");
  assertEquals(ask("4000002500003155"), "requires_action");
  assertEquals(ask("4000002500003155", {}, true), "succeeded");
  assertEquals(ask("4000002760003184", {}, true), "requires_action");
  assertEquals(ask("4000002760003184", confirmed), "succeeded");
  assertEquals(ask("4000000000003220", confirmed), "succeeded");
  assertEquals(chargeCard({ number: "4000008260003178" }, confirmed), {
    result: "declined",
    code: "card_declined",
    declineCode: "insufficient_funds",
    message: "Your card has insufficient funds.",
  });
  assertEquals(chargeCard({ number: "4000000000000069" }), {
    result: "declined",
    code: "expired_card",
    declineCode: "expired_card",
    message: "Your card has expired.",
  });
});

Deno.test("what billing has not is 501 with its name", () =>
  withBilling(async ({ stripe, subscribe, customer, pro }) => {
    const one = await subscribe();
    const missing = [
      () =>
        stripe.subscriptions.update(one.id, {
          pause_collection: { behavior: "void" },
        }),
      () =>
        stripe.subscriptions.update(one.id, {
          payment_behavior: "pending_if_incomplete",
        }),
      () => stripe.subscriptions.update(one.id, { cancel_at: noon(11, 20) }),
      () =>
        stripe.subscriptions.create({
          customer,
          items: [{ price: pro.id }],
          collection_method: "send_invoice",
        }),
      () =>
        stripe.subscriptions.create({
          customer,
          items: [{ price: pro.id }],
          billing_mode: { type: "classic" },
        }),
      () =>
        stripe.subscriptionSchedules.create({ customer, start_date: "now" }),
      () => stripe.subscriptionItems.del(itemOf(one).id),
      () => stripe.paymentIntents.create({ amount: 100, currency: "usd" }),
    ];
    for (const work of missing) {
      assertEquals((await failureOf(work())).statusCode, 501);
    }
  }));

Deno.test("a seeded open invoice can be paid, and a sale leaves the balance alone", () =>
  withBilling(async ({ stripe, context, customer, card, invoice }) => {
    const seeded = await invoice({
      customer,
      status: "open",
      lines: [{ description: "Import", unitAmountMinor: 700 }],
    });
    const paid = await stripe.invoices.pay(seeded.id);
    assertEquals([paid.status, paid.amount_paid], ["paid", 700]);
    await stripe.customers.update(customer, { balance: -2_000 });
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product_data: { name: "Tokens" },
    });
    const sold = await sellOnce(context, {
      customer,
      lines: [{ price: price.id, quantity: 1 }],
      paymentMethod: await card("visa"),
      invoice: true,
    });
    assertEquals([sold.charge.amount, sold.invoice?.amount_paid], [500, 500]);
    const owner = await stripe.customers.retrieve(customer);
    assert(!owner.deleted);
    assertEquals(owner.balance, -2_000);
  }));
