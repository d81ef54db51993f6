import { assert, assertEquals, assertMatch } from "@std/assert";
import { errorOf, failureOf, withStripe } from "./local_stripe.ts";

Deno.test("creating a product with an existing id is refused", () =>
  withStripe(async ({ stripe }) => {
    const product = await stripe.products.create({
      id: "portico_pro",
      name: "Pro",
      description: "For teams",
      marketing_features: [{ name: "Everything" }],
      metadata: { plan: "pro" },
      tax_code: "txcd_10103001",
    });
    assertEquals(product.id, "portico_pro");
    assertEquals(product.marketing_features, [{ name: "Everything" }]);
    assertEquals([product.active, product.type, product.default_price], [
      true,
      "service",
      null,
    ]);
    const again = await failureOf(
      stripe.products.create({ id: "portico_pro", name: "Pro" }),
    );
    assertEquals([again.code, again.param], ["resource_already_exists", "id"]);
    assertMatch(
      (await stripe.products.create({ name: "Other" })).id,
      /^prod_\w{14}$/,
    );
  }));

Deno.test("a product requires a name and can create its default price", () =>
  withStripe(async ({ stripe, call }) => {
    const nameless = await errorOf(
      await call("POST", "/v1/products", { body: "active=true" }),
    );
    assertEquals([nameless["code"], nameless["param"]], [
      "parameter_missing",
      "name",
    ]);
    const product = await stripe.products.create({
      name: "Pro",
      default_price_data: {
        currency: "EUR",
        unit_amount: 1900,
        recurring: { interval: "month" },
      },
      expand: ["default_price"],
    });
    assert(
      typeof product.default_price === "object" &&
        product.default_price !== null,
    );
    assertEquals(product.default_price.currency, "eur");
    assertEquals(product.default_price.product, product.id);
  }));

Deno.test("products are updated, listed and, without prices, deleted", () =>
  withStripe(async ({ stripe, clock }) => {
    const { id, updated: before } = await stripe.products.create({
      name: "Pro",
    });
    const other = await stripe.products.create({
      name: "Other",
      active: false,
    });
    clock.nowMs += 5_000;
    const updated = await stripe.products.update(id, {
      description: "New",
      images: ["https://example.com/a.png"],
    });
    assertEquals([updated.description, updated.updated - before], ["New", 5]);
    assertEquals(
      (await stripe.products.update(id, { description: "", images: "" }))
        .images,
      [],
    );
    const listed = async (params: object) =>
      (await stripe.products.list(params)).data.map((one) => one.id);
    assertEquals(await listed({ active: true }), [id]);
    assertEquals(await listed({ ids: [other.id, "prod_none"] }), [other.id]);
    const price = await stripe.prices.create({
      product: id,
      currency: "usd",
      unit_amount: 1,
    });
    assertEquals((await failureOf(stripe.products.del(id))).statusCode, 400);
    assertEquals(
      (await stripe.products.update(id, { default_price: price.id }))
        .default_price,
      price.id,
    );
    assertEquals(
      (await failureOf(
        stripe.products.update(other.id, { default_price: price.id }),
      )).statusCode,
      400,
    );
    assertEquals((await stripe.products.del(other.id)).deleted, true);
    assertEquals(
      (await failureOf(stripe.products.retrieve(other.id))).statusCode,
      404,
    );
  }));

Deno.test("a price is recurring or one-time", () =>
  withStripe(async ({ stripe }) => {
    const product = (await stripe.products.create({ name: "Pro" })).id;
    const monthly = await stripe.prices.create({
      product,
      currency: "usd",
      unit_amount: 2900,
      recurring: { interval: "month" },
      lookup_key: "pro_month",
      nickname: "Pro, monthly",
      tax_behavior: "exclusive",
    });
    assertMatch(monthly.id, /^price_1\w{23}$/);
    assertEquals(monthly.type, "recurring");
    assertEquals(monthly.recurring, {
      interval: "month",
      interval_count: 1,
      meter: null,
      trial_period_days: null,
      usage_type: "licensed",
    });
    assertEquals(monthly.unit_amount_decimal?.toString(), "2900");
    const once = await stripe.prices.create({
      product,
      currency: "jpy",
      unit_amount: 500,
    });
    assertEquals([once.type, once.recurring, once.tax_behavior], [
      "one_time",
      null,
      "unspecified",
    ]);
  }));

Deno.test("unit_amount_decimal accepts fractions of the minor unit", () =>
  withStripe(async ({ call }) => {
    const make = async (decimal: string) => {
      const body =
        `currency=usd&product_data[name]=P&unit_amount_decimal=${decimal}`;
      const price = await (await call("POST", "/v1/prices", { body })).json();
      return [price.unit_amount, price.unit_amount_decimal];
    };
    assertEquals(await make("0.5"), [null, "0.5"]);
    assertEquals(await make("1000.50"), [null, "1000.5"]);
    assertEquals(await make("1000.00"), [1000, "1000"]);
    assertEquals(await make("007"), [7, "7"]);
  }));

