import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import {
  charge,
  chargeConcurrently,
  type CommitFault,
  countKinds,
  grant,
  purchase,
  troubled,
  withStore,
} from "@/tests/helpers/postings.ts";

const ORG = "org_a";

async function balance(store: Store, orgId = ORG): Promise<number> {
  const { granted, purchased } = await store.readWallet(orgId);
  return granted + purchased;
}

Deno.test("64 concurrent charges leave a balance of 10 empty and 54 refused", () =>
  withStore(async (store) => {
    await store.post(ORG, purchase("p", 10), 1);
    const outcomes = await chargeConcurrently(store, ORG, { times: 64 });
    assertEquals(countKinds(outcomes), { posted: 10, insufficient: 54 });
    assertEquals(await balance(store), 0);
    assertEquals((await store.readWallet(ORG)).entries, 11);
  }));

Deno.test("one source 64 times is posted once", () =>
  withStore(async (store) => {
    await store.post(ORG, purchase("p", 10), 1);
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, () => store.post(ORG, charge("charge:k"), 1)),
    );
    assertEquals(countKinds(outcomes), { posted: 1, repeated: 63 });
    const ids = outcomes.map((one) => "entry" in one && one.entry.id);
    assertEquals(new Set(ids).size, 1);
    const later = await store.post(ORG, charge("charge:k"), 2);
    assertEquals(later.kind, "repeated");
    assertEquals(await balance(store), 9);
  }));

Deno.test("a charge's source may be reused after a day, no other source", () =>
  withStore(async (store) => {
    const day = 24 * 60 * 60 * 1000;
    await store.post(ORG, purchase("p", 10), 0);
    await store.post(ORG, charge("charge:k"), 0);
    const before = await store.post(ORG, charge("charge:k"), day - 1);
    assertEquals(before.kind, "repeated");
    const after = await store.post(ORG, charge("charge:k"), day);
    assertEquals(after.kind, "posted");
    const again = await store.post(ORG, purchase("p", 10), 1_000 * day);
    assertEquals(again.kind, "repeated");
    assertEquals(await balance(store), 8);
  }));

Deno.test("entries have consecutive numbers and running balances", () =>
  withStore(async (store) => {
    await store.post(ORG, grant("g", 100), 1);
    await chargeConcurrently(store, ORG, { times: 30 });
    await store.post(ORG, grant("h", 100, { periodStartMs: 2_000 }), 2);
    const entries = await store.listEntries(ORG, {
      limit: 100,
      beforeSeq: Infinity,
    });
    assertEquals(
      entries.map(({ seq }) => seq),
      Array.from({ length: 33 }, (_, index) => 33 - index),
    );
    let sum = 0;
    for (const entry of entries.toReversed()) {
      sum += entry.granted + entry.purchased;
      assertEquals(entry.balance, sum);
    }
    assertEquals(sum, 100);
  }));

Deno.test("wallets that share a commit stay separate", () =>
  withStore(async (store) => {
    const orgIds = Array.from({ length: 40 }, (_, index) => `org_${index}`);
    await Promise.all(
      orgIds.map((orgId, index) =>
        store.post(orgId, purchase("p", index + 1), 1)
      ),
    );
    const outcomes = await Promise.all(
      orgIds.map((orgId) => chargeConcurrently(store, orgId, { times: 50 })),
    );
    for (const [index, orgId] of orgIds.entries()) {
      const { posted } = countKinds(outcomes[index] ?? []);
      assertEquals(posted, index + 1);
      assertEquals(await balance(store, orgId), 0);
    }
  }));

Deno.test("an invalid posting fails alone", () =>
  withStore(async (store) => {
    const bad = store.post(ORG, charge("charge:bad", 0.5), 1);
    const good = store.post(ORG, purchase("p", 10), 1);
    await assertRejects(() => bad, RangeError);
    assertEquals((await good).kind, "posted");
  }));

