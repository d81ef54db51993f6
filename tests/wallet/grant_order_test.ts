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

/** The wallet after postings, without the number of its entries. */
async function walletAfter(postings: readonly Posting[]) {
  let left = {};
  await withStore(async (store) => {
    await postAll(store, postings);
    assertEquals((await verifyLedgers(store)).differences, []);
    const { entries: _, ...wallet } = await store.readWallet(ORG);
    left = wallet;
  });
  return left;
}

for (const tokens of [20, 60]) {
  Deno.test(`every order of a month's events gives one wallet, ${tokens} charged`, async () => {
    const used = charge("charge:1", tokens);
    const early = await walletAfter([...BEFORE, used, ...MONTH]);
    const late = await walletAfter([...BEFORE, ...MONTH, used]);
    for (const order of permutations(MONTH)) {
      const twice = [...order, ...order];
      assertEquals(await walletAfter([...BEFORE, used, ...twice]), early);
      assertEquals(await walletAfter([...BEFORE, ...twice, used]), late);
    }
  });
}

Deno.test("an unused month's events leave the month's tokens", async () => {
  for (const order of permutations(MONTH)) {
    const wallet = await walletAfter([...BEFORE, ...order]);
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
    const before = [...BEFORE, used];
    const expected = await walletAfter([...before, ...postings]);
    for (let round = 0; round < 10; round++) {
      const order = shuffled(postings, random);
      assertEquals(await walletAfter([...before, ...order]), expected);
    }
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
