import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { last, withBilling } from "./billing_customer.ts";
import { PAGES } from "./local_stripe.ts";

type Balance = Stripe.BalanceTransaction;

Deno.test("charges and refunds move the balance, and expand to it", () =>
  withBilling(async ({ stripe, subscribe, customer }) => {
    await subscribe();
    const { data: [charge] } = await stripe.charges.list({
      customer,
      expand: ["data.balance_transaction"],
    });
    assert(charge);
    const paid = charge.balance_transaction as Balance;
    assertEquals(
      [paid.amount, paid.fee, paid.net, paid.type, paid.source],
      [2_900, 114, 2_786, "charge", charge.id],
    );
    assertEquals(paid.fee_details.map(({ amount }) => amount), [114]);
    const refund = await stripe.refunds.create({
      charge: charge.id,
      amount: 900,
      expand: ["balance_transaction"],
    });
    const back = refund.balance_transaction as Balance;
    assertEquals(
      [back.amount, back.fee, back.net, back.type, back.source],
      [-900, 0, -900, "refund", refund.id],
    );
    const { data } = await stripe.balanceTransactions.list({
      expand: ["data.source"],
    });
    assertEquals(data.map(({ id }) => id), [back.id, paid.id]);
    assertEquals(data.map(({ source }) => Object(source).object), [
      "refund",
      "charge",
    ]);
    const { id } = await stripe.balanceTransactions.retrieve(paid.id);
    assertEquals(id, paid.id);
    const own = await stripe.balanceTransactions.list({ source: charge.id });
    assertEquals(own.data.map(({ id }) => id), [paid.id]);
  }));

Deno.test("a failed refund returns its amount to the balance", () =>
  withBilling(async ({ stripe, subscribe, customer, card, until, context }) => {
    await card("refundFail");
    await subscribe();
    const { data: [charge] } = await stripe.charges.list({ customer });
    const { id } = await stripe.refunds.create({ charge: charge?.id ?? "" });
    await until(context.now() / 1_000 + 2 * 86_400);
    const refund = await stripe.refunds.retrieve(id, {
      expand: ["failure_balance_transaction"],
    });
    const returned = refund.failure_balance_transaction as Balance;
    assertEquals([refund.status, returned.amount], ["failed", 2_900]);
  }));

Deno.test("disputes move the balance too", () =>
  withBilling(async ({ stripe, subscribe, card }) => {
    await card("createDispute");
    await subscribe();
    const { data: [dispute] } = await stripe.disputes.list();
    const [withdrawal] = dispute?.balance_transactions ?? [];
    const { data } = await stripe.balanceTransactions.list({
      type: "adjustment",
    });
    assertEquals(data, [withdrawal]);
    assertEquals(withdrawal?.net, -4_400);
  }));

Deno.test("a paid charge has a receipt, in events too", () =>
  withBilling(async ({ stripe, subscribe, customer, visit, card }) => {
    await subscribe();
    const charge = last((await stripe.charges.list({ customer })).data);
    assertEquals(charge.receipt_url, `${PAGES}/p/receipt/${charge.id}`);
    const { data: [event] } = await stripe.events.list({
      type: "charge.succeeded",
    });
    assertEquals(Object(event?.data.object).receipt_url, charge.receipt_url);
    const receipt = await visit(charge.receipt_url ?? "");
    assertEquals(receipt.status, 200);
    const page = await receipt.text();
    assertMatch(page, /\$29\.00 paid on/);
    assertMatch(page, /Visa 4242/);

    await card("chargeCustomerFail");
    await subscribe();
    const { data: [failed] } = await stripe.charges.list({ customer });
    assertEquals(
      [failed?.paid, failed?.receipt_url, failed?.balance_transaction],
      [false, null, null],
    );
    const missing = await visit(`${PAGES}/p/receipt/${failed?.id}`);
    assertEquals(missing.status, 404);
    await missing.body?.cancel();
  }));
