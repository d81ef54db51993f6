import { assertEquals } from "@std/assert";
import { dueOf } from "../src/billing/minimum_charge.ts";
import { last, withBilling } from "./billing_customer.ts";
import { failureOf } from "./local_stripe.ts";

Deno.test("dueOf() leaves a total below the currency's minimum for later", () => {
  assertEquals(dueOf(49, "usd"), 0);
  assertEquals(dueOf(50, "usd"), 50);
  assertEquals(dueOf(29, "gbp"), 0);
  assertEquals(dueOf(50, "jpy"), 50);
  assertEquals(dueOf(-50, "usd"), 0);
});

Deno.test("an invoice below the minimum is paid and owed with the next one", () =>
  withBilling(async ({ stripe, customer, subscribe }) => {
    const billed = async (amount: number) => {
      await stripe.invoiceItems.create({ customer, amount, currency: "usd" });
      const draft = await stripe.invoices.create({
        customer,
        pending_invoice_items_behavior: "include",
      });
      return await stripe.invoices.finalizeInvoice(draft.id ?? "");
    };
    const small = await billed(40);
    assertEquals(
      [small.status, small.total, small.amount_due, small.ending_balance],
      ["paid", 40, 0, 40],
    );
    const balance = async () =>
      Object(await stripe.customers.retrieve(customer)).balance;
    assertEquals(await balance(), 40);
    const next = await billed(20);
    assertEquals(
      [next.status, next.starting_balance, next.amount_due],
      ["open", 40, 60],
    );
    assertEquals(await balance(), 0);
    await subscribe();
    const { data } = await stripe.charges.list({ customer });
    assertEquals(data.map(({ amount }) => amount), [2_900]);
  }));

Deno.test("a renewal and its preview below the minimum have nothing due", () =>
  withBilling(async ({ stripe, customer, invoices, subscribe }) => {
    const { id, status } = await subscribe();
    const first = last(await invoices());
    assertEquals([status, first.status], ["active", "paid"]);
    assertEquals([first.amount_due, first.ending_balance], [0, 20]);
    const preview = await stripe.invoices.createPreview({
      customer,
      subscription: id,
    });
    assertEquals([preview.amount_due, preview.ending_balance], [0, 40]);
  }, { proMinor: 20 }));

Deno.test("a Checkout session below the minimum is refused", () =>
  withBilling(async ({ stripe, customer }) => {
    const sell = (amount: number, currency = "usd") =>
      stripe.checkout.sessions.create({
        mode: "payment",
        customer,
        success_url: "https://app.example.com",
        line_items: [{
          quantity: 1,
          price_data: {
            currency,
            unit_amount: amount,
            product_data: { name: "Pack" },
          },
        }],
      });
    const error = await failureOf(sell(49));
    assertEquals([error.statusCode, error.code], [400, "amount_too_small"]);
    assertEquals((await sell(50)).amount_total, 50);
    assertEquals((await sell(30, "gbp")).amount_total, 30);
    assertEquals((await sell(0)).payment_status, "no_payment_required");
  }));
