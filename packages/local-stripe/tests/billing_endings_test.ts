import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  cancelSubscription,
  changeSubscription,
  dropScheduledChange,
  keepSubscription,
  pauseSubscription,
  scheduleChange,
} from "../src/billing/subscription_actions.ts";
import { failureOf } from "./local_stripe.ts";
import { HOUR, itemOf, last, noon, withBilling } from "./billing_customer.ts";

const HALF = noon(11, 16);
const END = noon(12, 1);

Deno.test("the portal's cancellation sets a date and can be undone completely", () =>
  withBilling(async ({ context, subscribe, read, told, stripe, until }) => {
    const { id } = await subscribe();
    await told();
    const cancellationDetails = await cancelSubscription(context, {
      subscription: id,
      at: "period_end",
      feedback: "too_expensive",
    });
    assertEquals(
      [
        cancellationDetails.cancel_at,
        cancellationDetails.cancel_at_period_end,
        cancellationDetails.canceled_at,
      ],
      [END, false, noon(11, 1)],
    );
    assertEquals(
      cancellationDetails.cancellation_details?.feedback,
      "too_expensive",
    );
    const [event] = (await stripe.events.list({ limit: 1 })).data;
    assert(event?.type === "customer.subscription.updated");
    assertEquals(event.data.previous_attributes?.cancel_at, null);
    const kept = await keepSubscription(context, id);
    assertEquals([kept.cancel_at, kept.canceled_at], [null, null]);
    assertEquals(kept.cancellation_details?.reason, null);
    await until(END + HOUR);
    assertEquals((await read({ id })).status, "active");
  }));

Deno.test("cancel_at_period_end follows the period and ends the subscription unbilled", () =>
  withBilling(async ({ stripe, subscribe, until, read, invoices, told }) => {
    const { id } = await subscribe();
    const flagged = await stripe.subscriptions.update(id, {
      cancel_at_period_end: true,
      cancellation_details: { comment: "moving on" },
    });
    assertEquals([flagged.cancel_at_period_end, flagged.cancel_at], [
      true,
      END,
    ]);
    const back = await stripe.subscriptions.update(id, {
      cancel_at_period_end: false,
    });
    assertEquals([back.cancel_at_period_end, back.cancel_at], [false, null]);
    await stripe.subscriptions.update(id, { cancel_at: "max_period_end" });
    await told();
    await until(END);
    const gone = await read({ id });
    assertEquals([gone.status, gone.ended_at, gone.canceled_at], [
      "canceled",
      END,
      noon(11, 1),
    ]);
    assertEquals(await told(), ["customer.subscription.deleted"]);
    assertEquals((await invoices()).length, 1);
    const late = await failureOf(
      stripe.subscriptions.update(id, { cancel_at_period_end: false }),
    );
    assertEquals(late.code, "invalid_canceled_subscription_fields");
    await stripe.subscriptions.update(id, { metadata: { why: "known" } });
  }));

Deno.test("an immediate cancellation can credit unused time", () =>
  withBilling(async ({ stripe, subscribe, until, invoices, customer }) => {
    const { id } = await subscribe();
    await until(HALF);
    const gone = await stripe.subscriptions.cancel(id, {
      invoice_now: true,
      prorate: true,
      cancellation_details: { comment: "no need" },
    });
    assertEquals([gone.status, gone.ended_at], ["canceled", HALF]);
    const credit = last(await invoices());
    assertEquals([credit.total, credit.amount_due], [-1_450, 0]);
    const owner = await stripe.customers.retrieve(customer);
    assert(!owner.deleted);
    assertEquals(owner.balance, -1_450);
    const again = await failureOf(stripe.subscriptions.cancel(id));
    assertEquals(again.statusCode, 404);
  }));

