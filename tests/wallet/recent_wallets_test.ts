import { assertEquals, assertRejects } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { createStore, type Store } from "@/lib/store/mod.ts";
import { RecentWallets } from "@/lib/store/recent_wallets.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import {
  charge,
  chargeConcurrently,
  type CommitFault,
  countKinds,
  purchase,
  troubled,
} from "@/tests/helpers/postings.ts";

const ORG = "org_a";
const MANY_CHECKS = { checksPerCommit: 100 };

interface Stage {
  /** Has committed the wallet last, with 10 tokens. */
  store: Store;
  /** Another process. */
  other: Store;
  kv: Deno.Kv;
  /** The operations of `store` since the stage was set, in order. */
  calls: string[];
  /** Replaces the next commits of `store`. */
  troubles: CommitFault[];
}

async function withRecentWallet(
  run: (stage: Stage) => Promise<void>,
  limits = MANY_CHECKS,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const calls: string[] = [];
  const troubles: CommitFault[] = [];
  const seen = troubled(withCalls(kv, calls), () => {
    calls.push("commit");
    return troubles.shift();
  });
  const store = createStore(seen, applyPosting, limits);
  await store.post(ORG, purchase("p", 10), 1);
  calls.length = 0;
  const other = createStore(kv, applyPosting, limits);
  await run({ store, other, kv, calls, troubles });
  assertEquals((await verifyLedgers(other)).differences, []);
}

