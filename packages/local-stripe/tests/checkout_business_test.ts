import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { checkoutOf, eventsOf, PAYER, shop } from "./checkout_products.ts";
import { customer } from "./portal_customer.ts";
import { failureOf, type StandIn, withStripe } from "./local_stripe.ts";

const BUSINESS = {
  business: "yes",
  business_name: "Okonjo GmbH",
  tax_id_type: "eu_vat",
  tax_id: "de123456789",
};

async function open(
  standIn: StandIn,
  more: Stripe.Checkout.SessionCreateParams,
) {
  const { month } = await shop(standIn);
  return await standIn.stripe.checkout.sessions.create(
    checkoutOf("subscription", month, more),
  );
}

async function customerOf({ stripe }: StandIn, session: { id: string }) {
  const { customer } = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ["customer", "customer.tax_ids"],
  });
  return Object(customer) as Stripe.Customer;
}

Deno.test("Checkout collects the business name and tax id of a business", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const session = await open(standIn, {
      tax_id_collection: { enabled: true },
    });
    assertEquals(session.tax_id_collection, {
      enabled: true,
      required: "never",
    });
    const url = String(session.url);
    const page = await (await visit(url)).text();
    assert(page.includes("I’m purchasing as a business"));
    const wrong = await visit(url, { ...PAYER, ...BUSINESS, tax_id: "DE1" });
    assertEquals(wrong.status, 422);
    assert((await wrong.text()).includes("This is not a valid EU VAT."));
    const nameless = await visit(url, {
      ...PAYER,
      ...BUSINESS,
      business_name: "",
    });
    assert((await nameless.text()).includes("Enter the business name."));
    assertEquals((await visit(url, { ...PAYER, ...BUSINESS })).status, 303);
    const made = await customerOf(standIn, session);
    assertEquals([made.name, made.business_name], [
      "Okonjo GmbH",
      "Okonjo GmbH",
    ]);
    assertEquals(made.tax_ids?.data.map(({ type, value }) => [type, value]), [
      ["eu_vat", "DE123456789"],
    ]);
    const done = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals(done.customer_details?.tax_ids, [
      { type: "eu_vat", value: "DE123456789" },
    ]);
    assertEquals(done.collected_information?.business_name, "Okonjo GmbH");
    const types = (await eventsOf(standIn)).map(({ type }) => type);
    assert(types.includes("customer.tax_id.created"));
    const invoice = await stripe.invoices.retrieve(String(done.invoice));
    assertEquals(invoice.customer_tax_ids, [
      { type: "eu_vat", value: "DE123456789" },
    ]);
    const bill = await visit(String(invoice.hosted_invoice_url));
    assert((await bill.text()).includes("DE123456789"));
  }));

Deno.test("without the checkbox, the fields of a business are ignored", () =>
  withStripe(async (standIn) => {
    const session = await open(standIn, {
      tax_id_collection: { enabled: true },
    });
    const { business: _unchecked, ...fields } = BUSINESS;
    await standIn.visit(String(session.url), { ...PAYER, ...fields });
    const made = await customerOf(standIn, session);
    assertEquals([made.name, made.tax_ids?.data], ["Ada Okonjo", []]);
  }));

Deno.test("a tax id is required where the customer's country has one", () =>
  withStripe(async (standIn) => {
    const session = await open(standIn, {
      tax_id_collection: { enabled: true, required: "if_supported" },
    });
    const pay = (country: string, tax_id: string) =>
      standIn.visit(String(session.url), {
        ...PAYER,
        ...BUSINESS,
        country,
        tax_id,
      });
    assertEquals((await pay("DE", "")).status, 422);
    assertEquals((await pay("KE", "")).status, 303);
  }));

Deno.test("tax id collection for a customer needs customer_update[name], and keeps a known tax id", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { id } = await customer(standIn, {
      tax_id_data: [{ type: "eu_vat", value: "DE123456789" }],
    });
    const params = { customer: id, tax_id_collection: { enabled: true } };
    const refused = await failureOf(open(standIn, params));
    assertEquals([refused.statusCode, refused.param], [
      400,
      "tax_id_collection",
    ]);
    const session = await open(standIn, {
      ...params,
      customer_update: { name: "auto" },
    });
    await visit(String(session.url), { ...PAYER, ...BUSINESS });
    const { data } = await stripe.customers.listTaxIds(id);
    assertEquals(data.length, 1);
    assertEquals((await customerOf(standIn, session)).name, "Okonjo GmbH");
  }));

Deno.test("Checkout collects a business name and a full name", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn);
    const session = await open(standIn, {
      customer: id,
      name_collection: {
        business: { enabled: true },
        individual: { enabled: true, optional: true },
      },
    });
    assertEquals(session.name_collection?.business, {
      enabled: true,
      optional: false,
    });
    const url = String(session.url);
    assertEquals((await standIn.visit(url, PAYER)).status, 422);
    const names = { business_name: "Acme Ltd", individual_name: "Ada O." };
    await standIn.visit(url, { ...PAYER, ...names });
    const { business_name, individual_name, name } = await customerOf(
      standIn,
      session,
    );
    assertEquals([business_name, individual_name, name], [
      "Acme Ltd",
      "Ada O.",
      "Acme",
    ]);
  }));
