import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog } from "@/lib/log.ts";
import {
  CHOICE_BY_LOOKUP_KEY,
  CREDIT_PACKS,
  lookupKeyOf,
  PACK_IDS,
  PAID_PLAN_IDS,
  PLANS,
} from "@/lib/billing/plans.ts";
import {
  choiceById,
  choiceOf,
  createPriceList,
  fetchPrices,
} from "@/lib/billing/prices.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { createLocalStripe } from "local-stripe";
import { openTestApp } from "@/tests/helpers/app.ts";

/** The catalogue's prices at a local Stripe that has one of them. */
async function withPrices(
  use: (place: Awaited<ReturnType<typeof openPlace>>) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  await use(await openPlace(kv));
}

async function openPlace(kv: Deno.Kv) {
  const local = createLocalStripe({ kv, pagesUrl: "http://127.0.0.1:9" });
  const stripe = createStripe({ mode: "sandbox" }, local.fetch);
  const product = await (await stripe()).products.create({ name: "Pro" });
  const setPrice = async (amountMinor: number) => {
    await (await stripe()).prices.create({
      product: product.id,
      currency: "eur",
      unit_amount: amountMinor,
      recurring: { interval: "month" },
      lookup_key: "pro_month",
      transfer_lookup_key: true,
    });
  };
  await setPrice(2_500);
  const clock = { nowMs: 1_000_000 };
  const lines: string[] = [];
  const log = createLog({
    level: "warn",
    format: "text",
    write: (line) => lines.push(line),
  });
  const prices = createPriceList({ stripe, now: () => clock.nowMs, log });
  local.controls.reset();
  return { local, prices, clock, lines, setPrice };
}

/** Waits for a background refresh. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 60));
}

Deno.test("a paid plan has a lookup key for each interval", () => {
  const paid = PLANS.filter(({ lookupKeys }) => lookupKeys !== null);
  assertEquals(paid.map(({ id }) => id), [...PAID_PLAN_IDS]);
});

Deno.test("prices come from Stripe by lookup key, in one call per minute", () =>
  withPrices(async ({ local, prices, clock }) => {
    const known = await prices();
    assertEquals([...known.keys()], ["pro_month"]);
    const { id, productId, ...price } = known.get("pro_month") ?? {};
    assertEquals(price, {
      amountMinor: 2_500,
      currency: "eur",
      interval: "month",
    });
    assertMatch(id ?? "", /^price_/);
    assertMatch(productId ?? "", /^prod_/);
    clock.nowMs += 59_999;
    await prices();
    assertEquals(local.controls.requests.length, 1);
  }));

Deno.test("concurrent callers share one call", () =>
  withPrices(async ({ local, prices }) => {
    await Promise.all(Array.from({ length: 16 }, prices));
    assertEquals(local.controls.requests.length, 1);
  }));

Deno.test("after a minute, cached prices are returned during a refresh", () =>
  withPrices(async ({ prices, clock, setPrice }) => {
    await prices();
    await setPrice(3_000);
    clock.nowMs += 60_000;
    assertEquals((await prices()).get("pro_month")?.amountMinor, 2_500);
    await settle();
    assertEquals((await prices()).get("pro_month")?.amountMinor, 3_000);
  }));

Deno.test("while Stripe is down, prices stay cached and calls back off", () =>
  withPrices(async ({ local, prices, clock, lines }) => {
    await prices();
    local.controls.reset();
    local.controls.fail({ kind: "rate_limited", times: Infinity });
    clock.nowMs += 60_000;
    await prices();
    await settle();
    assertEquals((await prices()).get("pro_month")?.amountMinor, 2_500);
    await settle();
    assertEquals(local.controls.requests.length, 1);
    assert(lines[0]?.includes("price refresh failed"));
    clock.nowMs += 10_000;
    await prices();
    await settle();
    assertEquals(local.controls.requests.length, 2);
  }));

Deno.test("without any response yet, there are no prices and no error", () =>
  withPrices(async ({ local, prices }) => {
    local.controls.fail({ kind: "rate_limited" });
    assertEquals((await prices()).size, 0);
  }));

Deno.test("a lookup key maps to a choice and back", () => {
  assertEquals(CREDIT_PACKS.map(({ id }) => id), [...PACK_IDS]);
  for (const [lookupKey, choice] of CHOICE_BY_LOOKUP_KEY) {
    assertEquals(lookupKeyOf(choice), lookupKey);
  }
  assertEquals(CHOICE_BY_LOOKUP_KEY.size, 7);
});

Deno.test("a replaced price still maps to its choice", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const before = (await fetchPrices(stripe)).get("pro_year");
  const newer = await stripe.prices.create({
    product: before?.productId ?? "",
    currency: "usd",
    unit_amount: 31_000,
    recurring: { interval: "year" },
    lookup_key: "pro_year",
    transfer_lookup_key: true,
  });
  const prices = await fetchPrices(stripe);
  const proYear = { plan: "pro", interval: "year" } as const;
  assertEquals(choiceById(prices, newer.id), proYear);
  assertEquals(choiceById(prices, before?.id ?? ""), null);
  const replaced = await stripe.prices.retrieve(before?.id ?? "");
  assertEquals(replaced.lookup_key, null);
  assertEquals(choiceOf(prices, replaced), proYear);
});

Deno.test("a price outside the catalogue maps to no choice", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const prices = await fetchPrices(stripe);
  const product = await stripe.products.create({ name: "By hand" });
  const byHand = { currency: "usd", unit_amount: 1 } as const;
  const foreign = await stripe.prices.create({
    ...byHand,
    product: product.id,
    recurring: { interval: "month" },
  });
  const quarterly = await stripe.prices.create({
    ...byHand,
    product: prices.get("pro_month")?.productId ?? "",
    recurring: { interval: "month", interval_count: 3 },
  });
  assertEquals(choiceOf(prices, foreign), null);
  assertEquals(choiceOf(prices, quarterly), null);
});

Deno.test("GET /api/v1/plans is public and cacheable for a minute", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/api/v1/plans");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "public, max-age=60");
  const { plans, credits } = await response.json();
  assertEquals(plans.map(({ id }: { id: string }) => id), [
    "free",
    "pro",
    "scale",
  ]);
  const calls = plans.map(
    (plan: { calls_per_minute: number }) => plan.calls_per_minute,
  );
  assertEquals(calls, [60, 300, 1_200]);
  assertEquals(plans[0].prices, null);
  assertEquals(plans[1].trial_days, 14);
  assertEquals(plans[1].prices.year, { amount: 29_000, currency: "usd" });
  assertEquals(credits[0], {
    id: "small",
    name: "Small",
    tokens: 10_000,
    price: { amount: 1_000, currency: "usd" },
  });
});

Deno.test("the catalogue is shown without prices while there are none", async () => {
  await using app = await openTestApp();
  app.stripe.controls.fail({
    kind: "rate_limited",
    path: "/v1/prices",
    times: Infinity,
  });
  const { plans, credits } = await (await app.fetch("/api/v1/plans")).json();
  assertEquals(plans[1].prices, { month: null, year: null });
  assertEquals(credits[0].price, null);
  const wrong = await app.fetch("/api/v1/plans", { method: "POST" });
  assertEquals(wrong.status, 405);
  assertEquals(wrong.headers.get("Cache-Control"), "no-store");
});
