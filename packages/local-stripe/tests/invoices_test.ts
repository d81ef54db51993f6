import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { failureOf, PAGES, withStripe } from "./local_stripe.ts";

const LINE = { description: "Pro, monthly", unitAmountMinor: 2900 };

Deno.test("a seeded invoice is paid, numbered and has correct totals", () =>
  withStripe(async ({ stripe, invoice }) => {
    const { id } = await stripe.customers.create({
      name: "Acme",
      email: "a@example.com",
    });
    const seeded = await invoice({
      customer: id,
      lines: [LINE, {
        description: "Tokens",
        unitAmountMinor: 500,
        quantity: 3,
      }],
    });
    const read = await stripe.invoices.retrieve(seeded.id);
    assertEquals(
      JSON.parse(JSON.stringify(read)),
      JSON.parse(JSON.stringify(seeded)),
    );
    assertMatch(read.id, /^in_1\w{23}$/);
    assertMatch(read.number ?? "", /^[A-Z0-9]{8}-0001$/);
    assertEquals([read.status, read.currency, read.total], [
      "paid",
      "usd",
      4400,
    ]);
    assertEquals([read.amount_due, read.amount_paid, read.amount_remaining], [
      4400,
      4400,
      0,
    ]);
    assertEquals([read.customer_name, read.customer_email], [
      "Acme",
      "a@example.com",
    ]);
    assertEquals(read.lines.data.map(({ amount }) => amount), [2900, 1500]);
    assert(read.hosted_invoice_url?.startsWith(`${PAGES}/i/test_`));
    assertEquals(read.invoice_pdf, `${read.hosted_invoice_url}/pdf`);
    const second = await invoice({ customer: id, lines: [LINE] });
    assertMatch(second.number ?? "", /-0002$/);
    const customer = await stripe.customers.retrieve(id);
    assert(!customer.deleted);
    assertEquals([customer.currency, customer.next_invoice_sequence], [
      "usd",
      3,
    ]);
  }));

Deno.test("a draft has no number and no hosted page", () =>
  withStripe(async ({ stripe, invoice }) => {
    const { id } = await stripe.customers.create();
    const draft = await invoice({
      customer: id,
      lines: [LINE],
      status: "draft",
    });
    assertEquals([draft.number, draft.hosted_invoice_url, draft.effective_at], [
      null,
      null,
      null,
    ]);
  }));

Deno.test("seeding an invalid invoice throws", () =>
  withStripe(async ({ stripe, invoice }) => {
    const { id } = await stripe.customers.create();
    await assertRejects(
      () => invoice({ customer: id, lines: [] }),
      RangeError,
    );
    const half = [{ ...LINE, unitAmountMinor: 0.5 }];
    await assertRejects(
      () => invoice({ customer: id, lines: half }),
      RangeError,
    );
    await assertRejects(() =>
      invoice({ customer: "cus_nobody", lines: [LINE] })
    );
    assertEquals((await stripe.invoices.list()).data, []);
  }));

Deno.test("invoices are listed by customer, status and time, newest first", () =>
  withStripe(async ({ stripe, invoice, clock }) => {
    const { id } = await stripe.customers.create();
    const other = await stripe.customers.create();
    const nowSec = clock.nowMs / 1_000;
    const make = async (
      customer: string,
      daysAgo: number,
      status: "paid" | "open" | "draft",
    ) =>
      (await invoice({
        customer,
        lines: [LINE],
        status,
        createdSec: nowSec - daysAgo * 86_400,
      })).id;
    const newest = await make(id, 0, "open");
    const oldest = await make(id, 20, "paid");
    const middle = await make(id, 10, "draft");
    const foreign = await make(other.id, 5, "paid");
    const listed = async (params: object) =>
      (await stripe.invoices.list(params)).data.map((one) => one.id);
    assertEquals(await listed({}), [newest, foreign, middle, oldest]);
    assertEquals(await listed({ customer: id }), [newest, middle, oldest]);
    assertEquals(await listed({ customer: id, status: "paid" }), [oldest]);
    assertEquals(await listed({ created: { lt: nowSec - 86_400 * 8 } }), [
      middle,
      oldest,
    ]);
    assertEquals(
      await listed({ customer: id, starting_after: newest, limit: 1 }),
      [middle],
    );
    assertEquals(await listed({ collection_method: "send_invoice" }), []);
    assertEquals(await listed({ due_date: { gte: 0 } }), []);
  }));

