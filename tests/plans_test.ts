import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog } from "@/lib/log.ts";
import { PAID_PLAN_IDS, PLANS } from "@/lib/plans.ts";
import { createPriceList } from "@/lib/prices.ts";
import { createStripe } from "@/lib/stripe.ts";
import { createLocalStripe } from "@/sandbox/stripe/mod.ts";

/** The catalogue's prices at a local Stripe that knows one of them. */
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

/** Lets a refresh that nobody waits for come to its end. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 60));
}

Deno.test("a paid plan has a lookup key for each interval", () => {
  const paid = PLANS.filter(({ lookupKeys }) => lookupKeys !== null);
  assertEquals(paid.map(({ id }) => id), [...PAID_PLAN_IDS]);
});

Deno.test("prices come from Stripe by lookup key, in one call a minute", () =>
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

Deno.test("callers at one time share one call", () =>
  withPrices(async ({ local, prices }) => {
    await Promise.all(Array.from({ length: 16 }, prices));
    assertEquals(local.controls.requests.length, 1);
  }));

Deno.test("after a minute older prices are given while new ones come", () =>
  withPrices(async ({ prices, clock, setPrice }) => {
    await prices();
    await setPrice(3_000);
    clock.nowMs += 60_000;
    assertEquals((await prices()).get("pro_month")?.amountMinor, 2_500);
    await settle();
    assertEquals((await prices()).get("pro_month")?.amountMinor, 3_000);
  }));

Deno.test("while Stripe is down prices stay, and it is left alone for a while", () =>
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
    assert(lines[0]?.includes("prices not refreshed"));
    clock.nowMs += 10_000;
    await prices();
    await settle();
    assertEquals(local.controls.requests.length, 2);
  }));

Deno.test("without any answer yet there are no prices, and no error", () =>
  withPrices(async ({ local, prices }) => {
    local.controls.fail({ kind: "rate_limited" });
    assertEquals((await prices()).size, 0);
  }));
