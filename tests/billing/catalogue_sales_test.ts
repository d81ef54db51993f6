import { assert, assertEquals } from "@std/assert";
import {
  type Choice,
  findPack,
  findPlan,
  INTERVALS,
  PACK_IDS,
  PAID_PLAN_IDS,
  PLAN_BY_OLDER_PRICE,
} from "@/lib/billing/plans.ts";
import { createPriceList } from "@/lib/billing/prices.ts";
import { reconcile } from "@/lib/reconcile.ts";
import {
  authorization,
  giveCustomer,
  interceptStripe,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { payOnPage } from "@/tests/helpers/checkout_page.ts";

/** Buys through the API and the hosted page, and delivers the events. */
async function buy(app: TestApp, choice: Choice): Promise<void> {
  const response = await app.fetch("/api/v1/operations/payment/checkout", {
    method: "POST",
    headers: {
      ...await authorization(),
      "Content-Type": "application/json",
    },
    body: JSON.stringify(choice),
  });
  assertEquals(response.status, 200);
  await payOnPage(app, (await response.json()).url);
  await app.stripe.controls.drain();
}

async function get(app: TestApp, path: string) {
  const response = await app.fetch(path, { headers: await authorization() });
  assertEquals(response.status, 200);
  return await response.json();
}

for (const plan of PAID_PLAN_IDS) {
  for (const interval of INTERVALS) {
    Deno.test(`plan ${plan} is sold per ${interval}`, async () => {
      await using app = await openTestApp();
      await buy(app, { plan, interval });
      const balance = await get(app, "/api/v1/account/balance");
      assertEquals([balance.plan_id, balance.interval], [plan, interval]);
      assertEquals(balance.tokens.granted, findPlan(plan)?.tokensPerMonth);
    });
  }
}

/** The local Stripe chooses the ids of prices. */
function renamePrice(app: TestApp, from: string, to: string): void {
  interceptStripe(app, async (request, next) => {
    const url = request.url.replace(to, from);
    const response = await next(new Request(url, request));
    const body = (await response.text()).replaceAll(from, to);
    return new Response(body, response);
  });
  Object.assign(app.services, { prices: createPriceList(app.services) });
}

for (const [name, plan] of PLAN_BY_OLDER_PRICE) {
  Deno.test(`older price ${name} counts as plan ${plan}`, async () => {
    await using app = await openTestApp();
    const stripe = await app.services.stripe();
    const { id } = await stripe.prices.create({
      currency: "usd",
      unit_amount: 1_100,
      recurring: { interval: "year" },
      product_data: { name: "Sold until 2020" },
      ...(!name.startsWith("price_") && { lookup_key: name }),
    });
    const customer = await giveCustomer(app);
    const card = await stripe.paymentMethods.attach("pm_card_visa", {
      customer,
    });
    await stripe.subscriptions.create({
      customer,
      items: [{ price: id }],
      default_payment_method: card.id,
    });
    await stripe.prices.update(id, { active: false });
    if (name.startsWith("price_")) renamePrice(app, id, name);
    await reconcile(app.services, { paceMs: 0 });
    const balance = await get(app, "/api/v1/account/balance");
    assertEquals([balance.plan_id, balance.interval], [plan, "year"]);
    assertEquals(balance.tokens.granted, findPlan(plan)?.tokensPerMonth);
    const { subscription } = await app.services.store.readBilling(ORG, 0);
    assertEquals(subscription?.price.amountMinor, 1_100);
  });
}

for (const credits of PACK_IDS) {
  Deno.test(`pack ${credits} is sold`, async () => {
    await using app = await openTestApp();
    await buy(app, { credits });
    const { tokens } = await get(app, "/api/v1/account/balance");
    assertEquals(tokens.purchased, findPack(credits)?.tokens);
  });
}

Deno.test("every plan and pack is in the catalogue, the API document and the pages", async () => {
  await using app = await openTestApp();
  const { plans, credits } = await get(app, "/api/v1/plans");
  const ids = [...plans, ...credits].map(({ id }: { id: string }) => id);
  assertEquals(ids, ["free", ...PAID_PLAN_IDS, ...PACK_IDS]);
  const document = JSON.stringify(await get(app, "/openapi.json"));
  const pages = await Promise.all(["/pricing", "/account"].map(async (path) => {
    const headers = await authorization();
    return await (await app.fetch(path, { headers })).text();
  }));
  for (const id of [...PAID_PLAN_IDS, ...PACK_IDS]) {
    const name = findPlan(id)?.name ?? findPack(id)?.name.en;
    assert(document.includes(`"${id}"`), id);
    assert(pages.some((page) => page.includes(`${name}`)), id);
  }
});
