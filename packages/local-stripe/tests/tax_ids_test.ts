import { assertEquals } from "@std/assert";
import { eventsOf } from "./checkout_products.ts";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("a customer's tax ids are created, listed, retrieved and deleted", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { id } = await stripe.customers.create({
      tax_id_data: [{ type: "gb_vat", value: "GB123456789" }],
    });
    const made = await stripe.customers.createTaxId(id, {
      type: "eu_vat",
      value: "DE123456789",
    });
    assertEquals([made.country, made.verification?.status], ["DE", "verified"]);
    assertEquals(made.owner, {
      customer: id,
      customer_account: null,
      type: "customer",
    });
    const { data } = await stripe.customers.listTaxIds(id);
    assertEquals(data.map(({ value }) => value), [
      "DE123456789",
      "GB123456789",
    ]);
    const read = await stripe.customers.retrieveTaxId(id, made.id);
    assertEquals(read.value, made.value);
    const customer = await stripe.customers.retrieve(id, {
      expand: ["tax_ids"],
    });
    assertEquals(Object(customer).tax_ids.data.length, 2);
    const gone = await stripe.customers.deleteTaxId(id, made.id);
    assertEquals(gone.deleted, true);
    assertEquals((await stripe.customers.listTaxIds(id)).data.length, 1);
    assertEquals((await eventsOf(standIn)).map(({ type }) => type), [
      "customer.created",
      "customer.tax_id.created",
      "customer.tax_id.created",
      "customer.tax_id.deleted",
    ]);
  }));

Deno.test("tax ids of a wrong format, type or customer are refused", () =>
  withStripe(async ({ stripe, call }) => {
    const { id } = await stripe.customers.create();
    const add = (type: "eu_vat" | "us_ein" | "ad_nrt", value: string) =>
      failureOf(stripe.customers.createTaxId(id, { type, value }));
    assertEquals((await add("eu_vat", "DE12")).code, "tax_id_invalid");
    assertEquals((await add("us_ein", "1")).code, "tax_id_invalid");
    assertEquals((await add("ad_nrt", "A-123456-Z")).statusCode, 501);
    const unknown = await call("POST", `/v1/customers/${id}/tax_ids`, {
      body: "type=moon_vat&value=1",
    });
    assertEquals(unknown.status, 400);
    const made = await stripe.customers.createTaxId(id, {
      type: "eu_vat",
      value: "DE111111111",
    });
    assertEquals(made.verification?.status, "unverified");
    const other = await stripe.customers.create();
    const refusals = await Promise.all([
      failureOf(stripe.customers.retrieveTaxId(other.id, made.id)),
      failureOf(stripe.customers.deleteTaxId(other.id, made.id)),
      failureOf(stripe.customers.createTaxId("cus_none", {
        type: "eu_vat",
        value: "DE123456789",
      })),
    ]);
    assertEquals(refusals.map(({ statusCode }) => statusCode), [404, 404, 404]);
  }));
