import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  failureOf,
  type StandIn,
  standInOn,
  withStripe,
} from "./local_stripe.ts";

async function customers(
  { stripe, clock }: StandIn,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    ids.unshift((await stripe.customers.create({ name: String(index) })).id);
    if (index % 2 === 1) clock.nowMs += 1_000;
  }
  return ids;
}

const idsOf = (list: { data: { id: string }[] }) =>
  list.data.map(({ id }) => id);

Deno.test("lists are newest first, with ten per page and has_more", () =>
  withStripe(async (standIn) => {
    const ids = await customers(standIn, 12);
    const list = await standIn.stripe.customers.list();
    assertEquals([list.object, list.url, list.has_more], [
      "list",
      "/v1/customers",
      true,
    ]);
    assertEquals(idsOf(list), ids.slice(0, 10));
    const rest = await standIn.stripe.customers.list({
      starting_after: ids[9] ?? "",
    });
    assertEquals([idsOf(rest), rest.has_more], [ids.slice(10), false]);
  }));

Deno.test("the SDK pages forwards and backwards", () =>
  withStripe(async (standIn) => {
    const ids = await customers(standIn, 11);
    const forwards = await standIn.stripe.customers.list({ limit: 4 })
      .autoPagingToArray({ limit: 50 });
    assertEquals(forwards.map(({ id }) => id), ids);
    const oldest = ids.at(-1) ?? "";
    const backwards = await standIn.stripe.customers.list({
      limit: 4,
      ending_before: oldest,
    })
      .autoPagingToArray({ limit: 50 });
    assertEquals(backwards.map(({ id }) => id), ids.slice(0, -1).reverse());
  }));

Deno.test("ending_before returns the adjacent page in list order", () =>
  withStripe(async (standIn) => {
    const ids = await customers(standIn, 6);
    const page = await standIn.stripe.customers.list({
      limit: 2,
      ending_before: ids[4] ?? "",
    });
    assertEquals([idsOf(page), page.has_more], [ids.slice(2, 4), true]);
  }));

Deno.test("created filters by time in seconds", () =>
  withStripe(async (standIn) => {
    const ids = await customers(standIn, 6); // two in each second
    const start = Date.UTC(2026, 10, 1, 12) / 1_000;
    const { customers: resource } = standIn.stripe;
    assertEquals(
      idsOf(await resource.list({ created: start + 1 })),
      ids.slice(2, 4),
    );
    assertEquals(
      idsOf(await resource.list({ created: { gte: start + 1 } })),
      ids.slice(0, 4),
    );
    assertEquals(
      idsOf(await resource.list({ created: { gt: start + 1 } })),
      ids.slice(0, 2),
    );
    assertEquals(
      idsOf(await resource.list({ created: { lt: start + 1 } })),
      ids.slice(4),
    );
    assertEquals(
      idsOf(await resource.list({ created: { gt: start, lte: start + 1 } })),
      ids.slice(2, 4),
    );
  }));

Deno.test("a cursor stays valid while objects are added", () =>
  withStripe(async (standIn) => {
    const ids = await customers(standIn, 4);
    const first = await standIn.stripe.customers.list({ limit: 2 });
    await customers(standIn, 3);
    const next = await standIn.stripe.customers.list({
      limit: 2,
      starting_after: first.data[1]?.id ?? "",
    });
    assertEquals(idsOf(next), ids.slice(2));
  }));

Deno.test("invalid limits and cursors are 400", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const refused = [
      [{ limit: 0 }, "limit"],
      [{ limit: 101 }, "limit"],
      [{ starting_after: "cus_nobody" }, "starting_after"],
      [{ starting_after: id, ending_before: id }, "ending_before"],
    ] as const;
    for (const [params, param] of refused) {
      const error = await failureOf(stripe.customers.list(params));
      assertEquals([error.statusCode, error.param], [400, param]);
    }
  }));

Deno.test("the order survives a restart and a frozen clock", () =>
  withStripe(async (standIn) => {
    const ids: string[] = [];
    for (const one of [standIn, standInOn(standIn.kv), standInOn(standIn.kv)]) {
      for (let index = 0; index < 3; index++) {
        ids.unshift((await one.stripe.customers.create()).id);
      }
    }
    assertEquals(idsOf(await standIn.stripe.customers.list()), ids);
  }));

Deno.test("expand replaces ids with objects, nested and in lists", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create({
      name: "Acme",
      payment_method: "pm_card_visa",
    });
    const [card] = (await stripe.customers.listPaymentMethods(id)).data;
    assert(card);
    await stripe.customers.update(id, {
      invoice_settings: { default_payment_method: card.id },
    });
    const one = await stripe.customers.retrieve(id, {
      expand: [
        "invoice_settings.default_payment_method.customer",
        "sources",
        "subscriptions",
      ],
    });
    assert(!one.deleted);
    const method = one.invoice_settings.default_payment_method;
    assert(typeof method === "object" && method !== null);
    assert(typeof method.customer === "object" && method.customer !== null);
    assertEquals(method.customer.name, "Acme");
    assertEquals(one.subscriptions?.data, []);
    const many = await stripe.paymentMethods.list({
      customer: id,
      expand: ["data.customer"],
    });
    const [owner] = many.data.map(({ customer }) => customer);
    assert(typeof owner === "object" && owner !== null);
    assertEquals(owner.id, id);
  }));

Deno.test("expandable members are absent unless expanded", () =>
  withStripe(async ({ stripe }) => {
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 900,
      product_data: { name: "Pro" },
    });
    assertEquals(price.currency_options, undefined);
    const asked = await stripe.prices.retrieve(price.id, {
      expand: ["currency_options", "product"],
    });
    assertEquals(asked.currency_options?.["usd"]?.unit_amount, 900);
    assert(typeof asked.product === "object");
  }));

Deno.test("an invalid expand path is 400 without side effects", () =>
  withStripe(async ({ stripe }) => {
    const refused = [
      () => stripe.customers.create({ expand: ["friends"] }),
      () => stripe.customers.create({ expand: ["email"] }),
      () => stripe.customers.list({ expand: ["sources"] }),
    ];
    for (const work of refused) {
      const error = await failureOf(work());
      assertEquals([error.statusCode, error.param], [400, "expand"]);
    }
    const deep = await failureOf(
      stripe.customers.list({ expand: ["data.a.b.c.d"] }),
    );
    assertMatch(deep.message, /^You cannot expand more than 4 levels/);
    assertEquals((await stripe.customers.list()).data, []);
  }));

Deno.test("an expansion that is not implemented is 501", () =>
  withStripe(async ({ stripe }) => {
    const error = await failureOf(stripe.customers.create({ expand: ["tax"] }));
    assertEquals(error.statusCode, 501);
  }));
