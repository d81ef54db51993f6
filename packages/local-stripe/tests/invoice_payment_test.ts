import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type Stripe from "stripe";
import {
  type Billing,
  HOUR,
  last,
  noon,
  withBilling,
} from "./billing_customer.ts";
import { PAGES } from "./local_stripe.ts";

const RENEWED = noon(12, 1) + HOUR;
const SAVED = { with: "saved" };
const typed = (number: string) => ({ number, expiry: "04 / 30", cvc: "123" });

/** A subscription with an unpaid renewal, and the hosted page of its invoice. */
async function overdue(billing: Billing) {
  const { subscribe, card, until, invoices, visit, read, told } = billing;
  const subscription = await subscribe();
  await card("chargeCustomerFail");
  await until(RENEWED);
  assertEquals((await read(subscription)).status, "past_due");
  await told();
  return { subscription, ...invoicePage(last(await invoices()), visit) };
}

function invoicePage(
  { id, hosted_invoice_url: url }: Stripe.Invoice,
  visit: Billing["visit"],
) {
  assert(url);
  const send = (form: Record<string, string>) => visit(url, form);
  const look = async () => await (await visit(url)).text();
  const path = url.replace(PAGES, "/sandbox/stripe");
  return { id, url, path, send, look };
}

function leadsTo(response: Response): [number, string | null] {
  return [response.status, response.headers.get("location")];
}

async function chargesOf({ stripe, customer }: Billing) {
  const { data } = await stripe.charges.list({ customer, limit: 100 });
  return data.filter(({ paid }) => paid).length;
}

Deno.test("paying an open invoice with the saved card reactivates its subscription", () =>
  withBilling(async (billing) => {
    const { stripe, card, read, told } = billing;
    const page = await overdue(billing);
    await card("visa");
    await told();
    assertStringIncludes(await page.look(), "$29.00 with Visa •••• 4242");
    const paid = await page.send(SAVED);
    assertEquals(leadsTo(paid), [303, page.path]);
    const after = await page.look();
    assertStringIncludes(after, ">Paid</span>");
    assert(!after.includes("<form"));
    assertEquals((await stripe.invoices.retrieve(page.id)).status, "paid");
    assertEquals((await read(page.subscription)).status, "active");
    const events = await told();
    for (
      const type of [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
      ]
    ) assert(events.includes(type), `${type} in ${events}`);
  }));

Deno.test("paying on the page emits the same events as paying through the API", async () => {
  const told: string[][] = [];
  for (const byApi of [true, false]) {
    await withBilling(async (billing) => {
      const page = await overdue(billing);
      await billing.card("visa");
      await billing.told();
      if (byApi) await billing.stripe.invoices.pay(page.id);
      else await page.send(SAVED);
      told.push(await billing.told());
    });
  }
  assertEquals(told[0], told[1]);
});

Deno.test("an open invoice is paid with another card, which is saved", () =>
  withBilling(async (billing) => {
    const { stripe, customer, read } = billing;
    const page = await overdue(billing);
    const before = await stripe.customers.listPaymentMethods(customer);
    const paid = await page.send(typed("5555 5555 5555 4444"));
    assertEquals(leadsTo(paid), [303, page.path]);
    assertEquals((await read(page.subscription)).status, "active");
    const { data } = await stripe.customers.listPaymentMethods(customer);
    assertEquals(data.length, before.data.length + 1);
    assert(data.some(({ card }) => card?.last4 === "4444"));
  }));

Deno.test("a customer's first card pays an incomplete subscription and becomes the default", () =>
  withBilling(async (billing) => {
    const { stripe, pro, read, visit } = billing;
    const { id: customer } = await stripe.customers.create();
    const begun = await stripe.subscriptions.create({
      customer,
      items: [{ price: pro.id }],
      payment_behavior: "default_incomplete",
      expand: ["latest_invoice"],
    });
    assertEquals(begun.status, "incomplete");
    const { latest_invoice: invoice } = begun;
    assert(invoice !== null && typeof invoice !== "string");
    const page = invoicePage(invoice, visit);
    assert(!(await page.look()).includes('value="saved"'));
    assertEquals((await page.send(typed("4242424242424242"))).status, 303);
    assertEquals((await read(begun)).status, "active");
    const owner = await stripe.customers.retrieve(customer);
    assert(!owner.deleted && owner.invoice_settings.default_payment_method);
  }));

