import { assert, assertEquals } from "@std/assert";
import { advanceCustomer } from "../src/billing/scheduler.ts";
import { setDunning } from "../src/billing/dunning.ts";
import { failureOf } from "./local_stripe.ts";
import { DAY, HOUR, last, noon, withBilling } from "./billing_customer.ts";

const FAILED = noon(12, 1) + HOUR;

Deno.test("a free trial sends trial_will_end and becomes a paid subscription", () =>
  withBilling(async ({ subscribe, until, read, invoices, told }) => {
    const trial = await subscribe({ trial_period_days: 14 });
    assertEquals([trial.status, trial.trial_end], ["trialing", noon(11, 15)]);
    assertEquals(
      (await invoices()).map(({ total, status }) => [total, status]),
      [
        [0, "paid"],
      ],
    );
    await told();
    await until(noon(11, 12) + 1);
    assertEquals(await told(), ["customer.subscription.trial_will_end"]);
    await until(noon(11, 15) + HOUR);
    const paid = await read(trial);
    assertEquals([paid.status, paid.billing_cycle_anchor], [
      "active",
      noon(11, 15),
    ]);
    assertEquals(last(await invoices()).total, 2_900);
    assertEquals(
      (await told()).filter((type) => type.startsWith("customer.subscription")),
      ["customer.subscription.updated"],
    );
  }));

Deno.test("a trial without a card ends as its trial_settings say", () =>
  withBilling(async ({ stripe, pro, until, context, read }) => {
    const endings = {
      cancel: "canceled",
      pause: "paused",
      create_invoice: "past_due",
    };
    for (const [missing, status] of Object.entries(endings)) {
      const { id: customer } = await stripe.customers.create();
      const trial = await stripe.subscriptions.create({
        customer,
        items: [{ price: pro.id }],
        trial_period_days: 2,
        trial_settings: {
          end_behavior: {
            missing_payment_method: missing as keyof typeof endings,
          },
        },
      });
      await advanceCustomer(context, customer, noon(11, 4));
      assertEquals((await read(trial)).status, status);
    }
    await until(noon(11, 5));
  }));

Deno.test("trial_end=now ends a trial at once", () =>
  withBilling(async ({ stripe, subscribe, invoices }) => {
    const trial = await subscribe({ trial_period_days: 14 });
    const paid = await stripe.subscriptions.update(trial.id, {
      trial_end: "now",
    });
    assertEquals([paid.status, paid.trial_end], ["active", noon(11, 1)]);
    const invoice = last(await invoices());
    assertEquals([invoice.total, invoice.status, invoice.billing_reason], [
      2_900,
      "paid",
      "subscription_update",
    ]);
  }));

Deno.test("a failed renewal is past due until a new card pays it", () =>
  withBilling(async ({ stripe, subscribe, card, until, read, ...rest }) => {
    const one = await subscribe();
    await card("chargeCustomerFail");
    await rest.told();
    await until(FAILED);
    assertEquals((await read(one)).status, "past_due");
    const open = last(await rest.invoices());
    assertEquals([open.status, open.attempt_count, open.next_payment_attempt], [
      "open",
      1,
      FAILED + 3 * DAY,
    ]);
    assertEquals((await rest.told()).slice(-7), [
      "invoice.finalized",
      "charge.failed",
      "payment_intent.payment_failed",
      "invoice.payment_failed",
      "invoice.updated",
      "customer.subscription.updated",
      "customer.updated",
    ]);
    const declined = await failureOf(stripe.invoices.pay(String(open.id)));
    assertEquals([declined.statusCode, declined.decline_code], [
      402,
      "generic_decline",
    ]);
    await card("visa");
    const paid = await stripe.invoices.pay(String(open.id));
    assertEquals([paid.status, paid.amount_paid, paid.attempt_count], [
      "paid",
      2_900,
      3,
    ]);
    assertEquals((await read(one)).status, "active");
    const owner = await stripe.customers.retrieve(rest.customer);
    assert(!owner.deleted);
    assertEquals(owner.delinquent, false);
  }));

