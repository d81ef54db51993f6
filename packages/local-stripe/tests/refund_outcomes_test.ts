import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { type Billing, DAY, noon, withBilling } from "./billing_customer.ts";
import { failureOf } from "./local_stripe.ts";

/** A payment of 2,900 cents with a card, and a refund of it. */
async function refunded(
  { card, customer, stripe, subscribe, told }: Billing,
  name: string,
  params: Stripe.RefundCreateParams = {},
) {
  await card(name);
  await subscribe();
  const [charge] = (await stripe.charges.list({ customer })).data;
  assert(charge);
  await told();
  return await stripe.refunds.create({ charge: charge.id, ...params });
}

Deno.test("a pending refund succeeds after a day", () =>
  withBilling(async (billing) => {
    const { stripe, told, until } = billing;
    const refund = await refunded(billing, "pendingRefund");
    assertEquals([refund.status, refund.pending_reason], [
      "pending",
      "processing",
    ]);
    assertEquals(await told(), [
      "refund.created",
      "charge.refunded",
      "refund.updated",
      "charge.refund.updated",
    ]);
    const second = await failureOf(
      stripe.refunds.create({ charge: String(refund.charge) }),
    );
    assertEquals(second.code, "charge_already_refunded");
    await until(noon(11, 1) + DAY - 1);
    assertEquals((await stripe.refunds.retrieve(refund.id)).status, "pending");
    await until(noon(11, 1) + DAY);
    const done = await stripe.refunds.retrieve(refund.id);
    assertEquals([done.status, done.pending_reason], ["succeeded", undefined]);
    assertEquals(await told(), ["refund.updated", "charge.refund.updated"]);
  }));

Deno.test("a refund that fails later first succeeds, then restores the charge", () =>
  withBilling(async (billing) => {
    const { stripe, told, until } = billing;
    const refund = await refunded(billing, "refundFail", { amount: 900 });
    assertEquals([refund.status, refund.failure_reason], [
      "succeeded",
      undefined,
    ]);
    await told();
    await until(noon(11, 1) + DAY);
    const failed = await stripe.refunds.retrieve(refund.id);
    assertEquals([failed.status, failed.failure_reason], [
      "failed",
      "expired_or_canceled_card",
    ]);
    assertEquals(await told(), [
      "refund.updated",
      "charge.refund.updated",
      "refund.failed",
    ]);
    const { data: [update] } = await stripe.events.list({
      type: "charge.refund.updated",
    });
    assertEquals<unknown>(update?.data.previous_attributes, {
      failure_balance_transaction: null,
      failure_reason: null,
      status: "succeeded",
    });
    const charge = await stripe.charges.retrieve(String(refund.charge));
    assertEquals([charge.amount_refunded, charge.refunded], [0, false]);
  }));

Deno.test("a refund settles once by the shared clock", () =>
  withBilling(async (billing) => {
    const { stripe, clock, told } = billing;
    const refund = await refunded(billing, "refundFail");
    await told();
    clock.nowMs += DAY * 1_000;
    const list = () => stripe.refunds.list({ charge: String(refund.charge) });
    const [one, two] = await Promise.all([list(), list()]);
    assertEquals(one.data.map(({ status }) => status), ["failed"]);
    assertEquals(two.data.map(({ status }) => status), ["failed"]);
    const types = await told();
    assertEquals(types.filter((type) => type === "refund.failed").length, 1);
  }));

Deno.test("a failed refund can be retried, and other cards settle at once", () =>
  withBilling(async (billing) => {
    const { stripe, clock } = billing;
    const failing = await refunded(billing, "refundFail");
    clock.nowMs += DAY * 1_000;
    const charge = String(failing.charge);
    assertEquals((await stripe.refunds.create({ charge })).amount, 2_900);
    const plain = await refunded(billing, "visa");
    clock.nowMs += DAY * 1_000;
    assertEquals((await stripe.refunds.retrieve(plain.id)).status, "succeeded");
  }));
