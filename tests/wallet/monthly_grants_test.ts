import { assertEquals } from "@std/assert";
import { EMPTY_WALLET } from "@/lib/store/ledger_types.ts";
import {
  addMonths,
  dueGrants,
  GrantCheckCache,
} from "@/lib/wallet/monthly_grants.ts";
import { FREE_PLAN } from "@/lib/billing/plans.ts";
import type { Account } from "@/lib/store/accounts.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

const FREE: Account = {
  wallet: EMPTY_WALLET,
  subscription: null,
  stripeCustomerId: null,
};

function at(text: string): number {
  return Date.parse(`${text}Z`);
}

function yearly(members: Partial<Subscription> = {}): Account {
  const subscription: Subscription = {
    stripeCustomerId: "cus_1",
    id: "sub_1",
    itemId: "si_1",
    status: "active",
    plan: "pro",
    interval: "year",
    price: { id: "price_1", amountMinor: 29_000, currency: "usd" },
    currentPeriodEndMs: at("2027-01-31T12:00"),
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    paymentMethod: null,
    latestInvoiceId: null,
    readAtMs: 0,
    ...members,
  };
  return { ...FREE, subscription };
}

function sources(account: Account, time: string): string[] {
  return dueGrants(account, at(time)).map(({ source }) => source);
}

function grantedFor(account: Account, time: string): Account {
  const wallet = { ...account.wallet, grantedForMs: at(time) };
  return { ...account, wallet };
}

Deno.test("free tokens are due once per UTC month", () => {
  assertEquals(sources(FREE, "2026-10-31T23:59:59"), ["free:2026-10"]);
  const seen = grantedFor(FREE, "2026-10-01T00:00");
  assertEquals(sources(seen, "2026-10-31T23:59:59"), []);
  assertEquals(sources(seen, "2026-11-01T00:00"), ["free:2026-11"]);
  const [grant] = dueGrants(FREE, at("2026-11-01T00:00"));
  assertEquals(grant?.tokens, 1_000);
});

Deno.test("after leaving a plan, its month lasts until the next", () => {
  const left = yearly({ status: "canceled", interval: "month" });
  const account = grantedFor(left, "2026-11-05T00:00");
  assertEquals(sources(account, "2026-11-20T00:00"), []);
  assertEquals(sources(account, "2026-12-01T00:00"), ["free:2026-12"]);
});

Deno.test("later months of a yearly plan are due on their days", () => {
  const account = grantedFor(yearly(), "2026-01-31T12:00");
  assertEquals(sources(account, "2026-02-28T11:59"), []);
  assertEquals(sources(account, "2026-02-28T12:00"), [
    "month:sub_1:2026-02-28",
  ]);
  assertEquals(sources(account, "2026-12-31T12:00"), [
    "month:sub_1:2026-12-31",
  ]);
  const seen = grantedFor(account, "2026-12-31T12:00");
  assertEquals(sources(seen, "2027-01-30T00:00"), []);
});

Deno.test("of several missed months, only the current one is due", () => {
  const account = grantedFor(yearly(), "2026-01-31T12:00");
  assertEquals(sources(account, "2026-06-15T00:00"), [
    "month:sub_1:2026-05-31",
  ]);
});

Deno.test("a plan that rolls over is due every missed month", () => {
  const account = grantedFor(yearly(), "2026-02-28T12:00");
  const rolling = { ...FREE_PLAN, tokensPerMonth: 7, rollsOver: true };
  const due = dueGrants(account, at("2026-05-15T00:00"), () => rolling);
  assertEquals(
    due.map(({ source, tokens, rollsOver }) => [source, tokens, rollsOver]),
    [
      ["month:sub_1:2026-03-31", 7, true],
      ["month:sub_1:2026-04-30", 7, true],
    ],
  );
});

Deno.test("the invoice grants the first month, and each month its plan", () => {
  assertEquals(sources(yearly(), "2026-02-01T00:00"), []);
  const monthly = yearly({ interval: "month" });
  assertEquals(sources(monthly, "2026-06-15T00:00"), []);
});

Deno.test("an unpaid year, a trial and a custom plan have no monthly grants", () => {
  for (
    const members of [
      { status: "past_due" },
      { status: "trialing" },
      { plan: null },
    ] as const
  ) assertEquals(sources(yearly(members), "2026-06-15T00:00"), []);
});

Deno.test("addMonths() clamps to the end of shorter months", () => {
  const from = at("2026-01-31T12:00");
  const dayAfter = (months: number) =>
    new Date(addMonths(from, months)).toISOString().slice(0, 10);
  assertEquals(dayAfter(1), "2026-02-28");
  assertEquals(dayAfter(13), "2027-02-28");
  assertEquals(dayAfter(-11), "2025-02-28");
  assertEquals(addMonths(from, 0), from);
});

Deno.test("GrantCheckCache remembers a check for a minute within the month", () => {
  const cache = new GrantCheckCache();
  const noon = at("2026-11-21T12:00");
  cache.add("org_a", noon);
  assertEquals(cache.has("org_a", noon + 59_999), true);
  assertEquals(cache.has("org_a", noon + 60_000), false);
  assertEquals(cache.has("org_b", noon), false);
  const late = at("2026-11-30T23:59:50");
  cache.add("org_a", late);
  assertEquals(cache.has("org_a", late + 9_999), true);
  assertEquals(cache.has("org_a", late + 10_000), false);
});

Deno.test("GrantCheckCache drops the oldest entry when full", () => {
  const cache = new GrantCheckCache();
  for (let index = 0; index <= 10_000; index++) cache.add(`org_${index}`, 1);
  assertEquals(cache.has("org_0", 1), false);
  assertEquals(cache.has("org_1", 1), true);
  assertEquals(cache.has("org_10000", 1), true);
});
