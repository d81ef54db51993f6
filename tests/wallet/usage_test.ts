import { assertEquals } from "@std/assert";
import { createStore } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { usageByDay } from "@/lib/wallet/usage.ts";
import {
  charge,
  chargeConcurrently,
  grant,
  purchase,
  troubled,
} from "@/tests/helpers/postings.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.UTC(2026, 7, 3, 9, 30);
const ORG = "org_a";

/** An in-memory store and its recent usage. */
async function withUsage(
  use: (
    stage: {
      kv: Deno.Kv;
      store: ReturnType<typeof createStore>;
      tokens: (nowMs?: number) => Promise<number[]>;
    },
  ) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const store = createStore(kv, applyPosting);
  await use({
    kv,
    store,
    tokens: async (nowMs = NOW_MS) =>
      usageByDay(await store.readWallet(ORG), nowMs).map(({ tokens }) =>
        tokens
      ),
  });
}

Deno.test("usage covers 30 UTC days, oldest first, with 0 for days without usage", () =>
  withUsage(async ({ store, tokens }) => {
    await store.post(ORG, purchase("checkout:cs_1", 1_000), NOW_MS);
    const midnight = Date.UTC(2026, 7, 3);
    await store.post(ORG, charge("charge:1", 1), midnight - 1);
    await store.post(ORG, charge("charge:2", 20), midnight);
    await store.post(ORG, charge("charge:3", 300), midnight - 30 * DAY_MS);
    const days = await tokens();
    assertEquals(days.length, 30);
    assertEquals(days.slice(-3), [0, 1, 20]);
    assertEquals(days.slice(0, -2), Array(28).fill(0));
    assertEquals((await tokens(NOW_MS + DAY_MS)).slice(-3), [1, 20, 0]);
  }));

Deno.test("only successful charges are usage, each once", () =>
  withUsage(async ({ store, tokens }) => {
    await store.post(ORG, grant("invoice:in_1", 10), NOW_MS);
    await store.post(ORG, charge("charge:1", 4), NOW_MS);
    await store.post(ORG, charge("charge:1", 4), NOW_MS);
    await store.post(ORG, charge("charge:2", 7), NOW_MS); // more than the balance
    await store.post("org_b", purchase("checkout:cs_1", 5), NOW_MS);
    await store.post("org_b", charge("charge:1", 5), NOW_MS);
    assertEquals((await tokens()).at(-1), 4);
  }));

Deno.test("usage is the sum of charges, even when commits fail", () =>
  withUsage(async ({ kv, store, tokens }) => {
    await store.post(ORG, purchase("checkout:cs_1", 50), 1);
    let commits = 0;
    const other = createStore(
      troubled(kv, () => {
        commits += 1;
        // The first commit is refused, the second is applied but reported as
        // refused.
        if (commits === 1) return () => ({ ok: false });
        if (commits > 2) return undefined;
        return async (commit) => {
          await commit();
          return { ok: false };
        };
      }),
      applyPosting,
    );
    await Promise.all([
      chargeConcurrently(store, ORG, { times: 40, name: "one" }),
      chargeConcurrently(other, ORG, { times: 40, name: "two" }),
    ]);
    assertEquals((await store.readWallet(ORG)).purchased, 0);
    assertEquals((await tokens(1)).at(-1), 50);
  }));

Deno.test("a wallet keeps only the days that are shown", () =>
  withUsage(async ({ store, tokens }) => {
    await store.post(ORG, purchase("checkout:cs_1", 10_000), NOW_MS);
    for (let day = 0; day < 100; day++) {
      const atMs = NOW_MS + day * DAY_MS;
      await store.post(ORG, charge(`charge:${day}`, day + 1), atMs);
    }
    // From a process whose clock is behind.
    await store.post(ORG, charge("charge:late", 1), NOW_MS + 98 * DAY_MS);
    assertEquals((await store.readWallet(ORG)).used.length, 30);
    const expected = Array.from({ length: 30 }, (_, index) => index + 71);
    expected[28] = 100;
    assertEquals(await tokens(NOW_MS + 99 * DAY_MS), expected);
  }));

Deno.test("a wallet stored before usage tracking has no usage", () =>
  withUsage(async ({ kv, store, tokens }) => {
    const former = { granted: 0, purchased: 9, entries: 1, grantedForMs: 0 };
    await kv.set(["wallet", ORG], former);
    assertEquals(await tokens(), Array(30).fill(0));
    await store.post(ORG, charge("charge:1", 4), NOW_MS);
    assertEquals((await tokens()).at(-1), 4);
    assertEquals((await store.readWallet(ORG)).purchased, 5);
  }));