Deno.test("the next retry charges a replaced card", () =>
  withBilling(async ({ subscribe, card, until, read, invoices }) => {
    const one = await subscribe();
    await card("chargeCustomerFail");
    await until(FAILED + DAY);
    await card("visa");
    await until(FAILED + 3 * DAY);
    assertEquals((await read(one)).status, "active");
    assertEquals(last(await invoices()).status, "paid");
  }));

Deno.test("retries after 3, 5 and 7 days, then the subscription is canceled", () =>
  withBilling(async ({ subscribe, card, until, read, invoices, told }) => {
    const one = await subscribe();
    await card("chargeCustomerFail");
    await until(FAILED + 14 * DAY);
    assertEquals(last(await invoices()).attempt_count, 3);
    assertEquals((await read(one)).status, "past_due");
    await told();
    await until(FAILED + 15 * DAY);
    const gone = await read(one);
    assertEquals([gone.status, gone.cancellation_details?.reason], [
      "canceled",
      "payment_failed",
    ]);
    assert((await told()).includes("customer.subscription.deleted"));
    const open = last(await invoices());
    assertEquals([open.status, open.attempt_count, open.auto_advance], [
      "open",
      4,
      false,
    ]);
    await until(FAILED + 90 * DAY);
    assertEquals((await invoices()).length, 2);
  }));

Deno.test("onFinalFailure=unpaid keeps the subscription and drafts invoices without charging them", () =>
  withBilling(
    async ({ context, subscribe, card, until, read, stripe, invoices }) => {
      await setDunning(context, {
        retryAfterDays: [1],
        onFinalFailure: "unpaid",
      });
      const one = await subscribe();
      await card("chargeCustomerFail");
      await until(FAILED + 2 * DAY);
      assertEquals((await read(one)).status, "unpaid");
      await until(noon(1, 2, 2027));
      const draft = last(await invoices());
      assertEquals([draft.status, draft.auto_advance], ["draft", false]);
      await card("visa");
      await stripe.invoices.pay(String(draft.id));
      assertEquals((await read(one)).status, "active");
    },
  ));

Deno.test("an incomplete subscription can be paid for 23 hours", () =>
  withBilling(
    async ({ stripe, subscribe, card, until, read, invoices, told }) => {
      await card("chargeCustomerFail");
      await told();
      const one = await subscribe();
      assertEquals(one.status, "incomplete");
      assertEquals((await told())[0], "customer.subscription.created");
      const two = await subscribe({
        payment_behavior: "default_incomplete",
      });
      const method = await card("visa");
      await stripe.invoices.pay(String(two.latest_invoice), {
        payment_method: method,
      });
      assertEquals((await read(two)).status, "active");
      await until(noon(11, 2));
      assertEquals((await read(one)).status, "incomplete_expired");
      assertEquals((await invoices())[0]?.status, "void");
      const refused = await failureOf(
        subscribe({
          payment_behavior: "error_if_incomplete",
          default_payment_method: await card("chargeCustomerFail"),
        }),
      );
      assertEquals(refused.statusCode, 402);
    },
  ));

Deno.test("a card that needs authentication leaves the subscription incomplete", () =>
  withBilling(async ({ stripe, subscribe, card, told }) => {
    await card("authenticationRequired");
    await told();
    const one = await subscribe({ expand: ["latest_invoice.payments"] });
    assertEquals(one.status, "incomplete");
    assert((await told()).includes("invoice.payment_action_required"));
    assert(typeof one.latest_invoice === "object" && one.latest_invoice);
    const [payment] = one.latest_invoice.payments?.data ?? [];
    const intent = await stripe.paymentIntents.retrieve(
      String(payment?.payment.payment_intent),
    );
    assertEquals(intent.status, "requires_action");
    const asks = await failureOf(
      stripe.invoices.pay(String(one.latest_invoice.id)),
    );
    assertEquals(asks.code, "invoice_payment_intent_requires_action");
  }));
