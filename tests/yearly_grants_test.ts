import { assertEquals } from "@std/assert";
import { verifyLedgers } from "@/lib/ledger_verify.ts";
import { sweep } from "@/lib/reconcile.ts";
import { ORG } from "./app.ts";
import {
  type BilledApp,
  openBilledApp,
  subscribe,
} from "./billed_at_stripe.ts";
import { charge } from "./wallets.ts";

const HOUR_MS = 3_600_000;
const BEGUN = Date.UTC(2026, 10, 30, 9);

/** Everybody's time is moved on, and the night's sweep is all that happens. */
async function sweepAt(app: BilledApp, nowMs: number): Promise<void> {
  await app.until(nowMs);
  app.clock.nowMs = nowMs;
  await sweep(app.services, { paceMs: 0 });
}

/** What the ledger has of grants and what they ended, oldest first. */
async function grantsOf({ services: { store } }: BilledApp): Promise<string[]> {
  assertEquals((await verifyLedgers(store)).differences, []);
  const all = { limit: 100, beforeSeq: Infinity };
  return (await store.listEntries(ORG, all)).toReversed()
    .filter(({ kind }) => kind !== "charge")
    .map(({ kind, granted, source }) =>
      `${kind} ${granted} ${source.split(":").at(-1)?.replace(/^in_.*/, "in")}`
    );
}

Deno.test("the sweep alone grants a paid year its months, once each", async () => {
  await using app = await openBilledApp(BEGUN);
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
  // The year after is paid when the test clock comes to it.
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
