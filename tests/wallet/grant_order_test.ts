import { assert, assertEquals } from "@std/assert";
import type { Charge, Posting } from "@/lib/store/ledger_types.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import type { Store } from "@/lib/store/mod.ts";
import { permutations, randomOf, shuffled } from "@/tests/helpers/random.ts";
import {
  charge,
  grant,
  purchase,
  refundDebit,
  withStore,
} from "@/tests/helpers/postings.ts";

const ORG = "org_a";
const [NOV_MS, DEC_MS, JAN_MS] = [1_000, 2_000, 3_000];

/** Postings before the month's events. */
const BEFORE: Posting[] = [
  grant("invoice:nov", 50, { periodStartMs: NOV_MS }),
  purchase("checkout:1", 40),
];

/** A month's events: the renewal, upgrades in and before it, a refund. */
const MONTH: Posting[] = [
  grant("invoice:dec", 50, { periodStartMs: DEC_MS }),
  grant("invoice:up", 450, { periodStartMs: DEC_MS + 1, inPeriod: true }),
  grant("invoice:up2", 70, { periodStartMs: DEC_MS + 500, inPeriod: true }),
  grant("invoice:old", 20, { periodStartMs: NOV_MS + 500, inPeriod: true }),
  refundDebit("refund:1", 30),
];

/** Grants of the month's own period. */
const OWN_TOKENS = 50 + 450 + 70;

async function postAll(store: Store, postings: readonly Posting[]) {
  for (const posting of postings) await store.post(ORG, posting, 1);
}

/**
 * Posts each list to another organization. Returns their wallets, without the
 * number of entries.
 */
async function walletsAfter(lists: readonly Posting[][]): Promise<unknown[]> {
  const wallets: unknown[] = [];
  await withStore(async (store) => {
    await Promise.all(lists.map(async (postings, index) => {
      const orgId = `org_${index}`;
      for (const posting of postings) await store.post(orgId, posting, 1);
      const { entries: _, ...wallet } = await store.readWallet(orgId);
      wallets[index] = wallet;
    }));
    assertEquals((await verifyLedgers(store)).differences, []);
  });
  return wallets;
}

/** Expects equal wallets after each list of postings. */
async function assertOneWallet(lists: readonly Posting[][]): Promise<void> {
  const [first, ...others] = await walletsAfter(lists);
  assert(others.length > 0);
  for (const other of others) assertEquals(other, first);
}

for (const tokens of [20, 60]) {
  Deno.test(`every order of a month's events gives one wallet, ${tokens} charged`, async () => {
    const used = charge("charge:1", tokens);
    const twice = permutations(MONTH).map((order) => [...order, ...order]);
    const orders = [MONTH, ...twice];
    await assertOneWallet(orders.map((order) => [...BEFORE, used, ...order]));
    await assertOneWallet(orders.map((order) => [...BEFORE, ...order, used]));
  });
}

Deno.test("an unused month's events leave the month's tokens", async () => {
  const orders = permutations(MONTH).map((order) => [...BEFORE, ...order]);
  for (const wallet of await walletsAfter([...orders])) {
    assertEquals(wallet, {
      granted: OWN_TOKENS,
      purchased: 10,
      grantedForMs: DEC_MS,
      lots: [
        { startMs: DEC_MS, tokens: 50 },
        { startMs: DEC_MS + 1, tokens: 450 },
        { startMs: DEC_MS + 500, tokens: 70 },
      ],
      used: [],
    });
  }
});

/** Grants of several months, twice each, some with rollover. */
function anyMonths(random: () => number): Posting[] {
  const upTo = (bound: number) => Math.floor(random() * bound);
  const grants = Array.from(
    { length: 8 },
    (_, index) =>
      grant(`invoice:${index}`, 1 + upTo(40), {
        periodStartMs: DEC_MS + upTo(12),
        rollsOver: random() < 0.2,
        inPeriod: random() < 0.5,
      }),
  );
  return shuffled([...grants, ...grants], random);
}

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`random orders of grants give one wallet, seed ${seed}`, async () => {
    const random = randomOf(seed);
    const postings = anyMonths(random);
    const used = charge("charge:1", 15);
    const orders = Array.from({ length: 10 }, () => shuffled(postings, random));
    const lists = [postings, ...orders]
      .map((order) => [...BEFORE, used, ...order]);
    await assertOneWallet(lists);
  });

  Deno.test(`charges between a month's events lose no grant, seed ${seed}`, async () => {
    const random = randomOf(seed);
    const charges: Charge[] = Array.from(
      { length: 12 },
      (_, index) => charge(`charge:${index}`, 1 + Math.floor(random() * 60)),
    );
    await withStore(async (store) => {
      await postAll(store, BEFORE);
      await postAll(store, shuffled([...MONTH, ...MONTH, ...charges], random));
      const all = { limit: 100, beforeSeq: Infinity };
      const entries = await store.listEntries(ORG, all);
      const sum = (kind: string) =>
        entries.filter((entry) => entry.kind === kind)
          .reduce((tokens, { granted }) => tokens + granted, 0);
      assertEquals(sum("grant"), 50 + 20 + OWN_TOKENS);
      assert(sum("expiry") >= -70, "only earlier periods expire");
      const { granted } = await store.readWallet(ORG);
      assert(granted >= OWN_TOKENS + sum("charge"));
      assertEquals((await verifyLedgers(store)).differences, []);
    });
  });
}

Deno.test("a stored wallet without lots keeps its upgrade and loses its old month", async () => {
  await withStore(async (store, kv) => {
    const stored = { granted: 50, purchased: 0, entries: 0 };
    await kv.set(["wallet", ORG], { ...stored, grantedForMs: NOV_MS });
    await postAll(store, [charge("charge:1", 20), ...MONTH, ...MONTH]);
    const wallet = await store.readWallet(ORG);
    assertEquals([wallet.granted, wallet.grantedForMs], [OWN_TOKENS, DEC_MS]);
  });
});

Deno.test("an in-period grant expires with its period", async () => {
  const next = grant("invoice:jan", 50, { periodStartMs: JAN_MS });
  await withStore(async (store) => {
    await postAll(store, [...BEFORE, ...MONTH, next]);
    const [expiry] = await store.listEntries(ORG, {
      limit: 1,
      beforeSeq: Infinity,
    });
    assertEquals([expiry?.kind, expiry?.granted], ["expiry", -OWN_TOKENS]);
    assertEquals((await store.readWallet(ORG)).granted, 50);
  });
});
