import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { noon, withBilling } from "./billing_customer.ts";
import { checkoutOf, PAYER, shop } from "./checkout_products.ts";
import { failureOf, type StandIn, withStripe } from "./local_stripe.ts";

const AUTOMATIC = { automatic_tax: { enabled: true } };
const COMPLETE = {
  enabled: true,
  liability: { type: "self" },
  provider: "stripe",
  status: "complete",
};

/** A tax of an invoice, as amount, behavior, reason and taxed amount. */
function taxOf({ total_taxes: taxes }: Stripe.Invoice) {
  return (taxes ?? []).map((tax) => [
    tax.amount,
    tax.tax_behavior,
    tax.taxability_reason,
    tax.taxable_amount,
  ]);
}

async function invoiceOf({ stripe }: StandIn, session: { id: string }) {
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ["invoice", "line_items"],
  });
  return { done, invoice: Object(done.invoice) as Stripe.Invoice };
}

Deno.test("Checkout adds the tax of the customer's country", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { month } = await shop(standIn);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", month, AUTOMATIC),
    );
    assertEquals([session.automatic_tax.status, session.amount_total], [
      "requires_location_inputs",
      2_900,
    ]);
    const url = String(session.url);
    const first = await (await visit(url)).text();
    assert(first.includes("Choose your country"));
    assert(first.includes("Update total"));
    const updated = await (await visit(`${url}/tax`, PAYER)).text();
    assert(updated.includes("VAT (19%)"));
    assert(updated.includes("$34.51"));
    const { total_details } = await stripe.checkout.sessions.retrieve(
      session.id,
    );
    assertEquals(total_details?.amount_tax, 551);

    // A total that the payer has not seen is shown before it is charged.
    const stale = await visit(url, {
      ...PAYER,
      country: "FR",
      shown_total: "3451",
    });
    assertEquals(stale.status, 422);
    assert((await stale.text()).includes("Your total now includes"));
    const paid = await visit(url, {
      ...PAYER,
      country: "FR",
      shown_total: "3480",
    });
    assertEquals(paid.status, 303);
    const { done, invoice } = await invoiceOf(standIn, session);
    assertEquals(done.automatic_tax, COMPLETE);
    assertEquals([done.amount_subtotal, done.amount_total], [2_900, 3_480]);
    assertEquals(done.line_items?.data[0]?.amount_tax, 580);
    assertEquals(invoice.automatic_tax, { ...COMPLETE, disabled_reason: null });
    assertEquals(
      [invoice.subtotal, invoice.total_excluding_tax, invoice.total],
      [2_900, 2_900, 3_480],
    );
    assertEquals(taxOf(invoice), [[580, "exclusive", "standard_rated", 2_900]]);
    const [tax] = invoice.lines.data[0]?.taxes ?? [];
    const rate = await stripe.taxRates.retrieve(
      String(tax?.tax_rate_details?.tax_rate),
    );
    assertEquals([rate.percentage, rate.country], [20, "FR"]);
    const bill = await (await visit(String(invoice.hosted_invoice_url))).text();
    assert(bill.includes("VAT (20%)"));
    const subscription = await stripe.subscriptions.retrieve(
      String(done.subscription),
    );
    assertEquals(subscription.automatic_tax.enabled, true);
  }));

Deno.test("a valid EU VAT id reverses the charge", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { month } = await shop(standIn);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", month, {
        ...AUTOMATIC,
        tax_id_collection: { enabled: true },
      }),
    );
    const business = {
      ...PAYER,
      business: "yes",
      business_name: "Okonjo GmbH",
      tax_id_type: "eu_vat",
      tax_id: "DE123456789",
    };
    const url = String(session.url);
    const page = await (await visit(`${url}/tax`, business)).text();
    assert(page.includes("VAT (reverse charge)"));
    await visit(url, business);
    const { done, invoice } = await invoiceOf(standIn, session);
    assertEquals(done.amount_total, 2_900);
    assertEquals(taxOf(invoice), [[0, "exclusive", "reverse_charge", 0]]);
  }));