function withCalls(kv: Deno.Kv, calls: string[]): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "getMany") {
        return (keys: Deno.KvKey[]) => {
          calls.push("read");
          return target.getMany(keys);
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function balance(store: Store): Promise<number> {
  const { granted, purchased } = await store.readWallet(ORG);
  return granted + purchased;
}

/** Until the store can start a commit at once. */
const idle = () => new Promise((done) => setTimeout(done));

const wasRead = (calls: readonly string[]) => calls.includes("read");

Deno.test("charges of a recent wallet are committed without a read", () =>
  withRecentWallet(async ({ store, calls }) => {
    const outcomes = await chargeConcurrently(store, ORG, { times: 4 });
    assertEquals(countKinds(outcomes), { posted: 4 });
    assertEquals(wasRead(calls), false);
    assertEquals(await balance(store), 6);
  }));

Deno.test("a commit reads its wallets if one of them is not recent", () =>
  withRecentWallet(async ({ store, other, calls }) => {
    await other.post("org_b", purchase("p", 10), 1);
    const creditAll = async (source: string) => {
      await idle();
      // The first two are committed at once, and the others together after it.
      const orgIds = ["org_c", "org_d", ORG, "org_b"];
      const credit = (orgId: string) =>
        store.post(orgId, purchase(source, 1), 1);
      return countKinds(await Promise.all(orgIds.map(credit)));
    };
    assertEquals(await creditAll("a"), { posted: 4 });
    assertEquals(wasRead(calls), true);
    calls.length = 0;
    assertEquals(await creditAll("b"), { posted: 4 });
    assertEquals(calls, ["commit", "commit", "commit"]);
  }));

Deno.test("a commit has no more checks than the store allows", () =>
  withRecentWallet(async ({ store, calls }) => {
    await idle();
    // One charge is committed at once, and the others together after it.
    await chargeConcurrently(store, ORG, { times: 1 + 3 });
    assertEquals(wasRead(calls), false);
    await idle();
    await chargeConcurrently(store, ORG, { times: 1 + 4, name: "d" });
    assertEquals(wasRead(calls), true);
  }, { checksPerCommit: 4 }));

Deno.test("a recent wallet that another process charged is read again", () =>
  withRecentWallet(async ({ store, other }) => {
    await other.post(ORG, charge("charge:other", 7), 1);
    const kept = await store.post(ORG, charge("charge:own", 4), 1);
    assertEquals(kept.kind, "insufficient");
    const taken = await store.post(ORG, charge("charge:own", 3), 1);
    assertEquals(taken.kind, "posted");
    assertEquals(await balance(store), 0);
  }));

Deno.test("a charge above a recent balance sees another process's purchase", () =>
  withRecentWallet(async ({ store, other }) => {
    await store.post(ORG, charge("charge:all", 10), 1);
    await other.post(ORG, purchase("q", 5), 1);
    const outcome = await store.post(ORG, charge("charge:more", 5), 1);
    assertEquals(outcome.kind, "posted");
    assertEquals(await balance(store), 0);
  }));

Deno.test("a refused charge is refused by the wallet as stored", () =>
  withRecentWallet(async ({ store, other }) => {
    await other.post(ORG, purchase("q", 5), 1);
    const outcome = await store.post(ORG, charge("charge:more", 16), 1);
    assertEquals(outcome.kind, "insufficient");
    assertEquals(outcome.wallet.purchased, 15);
  }));

Deno.test("a source is posted once, in whichever process", () =>
  withRecentWallet(async ({ store, other }) => {
    const first = await store.post(ORG, charge("charge:k"), 1);
    assertEquals(
      (await store.post(ORG, charge("charge:k"), 2)).kind,
      "repeated",
    );
    const theirs = await other.post(ORG, charge("charge:l"), 1);
    const outcomes = await Promise.all([
      store.post(ORG, charge("charge:k"), 2),
      store.post(ORG, charge("charge:l"), 2),
      store.post(ORG, charge("charge:new"), 2),
    ]);
    assertEquals(countKinds(outcomes), { repeated: 2, posted: 1 });
    const entries = outcomes.map((one) => "entry" in one && one.entry.id);
    const earlier = [first, theirs].map((one) =>
      "entry" in one && one.entry.id
    );
    assertEquals(entries.slice(0, 2), earlier);
    assertEquals(await balance(store), 7);
  }));

Deno.test("a repeated charge above the balance beside a new one is repeated", () =>
  withRecentWallet(async ({ store }) => {
    const first = await store.post(ORG, charge("charge:k", 8), 1);
    await idle();
    // The first is committed at once, and the others together after it.
    const [, repeated, next] = await Promise.all([
      store.post(ORG, purchase("q", 1), 1),
      store.post(ORG, charge("charge:k", 8), 2),
      store.post(ORG, charge("charge:new", 1), 2),
    ]);
    assertEquals([repeated.kind, next.kind], ["repeated", "posted"]);
    assertEquals(
      "entry" in repeated && repeated.entry.id,
      "entry" in first && first.entry.id,
    );
    assertEquals(await balance(store), 2);
  }));

Deno.test("an Idempotency-Key is reused after a day on a recent wallet", () =>
  withRecentWallet(async ({ store }) => {
    const dayMs = 24 * 60 * 60 * 1000;
    await store.post(ORG, charge("charge:k"), 0);
    await store.post(ORG, charge("charge:other"), 0);
    const after = await store.post(ORG, charge("charge:k"), dayMs);
    assertEquals(after.kind, "posted");
    assertEquals(await balance(store), 7);
  }));

Deno.test("nothing is posted to a recent wallet after the deletion", () =>
  withRecentWallet(async ({ store, other, kv }) => {
    const read = await other.readCustomerEntry(ORG);
    const deletion = {
      requestedAtMs: 1,
      completedAtMs: null,
      stripeCustomerIds: [],
      pendingPaymentIds: [],
    };
    await other.buryOrganization(ORG, deletion, read);
    await other.eraseOrganization(ORG);
    for (let times = 0; times < 2; times++) {
      const error = await assertRejects(
        () => store.post(ORG, charge("charge:late"), 1),
        BillingError,
      );
      assertEquals(error.code, "not_found");
    }
    assertEquals((await kv.get(["wallet", ORG])).value, null);
  }));

Deno.test("a charge whose commit was applied but reported as refused is posted once", () =>
  withRecentWallet(async ({ store, troubles }) => {
    troubles.push(async (commit) => {
      await commit();
      return { ok: false };
    });
    const outcome = await store.post(ORG, charge("charge:k", 3), 1);
    assertEquals(outcome.kind, "posted");
    assertEquals(await balance(store), 7);
  }));

Deno.test("a charge whose commit's answer is lost is repeated by the retry", () =>
  withRecentWallet(async ({ store, troubles, calls }) => {
    troubles.push(async (commit) => {
      await commit();
      throw new Error("connection lost");
    });
    const charged = () => store.post(ORG, charge("charge:k", 3), 1);
    await assertRejects(charged, Error, "connection lost");
    calls.length = 0;
    assertEquals((await charged()).kind, "repeated");
    assertEquals(calls.includes("commit"), false);
    assertEquals(await balance(store), 7);
  }));

Deno.test("the most postings of one commit fit, however long their ids are", () =>
  withRecentWallet(async ({ store, calls }) => {
    const orgId = "o".repeat(128);
    await store.post(orgId, purchase("p", 1_000), 1);
    const source = (index: number) => `charge:${`${index}`.padStart(64, "0")}`;
    const description = "\u{1F3AB}".repeat(100);
    await idle();
    calls.length = 0;
    const outcomes = await Promise.all(
      Array.from(
        { length: 1 + 99 },
        (_, index) =>
          store.post(orgId, { ...charge(source(index)), description }, 1),
      ),
    );
    assertEquals(countKinds(outcomes), { posted: 100 });
    assertEquals(wasRead(calls), false);
  }));

Deno.test("recent wallets are bounded, the oldest leaves first", () => {
  const recent = new RecentWallets(2);
  const value = {
    granted: 0,
    purchased: 0,
    entries: 0,
    grantedForMs: 0,
    lots: [],
    used: [],
  };
  for (const orgId of ["a", "b", "a", "c"]) {
    recent.set(orgId, { value, versionstamp: orgId });
  }
  assertEquals(recent.size, 2);
  assertEquals(recent.take(["b"]), null);
  assertEquals(recent.take(["a", "c"])?.length, 2);
  assertEquals(recent.size, 0);
});
