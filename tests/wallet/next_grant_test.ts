import { assertEquals } from "@std/assert";
import { nextGrant } from "@/lib/wallet/monthly_grants.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { storedSubscription } from "@/tests/helpers/subscriptions.ts";

const NOW_MS = Date.UTC(2026, 7, 3, 9, 30);
const END_MS = Date.UTC(2026, 7, 23);

/** The next grant of an organization with this subscription. */
function nextFor(members: Partial<Subscription> | null) {
  const subscription = members && storedSubscription({
    plan: "pro",
    interval: "month",
    currentPeriodEndMs: END_MS,
    ...members,
  });
  const next = nextGrant(subscription, NOW_MS);
  return next && [next.plan.id, new Date(next.atMs).toISOString().slice(0, 10)];
}

Deno.test("nextGrant() is the free plan's next month without a paid plan", () => {
  assertEquals(nextFor(null), ["free", "2026-09-01"]);
  assertEquals(nextFor({ status: "canceled" }), ["free", "2026-09-01"]);
  assertEquals(nextFor({ status: "unpaid" }), ["free", "2026-09-01"]);
});

Deno.test("nextGrant() is a monthly plan's next period, in a trial too", () => {
  assertEquals(nextFor({}), ["pro", "2026-08-23"]);
  assertEquals(nextFor({ status: "trialing" }), ["pro", "2026-08-23"]);
});

Deno.test("nextGrant() is a yearly plan's next month, on its billing day", () => {
  const interval = "year";
  const nextYear = Date.UTC(2027, 4, 31);
  const paid = { interval, currentPeriodEndMs: nextYear } as const;
  assertEquals(nextFor(paid), ["pro", "2026-08-31"]);
  assertEquals(nextFor({ ...paid, currentPeriodEndMs: END_MS }), [
    "pro",
    "2026-08-23",
  ]);
});

Deno.test("nextGrant() is the free plan's once a plan has ended", () => {
  assertEquals(nextFor({ cancelAtMs: END_MS }), ["free", "2026-08-23"]);
  const cancelAtMs = END_MS + 1;
  assertEquals(nextFor({ cancelAtMs }), ["pro", "2026-08-23"]);
  assertEquals(nextFor({ cancelAtMs: NOW_MS }), null);
});

Deno.test("nextGrant() follows a scheduled change", () => {
  const change = { plan: "scale", interval: "month" } as const;
  const scheduled = { ...change, atMs: END_MS };
  assertEquals(nextFor({ scheduled }), ["scale", "2026-08-23"]);
});

Deno.test("nextGrant() is null when the next grant is unknown", () => {
  assertEquals(nextFor({ status: "past_due" }), null);
  assertEquals(nextFor({ plan: null }), null);
  assertEquals(nextFor({ currentPeriodEndMs: NOW_MS }), null);
});
