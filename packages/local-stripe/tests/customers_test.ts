import { assert, assertEquals, assertMatch } from "@std/assert";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("a new customer has Stripe's defaults", () =>
  withStripe(async ({ stripe }) => {
    const customer = await stripe.customers.create({
      name: "Acme",
      email: "a@example.com",
    });
    assertMatch(customer.id, /^cus_\w{14}$/);
    const { id: _id, invoice_prefix: prefix, ...rest } = JSON.parse(
      JSON.stringify(customer),
    );
    assertMatch(prefix, /^[A-Z0-9]{8}$/);
    assertEquals(rest, {
      object: "customer",
      address: null,
      balance: 0,
      created: Date.UTC(2026, 10, 1, 12) / 1_000,
      currency: null,
      customer_account: null,
      default_source: null,
      delinquent: false,
      description: null,
      discount: null,
      email: "a@example.com",
      invoice_settings: {
        custom_fields: null,
        default_payment_method: null,
        footer: null,
        rendering_options: null,
      },
      livemode: false,
      metadata: {},
      name: "Acme",
      next_invoice_sequence: 1,
      phone: null,
      preferred_locales: [],
      shipping: null,
      tax_exempt: "none",
      test_clock: null,
    });
  }));

Deno.test("a customer can be created without parameters", () =>
  withStripe(async ({ stripe }) => {
    assertEquals((await stripe.customers.create()).email, null);
  }));

Deno.test("a new customer without a name has its business or individual name", () =>
  withStripe(async ({ stripe }) => {
    const both = { business_name: "Acme Ltd", individual_name: "Ada O." };
    const business = await stripe.customers.create(both);
    assertEquals(business.name, "Acme Ltd");
    const { individual_name } = both;
    const individual = await stripe.customers.create({ individual_name });
    assertEquals(individual.name, "Ada O.");
    const named = await stripe.customers.create({ ...both, name: "Acme" });
    assertEquals(named.name, "Acme");
  }));

Deno.test("an update of a customer changes only the given fields", () =>
  withStripe(async ({ stripe }) => {
    const made = await stripe.customers.create({
      name: "Acme",
      business_name: "Acme Inc",
      address: { city: "Oslo", country: "no" },
      metadata: { org: "o1", tier: "gold" },
    });
    const updated = await stripe.customers.update(made.id, {
      email: "a@example.com",
      address: { line1: "1 Road" },
      metadata: { tier: "", seats: 5 },
    });
    assertEquals(updated.name, "Acme");
    assertEquals(updated.business_name, "Acme Inc");
    assertEquals(updated.email, "a@example.com");
    assertEquals(updated.address?.city, "Oslo");
    assertEquals(updated.address?.country, "NO");
    assertEquals(updated.address?.line1, "1 Road");
    assertEquals(updated.metadata, { org: "o1", seats: "5" });
    assertEquals((await stripe.customers.retrieve(made.id)).id, made.id);
  }));

Deno.test("an empty value unsets a field, and empty metadata all keys", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create({
      name: "Acme",
      individual_name: "Ada",
      address: { city: "Oslo" },
      shipping: { name: "Ada", address: { city: "Oslo" } },
      metadata: { a: "1" },
    });
    const bare = await stripe.customers.update(id, {
      name: "",
      individual_name: "",
      address: "",
      shipping: "",
      metadata: "",
    });
    assertEquals(bare.name, null);
    assertEquals("individual_name" in bare, false);
    assertEquals(bare.address, null);
    assertEquals(bare.shipping, null);
    assertEquals(bare.metadata, {});
  }));

Deno.test("metadata is limited to 50 keys of 40 and values of 500 characters", () =>
  withStripe(async ({ stripe }) => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`key${index}`, "x"]),
      );
    const { id } = await stripe.customers.create({ metadata: many(50) });
    const refused = [
      () => stripe.customers.create({ metadata: many(51) }),
      () => stripe.customers.update(id, { metadata: { another: "x" } }),
      () => stripe.customers.create({ metadata: { ["k".repeat(41)]: "x" } }),
      () => stripe.customers.create({ metadata: { k: "v".repeat(501) } }),
    ];
    for (const work of refused) {
      assertEquals((await failureOf(work())).statusCode, 400);
    }
    const longest = { ["k".repeat(40)]: "v".repeat(500) };
    assertEquals(
      (await stripe.customers.create({ metadata: longest })).metadata,
      longest,
    );
  }));

Deno.test("invalid values are refused with Stripe's error codes", () =>
  withStripe(async ({ stripe, call }) => {
    const email = await failureOf(stripe.customers.create({ email: "nobody" }));
    assertEquals([email.code, email.param], ["email_invalid", "email"]);
    const balance = await failureOf(stripe.customers.create({ balance: 1.5 }));
    assertEquals([balance.code, balance.param], [
      "parameter_invalid_integer",
      "balance",
    ]);
    const exempt = await failureOf(
      stripe.customers.create({ tax_exempt: "maybe" }),
    );
    assertMatch(
      exempt.message,
      /^Invalid tax_exempt: must be one of exempt, none, or reverse$/,
    );
    const name = await failureOf(
      stripe.customers.create({ name: "x".repeat(257) }),
    );
    assertEquals(name.param, "name");
    const prefix =
      await (await call("POST", "/v1/customers", { body: "invoice_prefix=" }))
        .json();
    assertEquals(prefix.error.code, "parameter_invalid_empty");
  }));