Deno.test("invalid price parameters are refused", () =>
  withStripe(async ({ call, stripe }) => {
    const product = (await stripe.products.create({ name: "P" })).id;
    const refused = [
      ["unit_amount=1", "currency"],
      ["currency=zzz&unit_amount=1", "currency"],
      ["currency=usd", "unit_amount"],
      ["currency=usd&unit_amount=-1", "unit_amount"],
      [
        "currency=usd&unit_amount=1&unit_amount_decimal=1",
        "unit_amount_decimal",
      ],
      [
        "currency=usd&unit_amount=1&recurring[interval]=month&recurring[interval_count]=37",
        "recurring[interval_count]",
      ],
      [
        "currency=usd&unit_amount=1&recurring[interval]=hour",
        "recurring[interval]",
      ],
      ["currency=usd&unit_amount=1&product_data[name]=Q", "product_data"],
    ];
    for (const [body = "", param] of refused) {
      const response = await call("POST", "/v1/prices", {
        body: `product=${product}&${body}`,
      });
      assertEquals(response.status, 400, body);
      assertEquals((await errorOf(response))["param"], param, body);
    }
    const foreign = await failureOf(
      stripe.prices.create({
        product: "prod_none",
        currency: "usd",
        unit_amount: 1,
      }),
    );
    assertEquals([foreign.statusCode, foreign.param], [400, "product"]);
    const tiers = await call("POST", "/v1/prices", {
      body: `product=${product}&currency=usd&billing_scheme=tiered`,
    });
    assertEquals(tiers.status, 501);
    await tiers.body?.cancel();
  }));

Deno.test("a lookup key belongs to one price and can be transferred", () =>
  withStripe(async ({ stripe }) => {
    const product = (await stripe.products.create({ name: "P" })).id;
    const terms = {
      product,
      currency: "usd",
      unit_amount: 1,
      lookup_key: "pro",
    };
    const old = await stripe.prices.create(terms);
    const taken = await failureOf(stripe.prices.create(terms));
    assertEquals([taken.statusCode, taken.param], [400, "lookup_key"]);
    const fresh = await stripe.prices.create({
      ...terms,
      unit_amount: 2,
      transfer_lookup_key: true,
    });
    assertEquals((await stripe.prices.retrieve(old.id)).lookup_key, null);
    const holders = async (key: string) =>
      (await stripe.prices.list({ lookup_keys: [key] })).data.map(({ id }) =>
        id
      );
    assertEquals(await holders("pro"), [fresh.id]);
    await stripe.prices.update(old.id, {
      lookup_key: "pro",
      transfer_lookup_key: true,
    });
    assertEquals(await holders("pro"), [old.id]);
    await stripe.prices.update(old.id, { lookup_key: "basic" });
    assertEquals([await holders("pro"), await holders("basic")], [[], [
      old.id,
    ]]);
  }));

Deno.test("prices are filtered by lookup keys, product, type and active", () =>
  withStripe(async ({ stripe, clock }) => {
    const product = (await stripe.products.create({ name: "P" })).id;
    const other = (await stripe.products.create({ name: "Q" })).id;
    const make = async (params: object) => {
      clock.nowMs += 1_000;
      return (await stripe.prices.create({
        product,
        currency: "usd",
        unit_amount: 1,
        ...params,
      })).id;
    };
    const month = await make({
      recurring: { interval: "month" },
      lookup_key: "m",
    });
    const year = await make({
      recurring: { interval: "year" },
      lookup_key: "y",
      currency: "eur",
    });
    const once = await make({ product: other, lookup_key: "o" });
    await stripe.prices.update(year, { active: false });
    const listed = async (params: object) =>
      (await stripe.prices.list(params)).data.map(({ id }) => id);
    assertEquals(await listed({}), [once, year, month]);
    assertEquals(await listed({ product }), [year, month]);
    assertEquals(await listed({ type: "one_time" }), [once]);
    assertEquals(await listed({ recurring: { interval: "month" } }), [month]);
    assertEquals(await listed({ currency: "eur" }), [year]);
    assertEquals(await listed({ active: true }), [once, month]);
    assertEquals(await listed({ lookup_keys: ["y", "m", "none"] }), [
      year,
      month,
    ]);
    assertEquals(await listed({ lookup_keys: ["y", "m"], active: true }), [
      month,
    ]);
    assertEquals(
      await listed({ lookup_keys: ["y", "m"], limit: 1, starting_after: year }),
      [month],
    );
    const many = Array.from({ length: 11 }, (_, index) => `k${index}`);
    assertEquals(
      (await failureOf(stripe.prices.list({ lookup_keys: many }))).param,
      "lookup_keys",
    );
  }));

Deno.test("a price's amount and specified tax_behavior cannot change", () =>
  withStripe(async ({ stripe, call }) => {
    const product = (await stripe.products.create({ name: "P" })).id;
    const { id } = await stripe.prices.create({
      product,
      currency: "usd",
      unit_amount: 1,
    });
    const amount = await call("POST", `/v1/prices/${id}`, {
      body: "unit_amount=2",
    });
    assertEquals((await errorOf(amount))["code"], "parameter_unknown");
    assertEquals(
      (await stripe.prices.update(id, { tax_behavior: "inclusive" }))
        .tax_behavior,
      "inclusive",
    );
    assertEquals(
      (await failureOf(stripe.prices.update(id, { tax_behavior: "exclusive" })))
        .statusCode,
      400,
    );
  }));