Deno.test("a purchase of an existing customer is taxed at its address, after discounts", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { pack, product } = await shop(standIn);
    const { id: customer } = await stripe.customers.create({
      email: "a@example.com",
      address: { country: "GB" },
    });
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50 });
    const inclusive = await stripe.prices.create({
      currency: "usd",
      product,
      tax_behavior: "inclusive",
      unit_amount: 1_200,
    });
    const session = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack, {
        ...AUTOMATIC,
        customer,
        discounts: [{ coupon }],
        invoice_creation: { enabled: true },
        line_items: [
          { price: pack, quantity: 1 },
          { price: inclusive.id, quantity: 1 },
        ],
      }),
    );
    // 500 and 100 of tax, and 600 that include 100 of tax.
    assertEquals([session.amount_total, session.total_details?.amount_tax], [
      1_200,
      200,
    ]);
    // Without customer_update[address], the page's country does not matter.
    await visit(String(session.url), PAYER);
    const { invoice } = await invoiceOf(standIn, session);
    assertEquals([invoice.total, invoice.total_excluding_tax], [1_200, 1_000]);
    assertEquals(taxOf(invoice), [
      [100, "exclusive", "standard_rated", 500],
      [100, "inclusive", "standard_rated", 500],
    ]);
  }));

Deno.test("Checkout refuses automatic tax for a customer whose address it may not set", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { month } = await shop(standIn);
    const { id: customer } = await stripe.customers.create();
    const create = (more: Stripe.Checkout.SessionCreateParams) =>
      stripe.checkout.sessions.create(
        checkoutOf("subscription", month, { ...AUTOMATIC, customer, ...more }),
      );
    const error = await failureOf(create({}));
    assertEquals(error.code, "customer_tax_location_invalid");
    await create({ customer_update: { address: "auto" } });
  }));

Deno.test("a saved card pays the tax of the page's country", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { pack } = await shop(standIn);
    const { id: customer } = await stripe.customers.create({
      email: "a@example.com",
    });
    const { id: method } = await stripe.paymentMethods.attach("pm_card_visa", {
      customer,
    });
    await stripe.paymentMethods.update(method, { allow_redisplay: "always" });
    const { id, url } = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack, {
        ...AUTOMATIC,
        customer,
        customer_update: { address: "auto" },
      }),
    );
    await visit(String(url), { method, country: "CH" });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(
      id,
      { expand: ["payment_intent"] },
    );
    assertEquals(Object(intent).amount_received, 1_081);
  }));

Deno.test("subscriptions with automatic tax renew and are prorated with it", () =>
  withBilling(async (billing) => {
    const { stripe, subscribe, customer, until, invoices } = billing;
    const error = await failureOf(subscribe(AUTOMATIC));
    assertEquals(error.code, "customer_tax_location_invalid");
    await stripe.customers.update(customer, { address: { country: "NO" } });
    const { id, items } = await subscribe(AUTOMATIC);
    await until(noon(12, 1) + 7_200);
    await stripe.customers.update(customer, { address: { country: "US" } });
    await until(noon(1, 1, 2027) + 7_200);
    assertEquals((await invoices()).map(taxOf), [
      [[725, "exclusive", "standard_rated", 2_900]],
      [[725, "exclusive", "standard_rated", 2_900]],
      [[0, "exclusive", "not_collecting", 0]],
    ]);
    await stripe.customers.update(customer, { tax_exempt: "exempt" });
    const off = await stripe.subscriptions.update(id, {
      automatic_tax: { enabled: false },
    });
    assertEquals(off.automatic_tax.enabled, false);
    await stripe.subscriptions.update(id, AUTOMATIC);
    await stripe.customers.update(customer, { address: { country: "NO" } });
    const preview = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: {
        items: [{
          id: String(items.data[0]?.id),
          price: billing.scale.id,
        }],
        proration_behavior: "always_invoice",
      },
    });
    assertEquals(taxOf(preview).map(([, , reason]) => reason), [
      "customer_exempt",
    ]);
  }));

Deno.test("an unknown tax rate is 404", () =>
  withStripe(async ({ stripe }) => {
    for (const id of ["txr_none", "txr_US_standard"]) {
      const error = await failureOf(stripe.taxRates.retrieve(id));
      assertEquals(error.statusCode, 404);
    }
  }));
