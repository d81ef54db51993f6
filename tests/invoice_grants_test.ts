import { assertEquals, assertRejects } from "@std/assert";
import { grantForInvoice } from "@/lib/invoice_grants.ts";
import { ORG } from "./app.ts";
import { type CannedApp, list, openCannedApp } from "./canned_stripe.ts";

const NOV = Date.UTC(2026, 10, 5) / 1000;
const DEC = Date.UTC(2026, 11, 5) / 1000;

interface Line {
  price?: string;
  product?: string;
  period?: [number, number];
  amount?: number;
  /** Left out: none. `invoice`: of an invoice item. */
  proration?: "subscription" | "invoice";
}

function lineOf(
  { price = "pro_month", period = [NOV, DEC], amount = 2_900, ...more }: Line,
) {
  const [plan] = price.split("_");
  const details = { proration: more.proration !== undefined };
  return {
    id: "il_1",
    object: "line_item",
    amount,
    period: { start: period[0], end: period[1] },
    pricing: {
      type: "price_details",
      price_details: {
        price: `price_${price}`,
        product: more.product ?? `prod_${plan}`,
      },
    },
    parent: more.proration === "invoice"
      ? { type: "invoice_item_details", invoice_item_details: details }
      : {
        type: "subscription_item_details",
        subscription_item_details: details,
      },
  };
}

/** An invoice that was paid, unless told otherwise. */
function setInvoice(
  app: CannedApp,
  lines: Line[],
  { id = "in_1", ...members }: Record<string, unknown> = {},
): void {
  app.canned[`/v1/invoices/${id}`] = {
    id,
    object: "invoice",
    customer: app.customer,
    status: "paid",
    lines: list(lines.map(lineOf)),
    ...members,
  };
}

async function granted(app: CannedApp, id = "in_1"): Promise<number> {
  await grantForInvoice(app.services, ORG, id);
  return (await app.services.store.readWallet(ORG)).granted;
}

Deno.test("a paid invoice grants its plan's month, once", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [{}]);
  await Promise.all(Array.from({ length: 8 }, () => granted(app)));
  assertEquals(await granted(app), 50_000);
});

Deno.test("a year's invoice grants one month; a trial's of nothing as well", async () => {
  await using app = await openCannedApp();
  const year: [number, number] = [NOV, Date.UTC(2027, 10, 5) / 1000];
  setInvoice(app, [{ price: "scale_year", period: year }]);
  assertEquals(await granted(app), 500_000);
  const trial: [number, number] = [DEC, DEC + 14 * 86_400];
  setInvoice(app, [{ amount: 0, period: trial }], { id: "in_2" });
  assertEquals(await granted(app, "in_2"), 50_000);
});

Deno.test("unused tokens expire at the next invoice's grant", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [{}]);
  await granted(app);
  setInvoice(app, [{ period: [DEC, DEC + 31 * 86_400] }], { id: "in_2" });
  assertEquals(await granted(app, "in_2"), 50_000);
  const [expiry] = await app.services.store.listEntries(ORG, {
    limit: 1,
    beforeSeq: Infinity,
  });
  assertEquals(expiry?.kind, "expiry");
  assertEquals(expiry?.granted, -50_000);
});

Deno.test("an old price of the plan's product is the plan's", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [{ price: "scale_2024", product: "prod_pro" }]);
  assertEquals(await granted(app), 50_000);
});

Deno.test("an upgrade grants the difference for the rest of the month", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [{}]);
  await granted(app);
  const period: [number, number] = [NOV + 15 * 86_400, DEC]; // 15 of 30 days
  for (const proration of ["subscription", "invoice"] as const) {
    setInvoice(app, [
      { amount: -1_450, period, proration },
      { price: "scale_month", amount: 4_950, period, proration },
    ], { id: `in_${proration}` });
    await granted(app, `in_${proration}`);
  }
  assertEquals(await granted(app), 50_000 + 2 * 225_000);
});

Deno.test("an upgrade within a year grants for the rest of its month", async () => {
  await using app = await openCannedApp();
  const end = Date.UTC(2027, 4, 5) / 1000;
  const period: [number, number] = [NOV + 15 * 86_400, end];
  setInvoice(app, [
    { price: "pro_year", amount: -1_450, period, proration: "subscription" },
    { price: "scale_year", amount: 4_950, period, proration: "subscription" },
  ]);
  assertEquals(await granted(app), 225_000);
});

Deno.test("a downgrade, and what a change left for the next invoice, add nothing", async () => {
  await using app = await openCannedApp();
  const period: [number, number] = [NOV + 15 * 86_400, DEC];
  setInvoice(app, [
    { price: "scale_month", amount: -4_950, period, proration: "subscription" },
    { amount: 1_450, period, proration: "subscription" },
  ]);
  assertEquals(await granted(app), 0);
  setInvoice(app, [
    { amount: -1_450, period, proration: "invoice" },
    { price: "scale_month", amount: 4_950, period, proration: "invoice" },
    { price: "scale_month", period: [DEC, DEC + 31 * 86_400] },
  ], { id: "in_2" });
  assertEquals(await granted(app, "in_2"), 500_000);
});

Deno.test("lines beyond the first ten are read", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [], { lines: { ...list([]), has_more: true } });
  app.canned["/v1/invoices/in_1/lines"] = list([lineOf({})]);
  assertEquals(await granted(app), 50_000);
});

const OTHERS: Record<string, [Line[], Record<string, unknown>]> = {
  "an invoice that is open": [[{}], { status: "open" }],
  "another customer's invoice": [[{}], { customer: "cus_other" }],
  "an invoice of nobody": [[{}], { customer: null }],
  "an invoice of a pack": [[{ price: "credits_small" }], {}],
  "an invoice of something else": [[{ price: "x", product: "prod_x" }], {}],
};
for (const [name, [lines, members]] of Object.entries(OTHERS)) {
  Deno.test(`${name} grants nothing`, async () => {
    await using app = await openCannedApp();
    setInvoice(app, lines, members);
    assertEquals(await granted(app), 0);
    assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
  });
}

Deno.test("while Stripe's prices are not known no plan is guessed", async () => {
  await using app = await openCannedApp();
  setInvoice(app, [{}]);
  const prices = () => Promise.resolve(new Map());
  await assertRejects(
    () => grantForInvoice({ ...app.services, prices }, ORG, "in_1"),
    Error,
    "no price",
  );
  assertEquals(await granted(app), 50_000);
});
