import { assertEquals } from "@std/assert";
import { itemOf, withBilling } from "./billing_customer.ts";
import { failureOf, withStripe } from "./local_stripe.ts";

const EMPTY = [
  "accounts",
  "credit_notes",
  "payment_links",
  "radar/early_fraud_warnings",
  "setup_intents",
  "tax_rates",
];

Deno.test("lists of objects that nothing creates are empty", () =>
  withStripe(async ({ call, stripe }) => {
    const { id } = await stripe.customers.create();
    for (const name of [...EMPTY, `customers/${id}/sources`]) {
      const response = await call("GET", `/v1/${name}?limit=5`);
      assertEquals(response.status, 200, name);
      assertEquals(await response.json(), {
        object: "list",
        data: [],
        has_more: false,
        url: `/v1/${name}`,
      });
    }
  }));

Deno.test("empty lists check their parameters and have no objects", () =>
  withStripe(async ({ stripe, call }) => {
    const { data } = await stripe.setupIntents.list({ created: { gt: 1 } });
    assertEquals(data, []);
    const unknown = await failureOf(
      stripe.creditNotes.list({ customer: "cus_none" }),
    );
    assertEquals([unknown.statusCode, unknown.param], [400, "customer"]);
    const missing = await failureOf(stripe.setupIntents.retrieve("seti_none"));
    assertEquals([missing.statusCode, missing.code], [404, "resource_missing"]);
    const misspelled = await call("GET", "/v1/tax_rates?actve=true");
    assertEquals(misspelled.status, 400);
  }));

Deno.test("every recurring price is a plan", () =>
  withBilling(async ({ stripe, pro, proYear, scale }) => {
    const once = await stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product: String(pro.product),
    });
    const { data } = await stripe.plans.list();
    const recurring = [scale, proYear, pro].map(({ id }) => id);
    assertEquals(data.map(({ id }) => id), recurring);
    const product = String(pro.product);
    const own = await stripe.plans.list({ product, expand: ["data.product"] });
    assertEquals(own.data.map(({ id }) => id), [pro.id]);
    assertEquals(Object(own.data[0]?.product).name, "Pro");
    const plan = await stripe.plans.retrieve(pro.id);
    assertEquals([plan.amount, plan.interval], [2_900, "month"]);
    const error = await failureOf(stripe.plans.retrieve(once.id));
    assertEquals(error.statusCode, 404);
    await stripe.prices.update(scale.id, { active: false });
    assertEquals((await stripe.plans.list({ active: true })).data.length, 2);
  }));

Deno.test("a first invoice has a confirmation secret on request", () =>
  withBilling(async ({ stripe, subscribe, pro }) => {
    const subscription = await subscribe({
      payment_behavior: "default_incomplete",
      expand: ["latest_invoice.confirmation_secret"],
    });
    assertEquals(itemOf(subscription).price.id, pro.id);
    const invoice = Object(subscription.latest_invoice);
    const { data: [intent] } = await stripe.paymentIntents.list();
    assertEquals(invoice.confirmation_secret, {
      client_secret: intent?.client_secret,
      type: "payment_intent",
    });
    const [free] = [
      await stripe.invoices.create({
        customer: String(invoice.customer),
        expand: ["confirmation_secret"],
      }),
    ];
    assertEquals(free.confirmation_secret, null);
  }));
