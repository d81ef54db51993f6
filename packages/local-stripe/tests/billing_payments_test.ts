import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { chargeCard } from "../src/billing/card_charge.ts";
import { advanceCustomer, runTo } from "../src/billing/scheduler.ts";
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

Deno.test("a one-time purchase creates a charge, and an invoice if enabled", () =>
  withBilling(async ({ stripe, customer, call, told, invoices }) => {
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product_data: { name: "Tokens" },
    });
    const buy = async (token: string, invoiced: boolean) => {
      const session = await stripe.checkout.sessions.create({
        customer,
        mode: "payment",
        line_items: [{ price: price.id, quantity: 3 }],
        invoice_creation: { enabled: invoiced },
        payment_intent_data: { metadata: { pack: "small" } },
        success_url: "https://app.example/done",
      });
      const card = await stripe.paymentMethods.create({
        type: "card",
        card: { token },
        billing_details: { email: "jo@example.com" },
      });
      await told();
      const path = `/v1/payment_pages/${session.id}/confirm`;
      const body = `payment_method=${card.id}&expected_amount=1500`;
      const answer = await call("POST", path, { body });
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals(await buy("tok_visa", false), 200);
    assertEquals(
      (await told()).filter((type) => /^(charge|payment_intent)/.test(type)),
      [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
      ],
    );
    assertEquals((await invoices()).length, 0);
    assertEquals(await buy("tok_visa", true), 200);
    const [invoice] = await invoices();
    assertEquals([invoice?.status, invoice?.total], ["paid", 1_500]);
    assertEquals(await buy("tok_chargeCustomerFail", true), 402);
    assertEquals((await invoices()).length, 1);
    const charges = (await stripe.charges.list({ customer })).data;
    assertEquals(
      charges.map(({ amount, metadata }) => [amount, metadata["pack"]]),
      [[1_500, undefined], [1_500, "small"]],
    );
  }));

Deno.test("a charge is refunded in parts up to its amount", () =>
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

Deno.test("a manual invoice collects pending items and is paid", () =>
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

Deno.test("a void or uncollectible invoice is not charged again", () =>
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

Deno.test("a test clock advances only its customers", () =>
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
    const { testClocks } = stripe.testHelpers;
    const advance = (toSec: number) =>
      testClocks.advance(clock.id, { frozen_time: toSec });
    const far = await failureOf(advance(noon(5, 2)));
    assertEquals([far.statusCode, far.param], [400, "frozen_time"]);
    for (const toSec of [noon(5, 1), noon(5, 2)]) {
      const moved = await advance(toSec);
      assertEquals(moved.status, "advancing");
      const ready = await testClocks.retrieve(clock.id);
      assertEquals([ready.status, ready.frozen_time], ["ready", toSec]);
    }
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

Deno.test("an interrupted advance continues and repeats no step", () =>
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

Deno.test("a customer's time only moves forward", () =>
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

Deno.test("test cards behave as documented", () => {
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

Deno.test("unsupported billing parameters answer 501 with their name", () =>
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

Deno.test("a seeded open invoice can be paid", () =>
  withBilling(async ({ stripe, customer, invoice }) => {
    const seeded = await invoice({
      customer,
      status: "open",
      lines: [{ description: "Import", unitAmountMinor: 700 }],
    });
    const paid = await stripe.invoices.pay(seeded.id);
    assertEquals([paid.status, paid.amount_paid], ["paid", 700]);
  }));
