import { assert, assertEquals } from "@std/assert";
import {
  type Choice,
  findPack,
  findPlan,
  INTERVALS,
  PACK_IDS,
  PAID_PLAN_IDS,
} from "@/lib/billing/plans.ts";
import {
  authorization,
  openTestApp,
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