Deno.test("a deleted customer is a tombstone and cannot be referenced", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create({
      payment_method: "pm_card_visa",
    });
    const [card] = (await stripe.customers.listPaymentMethods(id)).data;
    assert(card);
    assertEquals(JSON.parse(JSON.stringify(await stripe.customers.del(id))), {
      id,
      object: "customer",
      deleted: true,
    });
    assertEquals((await stripe.customers.retrieve(id)).deleted, true);
    assertEquals((await stripe.customers.list()).data, []);
    assertEquals(
      (await stripe.paymentMethods.retrieve(card.id)).customer,
      null,
    );
    for (
      const work of [
        () => stripe.customers.update(id, { name: "x" }),
        () => stripe.customers.del(id),
      ]
    ) {
      const error = await failureOf(work());
      assertEquals([error.statusCode, error.code], [404, "resource_missing"]);
    }
  }));

Deno.test("an unknown customer is 404 with its id in the message", () =>
  withStripe(async ({ stripe }) => {
    const error = await failureOf(stripe.customers.retrieve("cus_nobody"));
    assertEquals(error.statusCode, 404);
    assertEquals(error.message, "No such customer: 'cus_nobody'");
    assertEquals([error.code, error.param], ["resource_missing", "id"]);
  }));

Deno.test("listing customers by email is case-sensitive", () =>
  withStripe(async ({ stripe }) => {
    await stripe.customers.create({ email: "One@example.com" });
    const { id } = await stripe.customers.create({ email: "one@example.com" });
    const found = await stripe.customers.list({ email: "one@example.com" });
    assertEquals(found.data.map((customer) => customer.id), [id]);
    await stripe.customers.update(id, { email: "two@example.com" });
    assertEquals(
      (await stripe.customers.list({ email: "one@example.com" })).data,
      [],
    );
  }));

Deno.test("customers are searched by metadata and email, with pages", () =>
  withStripe(async ({ stripe }) => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) {
      const customer = await stripe.customers.create({
        email: "x@example.com",
        metadata: { org: "o'1" },
      });
      made.unshift(customer.id);
    }
    await stripe.customers.create({
      email: "y@example.com",
      metadata: { org: "o2" },
    });
    const query = `metadata["org"]:"o'1"`;
    const first = await stripe.customers.search({ query, limit: 3 });
    assertEquals(first.has_more, true);
    const rest = await stripe.customers.search({
      query,
      limit: 3,
      page: first.next_page ?? "",
    });
    assertEquals([...first.data, ...rest.data].map(({ id }) => id), made);
    assertEquals([rest.has_more, rest.next_page], [false, null]);
    assertEquals(
      (await stripe.customers.search({ query: "email:'Y@EXAMPLE.com'" })).data
        .length,
      1,
    );
    assertEquals(
      (await stripe.customers.search({ query: "metadata['org']:'o3'" })).data,
      [],
    );
  }));

Deno.test("search clauses are joined by AND and negated by a minus", () =>
  withStripe(async ({ stripe }) => {
    const made = (name: string, email: string, org: string) =>
      stripe.customers.create({ name, email, metadata: { org } });
    await made("Ann", "a@example.com", "o1");
    await made("Ben", "b@example.com", "o1");
    await stripe.customers.create({ name: "Cy", metadata: { org: "o2" } });
    const found = async (query: string) =>
      (await stripe.customers.search({ query })).data.map(({ name }) => name);
    assertEquals(
      await found("metadata['org']:'o1' AND -email:'a@example.com'"),
      ["Ben"],
    );
    assertEquals(await found('name:"ann" AND email:"a@example.com"'), ["Ann"]);
    assertEquals(await found("-metadata['org']:'o1'"), ["Cy"]);
    assertEquals(await found("email:null"), ["Cy"]);
    assertEquals(await found("-email:null AND -name:'Ben'"), ["Ann"]);
  }));

Deno.test("an unsupported search query is 501, an unparsable one 400", () =>
  withStripe(async ({ stripe }) => {
    const statusOf = async (query: string) =>
      (await failureOf(stripe.customers.search({ query }))).statusCode;
    const gaps = ["name~'acme'", "email:'a' OR name:'b'", "created>1"];
    for (const query of gaps) assertEquals(await statusOf(query), 501, query);
    const wrong = ["acme", "email:'a' AND", "email:a", "metadata:'x'", "AND"];
    for (const query of wrong) assertEquals(await statusOf(query), 400, query);
  }));

Deno.test("40 concurrent updates are all applied", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const keys = Array.from({ length: 40 }, (_, index) => `key${index}`);
    await Promise.all(
      keys.map((key) =>
        stripe.customers.update(id, { metadata: { [key]: "1" } })
      ),
    );
    const customer = await stripe.customers.retrieve(id);
    assert(!customer.deleted);
    assertEquals(Object.keys(customer.metadata).length, keys.length);
  }));
