import { assertEquals } from "@std/assert";
import type { Posting } from "@/lib/store/ledger_types.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { createStore, type Store } from "@/lib/store/mod.ts";
import type { PostOutcome } from "@/lib/store/postings.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { randomOf } from "@/tests/helpers/random.ts";
import {
  charge,
  type CommitFault,
  grant,
  purchase,
  refundDebit,
  troubled,
} from "@/tests/helpers/postings.ts";

/** A random posting, often with a repeated source. */
function anyPosting(random: () => number): Posting {
  const upTo = (bound: number) => Math.floor(random() * bound);
  const tokens = 1 + upTo(40);
  const kinds = [
    () => charge(`charge:${upTo(60)}`, tokens),
    () => charge(`charge:${upTo(60)}`, tokens),
    () => purchase(`checkout:${upTo(12)}`, tokens),
    () => refundDebit(`refund:${upTo(12)}`, tokens),
    () =>
      grant(`invoice:${upTo(12)}`, tokens, {
        periodStartMs: upTo(5),
        rollsOver: random() < 0.3,
        inPeriod: random() < 0.3,
      }),
  ];
  return (kinds[upTo(kinds.length)] ?? anyPosting.bind(null, random))();
}

/** Randomly refuses a commit, applies it and reports a refusal, or passes. */
function anyTrouble(random: () => number): CommitFault | undefined {
  const chance = random();
  if (chance < 0.1) return () => ({ ok: false });
  if (chance > 0.2) return undefined;
  return async (commit) => {
    await commit();
    return { ok: false };
  };
}

/** Concurrent postings of two processes on one store. */
async function play(kv: Deno.Kv, seed: number): Promise<PostOutcome[]> {
  const random = randomOf(seed);
  const process = (checksPerCommit: number) =>
    createStore(troubled(kv, () => anyTrouble(random)), applyPosting, {
      checksPerCommit,
    });
  const processes = [process(10), process(100)] as const;
  const outcomes: PostOutcome[] = [];
  for (let round = 0; round < 12; round++) {
    const posts = Array.from({ length: 1 + Math.floor(random() * 16) }, () => {
      const store = processes[random() < 0.5 ? 0 : 1];
      const orgId = random() < 0.7 ? "org_a" : "org_b";
      return store.post(orgId, anyPosting(random), round);
    });
    outcomes.push(...await Promise.all(posts));
  }
  return outcomes;
}

/**
 * Checks a simple model: each source once, each balance the running sum, never
 * negative, granted tokens used first.
 */
async function holdToModel(store: Store, orgId: string): Promise<string[]> {
  const range = { limit: 1_000, beforeSeq: Infinity };
  const entries = (await store.listEntries(orgId, range)).toReversed();
  let [granted, purchased] = [0, 0];
  for (const [index, entry] of entries.entries()) {
    assertEquals(entry.seq, index + 1);
    const usesPurchased = entry.kind === "charge" && entry.purchased < 0;
    granted += entry.granted;
    purchased += entry.purchased;
    if (usesPurchased) assertEquals(granted, 0);
    assertEquals(Math.min(granted, purchased, 0), 0);
    assertEquals(entry.balance, granted + purchased);
  }
  const sources = entries.map(({ source }) => source);
  assertEquals(new Set(sources).size, sources.length);
  return entries.map(({ id }) => id);
}

for (let seed = 1; seed <= 25; seed++) {
  Deno.test(`random postings keep the ledger's invariants, seed ${seed}`, async () => {
    using kv = await Deno.openKv(":memory:");
    const outcomes = await play(kv, seed);
    const store = createStore(kv, applyPosting);
    const ids = new Set([
      ...await holdToModel(store, "org_a"),
      ...await holdToModel(store, "org_b"),
    ]);
    // Each posted outcome has one entry.
    const posted = outcomes.filter(({ kind }) => kind === "posted")
      .map((one) => "entry" in one ? one.entry.id : "");
    assertEquals(new Set(posted).size, posted.length);
    const own = [...ids].filter((id) => !id.includes("_expiry"));
    assertEquals(new Set(posted), new Set(own));
    assertEquals((await verifyLedgers(store)).differences, []);
  });
}