Deno.test("a pause stops billing and credits unused time, and resuming begins a new period", () =>
  withBilling(async ({ stripe, subscribe, until, read, invoices, told }) => {
    const { id } = await subscribe();
    await until(HALF);
    await told();
    const paused = await stripe.subscriptions.pause(id);
    assertEquals(paused.status, "paused");
    assertEquals(
      paused.status_details?.paused.subscription.type,
      "pause_requested",
    );
    assertEquals(await told(), [
      "invoiceitem.created",
      "customer.subscription.paused",
      "customer.subscription.updated",
    ]);
    await until(noon(1, 10, 2027));
    assertEquals((await invoices()).length, 1);
    const back = await stripe.subscriptions.resume(id);
    assertEquals([back.status, back.status_details], ["active", undefined]);
    assertEquals(itemOf(back).current_period_start, noon(1, 10, 2027));
    const invoice = last(await invoices());
    assertEquals(invoice.lines.data.map(({ amount }) => amount), [
      -1_450,
      2_900,
    ]);
    assertEquals([invoice.status, invoice.total], ["paid", 1_450]);
    assert((await told()).includes("customer.subscription.resumed"));
    assertEquals(
      (await failureOf(stripe.subscriptions.resume(id))).statusCode,
      400,
    );
    assertEquals((await read({ id })).latest_invoice, invoice.id);
  }));

Deno.test("a pause can end automatically, and resuming can wait for the payment", () =>
  withBilling(
    async ({ context, stripe, subscribe, until, read, card, invoices }) => {
      const { id } = await subscribe();
      await pauseSubscription(context, {
        subscription: id,
        creditFrom: "none",
        resumeAtSec: HALF,
      });
      await until(HALF);
      assertEquals((await read({ id })).status, "active");
      await stripe.subscriptions.pause(id);
      await card("chargeCustomerFail");
      const waiting = await stripe.subscriptions.resume(id, {
        payment_behavior: "resume_on_payment_success",
        billing_cycle_anchor: { type: "unchanged" },
        proration_behavior: "always_invoice",
      });
      assertEquals(waiting.status, "active");
      assertEquals(last(await invoices()).total, 0);
    },
  ));

Deno.test("resume_on_payment_success resumes with the payment", () =>
  withBilling(
    async ({ stripe, subscribe, until, read, card, invoices, told }) => {
      const { id } = await subscribe();
      await until(HALF);
      await stripe.subscriptions.pause(id);
      await card("chargeCustomerFail");
      const waiting = await stripe.subscriptions.resume(id, {
        payment_behavior: "resume_on_payment_success",
      });
      assertEquals(waiting.status, "paused");
      const open = last(await invoices());
      assertEquals([open.status, open.total], ["open", 1_450]);
      await told();
      await card("visa");
      await stripe.invoices.pay(String(open.id));
      assertEquals((await read({ id })).status, "active");
      assert((await told()).includes("customer.subscription.resumed"));
    },
  ));

Deno.test("changes are applied, scheduled and discarded in one call each", () =>
  withBilling(async ({ context, subscribe, pro, scale, read }) => {
    const one = await subscribe({ trial_period_days: 7 });
    const items = [{ id: itemOf(one).id, price: scale.id }];
    const changed = await changeSubscription(context, {
      subscription: one.id,
      items,
      endTrial: true,
    });
    assertEquals([changed.status, changed.items.data[0]?.price.id], [
      "active",
      scale.id,
    ]);
    await scheduleChange(context, {
      subscription: one.id,
      items: [{ price: pro.id, quantity: 1 }],
    });
    await dropScheduledChange(context, one.id);
    assertEquals((await read(one)).schedule, null);
    await assertRejects(() => dropScheduledChange(context, one.id));
  }));

Deno.test("deleting a customer cancels its subscription first", () =>
  withBilling(async ({ stripe, subscribe, customer, read, told }) => {
    const one = await subscribe();
    await told();
    await stripe.customers.del(customer);
    assertEquals((await read(one)).status, "canceled");
    assertEquals((await told()).slice(0, 2), [
      "customer.subscription.deleted",
      "customer.deleted",
    ]);
  }));