Deno.test("two processes on one file lose and double no posting", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/portico.sqlite3`;
  const [one, other] = [await openKv(path), await openKv(path)];
  try {
    const [a, b] = [
      createStore(one, applyPosting),
      createStore(other, applyPosting),
    ];
    await a.post(ORG, purchase("p", 100), 1);
    const own = await Promise.all([
      chargeConcurrently(a, ORG, { times: 60, name: "a" }),
      chargeConcurrently(b, ORG, { times: 60, name: "b" }),
      chargeConcurrently(a, ORG, { times: 20, name: "both" }),
      chargeConcurrently(b, ORG, { times: 20, name: "both" }),
    ]);
    const { posted, repeated, insufficient } = countKinds(own.flat());
    assertEquals(posted, 100);
    assertEquals((repeated ?? 0) + (insufficient ?? 0), 60);
    assertEquals(await balance(a), 0);
    assertEquals((await b.readWallet(ORG)).entries, 101);
  } finally {
    one.close();
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
});

/** A store whose first commits are replaced, in order. */
async function withTrouble(
  troubles: CommitFault[],
  use: (store: Store, steady: Store) => Promise<void>,
): Promise<void> {
  await withStore(async (steady, kv) => {
    await steady.post(ORG, purchase("p", 10), 1);
    await use(
      createStore(troubled(kv, () => troubles.shift()), applyPosting),
      steady,
    );
  });
}

const REFUSED: Deno.KvCommitError = { ok: false };

/** Like a client that repeated a commit which had succeeded. */
const refusedThoughApplied: CommitFault = async (commit) => {
  await commit();
  return REFUSED;
};

Deno.test("a commit reported as failed though applied is recognized", () =>
  withTrouble([refusedThoughApplied], async (store) => {
    const outcome = await store.post(ORG, charge("charge:k", 3), 1);
    assertEquals(outcome.kind, "posted");
    assertEquals(await balance(store), 7);
  }));

Deno.test("a shared commit reported as failed though applied posts once", () =>
  withTrouble([refusedThoughApplied], async (store) => {
    const outcomes = await Promise.all([
      chargeConcurrently(store, ORG, { times: 5 }),
      store.post("org_b", purchase("q", 7), 1),
    ]);
    assertEquals(countKinds(outcomes.flat()), { posted: 6 });
    assertEquals(await balance(store), 5);
    assertEquals(await balance(store, "org_b"), 7);
  }));

Deno.test("a refused commit is read again and retried", () =>
  withTrouble([() => REFUSED, () => REFUSED], async (store) => {
    const outcomes = await chargeConcurrently(store, ORG, { times: 12 });
    assertEquals(countKinds(outcomes), { posted: 10, insufficient: 2 });
  }));

Deno.test("a commit whose response is lost may be retried", () => {
  const lost: CommitFault = async (commit) => {
    await commit();
    throw new Error("connection lost");
  };
  return withTrouble([lost], async (store) => {
    const charged = () => store.post(ORG, charge("charge:k", 3), 1);
    await assertRejects(charged, Error, "connection lost");
    assertEquals((await charged()).kind, "repeated");
    assertEquals(await balance(store), 7);
  });
});

Deno.test("a commit that was not sent may be retried", () => {
  const dead: CommitFault = () => {
    throw new Error("no route");
  };
  return withTrouble([dead], async (store) => {
    const charged = () => store.post(ORG, charge("charge:k", 3), 1);
    await assertRejects(charged, Error, "no route");
    assertEquals(await balance(store), 10);
    assertEquals((await charged()).kind, "posted");
  });
});

Deno.test("a wallet under constant contention is unavailable in the end", () => {
  const always = Array.from({ length: 40 }, () => () => REFUSED);
  return withTrouble(always, async (store, steady) => {
    const error = await assertRejects(() => store.post(ORG, charge("c"), 1));
    assert(error instanceof Error && "code" in error);
    assertEquals(error.code, "unavailable");
    assertEquals(await balance(steady), 10);
  });
});

Deno.test("a long queue is split into commits, however long ids and descriptions are", () =>
  withStore(async (store) => {
    const digest = (index: number) => `${index}`.padStart(64, "0");
    const description = "\u{1F3AB}".repeat(100);
    const orgIds = Array.from(
      { length: 10 },
      (_, index) => `${index}`.padStart(128, "o"),
    );
    await Promise.all(
      orgIds.map((orgId) => store.post(orgId, purchase("p", 500), 1)),
    );
    await Promise.all(
      orgIds.flatMap((orgId, place) =>
        Array.from({ length: place === 0 ? 500 : 30 }, (_, index) => {
          const posting = charge(`charge:${digest(index)}`);
          return store.post(orgId, { ...posting, description }, 1);
        })
      ),
    );
    const left = orgIds.map((orgId) => balance(store, orgId));
    assertEquals(await Promise.all(left), [0, ...Array<number>(9).fill(470)]);
  }));

Deno.test("postings beyond the queue limit are refused and the rest posted", () =>
  withStore(async (store) => {
    await store.post(ORG, purchase("p", 5_000), 1);
    const settled = await Promise.allSettled(
      Array.from(
        { length: 2_500 },
        (_, index) => store.post(ORG, charge(`charge:${index}`), 1),
      ),
    );
    const refused = settled.filter(({ status }) => status === "rejected");
    assert(refused.length > 0 && refused.length < 1_000);
    const done = settled.length - refused.length;
    assertEquals(await balance(store), 5_000 - done);
  }));