Deno.test("a declined card shows an error and pays nothing", () =>
  withBilling(async (billing) => {
    const { stripe, customer } = billing;
    const page = await overdue(billing);
    const before = await stripe.customers.listPaymentMethods(customer);
    const refusals: [Record<string, string>, string][] = [
      [SAVED, "Your card was declined."],
      [typed("4000000000000002"), "Your card was declined."],
      [typed("4000000000009995"), "Your card has insufficient funds."],
      [typed("4000000000000069"), "Your card has expired."],
      [typed("4000000000000341"), "Your card was declined."],
      [typed("4242424242424241"), "Your card number is incorrect."],
      [{ number: "", expiry: "", cvc: "" }, "Enter a card number."],
    ];
    for (const [form, words] of refusals) {
      const refused = await page.send(form);
      assertEquals(refused.status, 422);
      const text = (await refused.text()).replaceAll("&#39;", "'");
      assertStringIncludes(text, words);
      assert(!text.includes("4000000000"), "the number is not sent back");
    }
    assertEquals((await stripe.invoices.retrieve(page.id)).status, "open");
    const after = await stripe.customers.listPaymentMethods(customer);
    assertEquals(after.data.length, before.data.length);
  }));

Deno.test("a double submit charges once", () =>
  withBilling(async (billing) => {
    const page = await overdue(billing);
    await billing.card("visa");
    const before = await chargesOf(billing);
    const both = await Promise.all([
      page.send(SAVED),
      page.send(typed("4242424242424242")),
      page.send(SAVED),
    ]);
    for (const one of both) assertEquals(leadsTo(one), [303, page.path]);
    assertEquals(leadsTo(await page.send(SAVED)), [303, page.path]);
    assertEquals(await chargesOf(billing), before + 1);
  }));

Deno.test("a card that requires authentication pays after it", () =>
  withBilling(async (billing) => {
    const { stripe, customer, visit, read } = billing;
    const page = await overdue(billing);
    const before = await stripe.customers.listPaymentMethods(customer);
    const verify = `${page.path}/verify`;
    assertEquals(leadsTo(await visit(`${page.url}/verify`)), [303, page.path]);
    const asked = await page.send(typed("4000000000003220"));
    assertEquals(leadsTo(asked), [303, verify]);
    const bank = await (await visit(`${page.url}/verify`)).text();
    assertStringIncludes(bank, "Visa •••• 3220");
    const failed = await visit(`${page.url}/verify`, { outcome: "fail" });
    assertEquals(failed.status, 422);
    assertStringIncludes(await failed.text(), "could not authenticate");
    const waiting = await stripe.customers.listPaymentMethods(customer);
    assertEquals(waiting.data.length, before.data.length);
    const complete = { outcome: "complete" };
    for (const _press of [1, 2]) {
      const done = await visit(`${page.url}/verify`, complete);
      assertEquals(leadsTo(done), [303, page.path]);
    }
    assertEquals((await read(page.subscription)).status, "active");
    const kept = await stripe.customers.listPaymentMethods(customer);
    assertEquals(kept.data.length, before.data.length + 1);
  }));

Deno.test("a saved card requires authentication too and can be declined after it", () =>
  withBilling(async (billing) => {
    const { card, visit, stripe } = billing;
    const page = await overdue(billing);
    await card("authenticationRequiredChargeDeclinedInsufficientFunds");
    await page.send(SAVED);
    const complete = { outcome: "complete" };
    const refused = await visit(`${page.url}/verify`, complete);
    assertEquals(refused.status, 422);
    assertStringIncludes(await refused.text(), "insufficient funds");
    await card("authenticationRequired");
    assertEquals((await page.send(SAVED)).status, 303);
    assertEquals((await visit(`${page.url}/verify`, complete)).status, 303);
    assertEquals((await stripe.invoices.retrieve(page.id)).status, "paid");
  }));

Deno.test("a closed invoice has no form, and forms from other origins are refused", () =>
  withBilling(async (billing) => {
    const { stripe, visit } = billing;
    const page = await overdue(billing);
    const elsewhere = await visit(page.url, SAVED, {
      "Sec-Fetch-Site": "cross-site",
    });
    assertEquals(elsewhere.status, 403);
    assertEquals((await visit(`${page.url}/pdf`, SAVED)).status, 405);
    await stripe.invoices.voidInvoice(page.id);
    assert(!(await page.look()).includes("<form"));
    assertEquals(leadsTo(await page.send(SAVED)), [303, page.path]);
    assertEquals((await stripe.invoices.retrieve(page.id)).status, "void");
  }));