Deno.test("listing by an unknown customer or subscription is refused", () =>
  withStripe(async ({ stripe }) => {
    const customer = await failureOf(
      stripe.invoices.list({ customer: "cus_nobody" }),
    );
    assertEquals([customer.statusCode, customer.param], [400, "customer"]);
    const subscription = await failureOf(
      stripe.invoices.list({ subscription: "sub_none" }),
    );
    assertEquals([subscription.code, subscription.param], [
      "resource_missing",
      "subscription",
    ]);
    assertEquals(
      (await failureOf(stripe.invoices.retrieve("in_none"))).statusCode,
      404,
    );
  }));

Deno.test("invoices of a deleted customer can still be read", () =>
  withStripe(async ({ stripe, invoice }) => {
    const { id } = await stripe.customers.create();
    const made = await invoice({ customer: id, lines: [LINE] });
    await stripe.customers.del(id);
    assertEquals(
      (await stripe.invoices.list({ customer: id })).data.map((one) => one.id),
      [made.id],
    );
    const { customer } = await stripe.invoices.retrieve(made.id, {
      expand: ["customer"],
    });
    assertEquals(customer, { id, object: "customer", deleted: true });
  }));

Deno.test("invoice lines are listed and expand their prices", () =>
  withStripe(async ({ stripe, invoice }) => {
    const { id } = await stripe.customers.create();
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      product_data: { name: "P" },
    });
    const sold = { id: price.id, product: String(price.product) };
    const made = await invoice({
      customer: id,
      lines: [{ ...LINE, price: sold }, LINE, LINE],
    });
    const first = await stripe.invoices.listLineItems(made.id, { limit: 2 });
    assertEquals([first.data.length, first.has_more], [2, true]);
    const after = first.data[1]?.id ?? "";
    const rest = await stripe.invoices.listLineItems(made.id, {
      starting_after: after,
    });
    assertEquals([rest.data.length, rest.has_more], [1, false]);
    const expanded = await stripe.invoices.retrieve(made.id, {
      expand: ["lines.data.pricing.price_details"],
    })
      .catch((error) => error.statusCode);
    assertEquals(expanded, 400);
    const lines = await stripe.invoices.listLineItems(made.id, {
      expand: ["data.pricing.price_details.price"],
    });
    const found = lines.data[0]?.pricing?.price_details?.price;
    assert(typeof found === "object");
    assertEquals(found.id, price.id);
  }));

Deno.test("an invoice has its first ten lines; its list and page have all", () =>
  withStripe(async ({ stripe, invoice, visit }) => {
    const { id: customer } = await stripe.customers.create();
    const lines = Array.from({ length: 12 }, (_, place) => ({
      description: `Line ${place + 1} of all`,
      unitAmountMinor: 100 + place,
    }));
    const made = await invoice({ customer, lines });
    const read = await stripe.invoices.retrieve(made.id);
    assertEquals([read.lines.data.length, read.lines.has_more], [10, true]);
    assertEquals(read.total, 1_266);
    const all = await stripe.invoices.listLineItems(made.id, { limit: 100 });
    assertEquals([all.data.length, all.has_more], [12, false]);
    assertEquals(all.data.slice(0, 10), read.lines.data);
    const page = await (await visit(read.hosted_invoice_url ?? "")).text();
    assert(page.includes("Line 12 of all"));
  }));
