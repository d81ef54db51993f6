import { assertEquals } from "@std/assert";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { grantForInvoice } from "@/lib/wallet/invoice_grants.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { readAccount } from "@/lib/wallet/wallet.ts";
import { ORG } from "@/tests/helpers/app.ts";
import {
  change,
  lastInvoice,
  openTestClockApp,
  subscribe,
  type TestClockApp,
} from "@/tests/helpers/test_clock.ts";
import { permutations } from "@/tests/helpers/random.ts";
import { charge } from "@/tests/helpers/postings.ts";

const HOUR_MS = 3_600_000;
const BEGUN = Date.UTC(2026, 10, 30, 9);

/** Advances the clock and runs only the nightly reconciliation. */
async function sweepAt(app: TestClockApp, nowMs: number): Promise<void> {
  await app.until(nowMs);
  app.clock.nowMs = nowMs;
  await reconcile(app.services, { paceMs: 0 });
}

/** The ledger's grants and expirations, oldest first. */
async function grantsOf(
  { services: { store } }: TestClockApp,
): Promise<string[]> {
  assertEquals((await verifyLedgers(store)).differences, []);
  const all = { limit: 100, beforeSeq: Infinity };
  return (await store.listEntries(ORG, all)).toReversed()
    .filter(({ kind }) => kind !== "charge")
    .map(({ kind, granted, source }) =>
      `${kind} ${granted} ${source.split(":").at(-1)?.replace(/^in_.*/, "in")}`
    );
}

Deno.test("reconciliation grants each month of a paid year once", async () => {
  await using app = await openTestClockApp(BEGUN);
  await subscribe(app, "scale_year");
  await sweepAt(app, BEGUN + HOUR_MS);
  const { store } = app.services;
  await store.post(ORG, charge("charge:c", 200_000), app.clock.nowMs);
  const days = ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"];
  for (const day of days) {
    const dueMs = Date.parse(`${day}T09:00Z`);
    await sweepAt(app, dueMs - HOUR_MS);
    await sweepAt(app, dueMs + 2 * HOUR_MS);
    await sweepAt(app, dueMs + 26 * HOUR_MS);
  }
  // The next year is paid when the test clock reaches it.
  await sweepAt(app, Date.UTC(2027, 10, 30, 11));
  assertEquals(await grantsOf(app), [
    "grant 500000 in",
    "grant 500000 2026-12-30",
    "expiry -300000 2026-12-30",
    ...days.slice(1).flatMap((day) => [
      `grant 500000 ${day}`,
      `expiry -500000 ${day}`,
    ]),
    "grant 500000 in",
    "expiry -500000 in",
  ]);
});

const STEPS = ["sync", "look", "invoice"] as const;

/**
 * Changes a yearly plan in the middle of a month not granted yet.
 *
 * @returns The granted tokens after the steps.
 */
async function changeMidMonth(
  { from, to }: { from: string; to: string },
  steps: readonly typeof STEPS[number][],
): Promise<number> {
  await using app = await openTestClockApp(Date.UTC(2026, 4, 5));
  const { services } = app;
  const bought = await subscribe(app, from);
  const first = await lastInvoice(app);
  const owner = { orgId: ORG, stripeCustomerId: app.customer };
  await grantForInvoice(services, owner, first.id);
  await syncSubscription(services, ORG);
  app.clock.nowMs = Date.UTC(2026, 10, 20);
  await app.until(app.clock.nowMs);
  const proration_behavior = "always_invoice";
  await change(app, bought, { lookupKey: to, proration_behavior });
  const { id } = await lastInvoice(app);
  const run = {
    sync: () => syncSubscription(services, ORG),
    look: () => readAccount(services, ORG),
    invoice: () => grantForInvoice(services, owner, id),
  };
  for (const step of [...steps, ...steps]) await run[step]();
  assertEquals((await verifyLedgers(services.store)).differences, []);
  return (await services.store.readWallet(ORG)).granted;
}

Deno.test("an upgrade within a year keeps its month's grant", async () => {
  const plans = { from: "pro_year", to: "scale_year" };
  for (const order of permutations(STEPS)) {
    assertEquals(await changeMidMonth(plans, order), 275_000, order.join());
  }
});

Deno.test("a downgrade within a year keeps its month's grant", async () => {
  const plans = { from: "scale_year", to: "pro_year" };
  for (const order of permutations(STEPS)) {
    assertEquals(await changeMidMonth(plans, order), 500_000, order.join());
  }
});

Deno.test("a month that begins after a change is granted by the new plan", async () => {
  await using app = await openTestClockApp(Date.UTC(2026, 4, 5));
  const { services } = app;
  const pro = await subscribe(app, "pro_year");
  await syncSubscription(services, ORG);
  await app.until(Date.UTC(2026, 10, 20));
  const proration_behavior = "always_invoice";
  await change(app, pro, { lookupKey: "scale_year", proration_behavior });
  // No event has arrived when the next month begins.
  app.clock.nowMs = Date.UTC(2026, 11, 10);
  await app.until(app.clock.nowMs);
  await syncSubscription(services, ORG);
  await readAccount(services, ORG);
  assertEquals((await grantsOf(app)).at(-1), "grant 500000 2026-12-05");
});

Deno.test("two changes in a month of a year grant the same in either order", async () => {
  for (const newestFirst of [false, true]) {
    await using app = await openTestClockApp(Date.UTC(2026, 4, 5));
    const { services } = app;
    const proration_behavior = "always_invoice";
    const pro = await subscribe(app, "pro_year");
    const ids = [];
    await app.until(Date.UTC(2026, 10, 12));
    const to = { lookupKey: "scale_year", proration_behavior } as const;
    const scale = await change(app, pro, to);
    ids.push((await lastInvoice(app)).id);
    await app.until(Date.UTC(2026, 10, 20));
    await change(app, scale, { ...to, lookupKey: "pro_year" });
    ids.push((await lastInvoice(app)).id);
    if (newestFirst) ids.reverse();
    for (const id of [...ids, ...ids]) {
      const owner = { orgId: ORG, stripeCustomerId: app.customer };
      await grantForInvoice(services, owner, id);
    }
    const { granted } = await services.store.readWallet(ORG);
    // 23 of 30 days remained at the upgrade. The downgrade removes nothing.
    assertEquals(granted, 50_000 + 345_000);
  }
});
