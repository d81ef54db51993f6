import { assert, assertEquals, assertRejects } from "@std/assert";
import { AccountLoader } from "@/lib/store/account_loader.ts";
import { createStore } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { purchase } from "@/tests/helpers/postings.ts";

/** An in-memory store that records reads of several keys and can fail. */
async function withReads(
  run: (stage: {
    store: ReturnType<typeof createStore>;
    reads: AccountLoader;
    /** The number of keys in each read. */
    sizes: number[];
    /** Makes the next read throw. */
    fail: (error: Error) => void;
  }) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const sizes: number[] = [];
  let failure: Error | null = null;
  const seen = new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "getMany") return value;
      return (keys: Deno.KvKey[]) => {
        sizes.push(keys.length);
        if (failure === null) return target.getMany(keys);
        const thrown = failure;
        failure = null;
        return Promise.reject(thrown);
      };
    },
  });
  await run({
    store: createStore(kv, applyPosting),
    reads: new AccountLoader(seen),
    sizes,
    fail: (error) => {
      failure = error;
    },
  });
}

const purchasedOf = async (reads: AccountLoader, orgId: string) =>
  (await reads.read(orgId)).wallet.purchased;

Deno.test("concurrent accounts are read together, each once", () =>
  withReads(async ({ store, reads, sizes }) => {
    const orgIds = Array.from({ length: 20 }, (_, index) => `org_${index}`);
    for (const [index, orgId] of orgIds.entries()) {
      await store.post(orgId, purchase("checkout:cs_1", index + 1), 1);
    }
    const asked = [...orgIds, ...orgIds, ...orgIds];
    const purchased = await Promise.all(
      asked.map((orgId) => purchasedOf(reads, orgId)),
    );
    const each = orgIds.map((_, index) => index + 1);
    assertEquals(purchased, [...each, ...each, ...each]);
    assertEquals(sizes, [9, 9, 9, 9, 9, 9, 6]);
  }));

Deno.test("a caller during a read gets data read after its call", () =>
  withReads(async ({ store, reads }) => {
    for (let times = 1; times <= 50; times++) {
      const before = purchasedOf(reads, "org_a");
      await store.post("org_a", purchase(`checkout:cs_${times}`, 1), 1);
      const since = purchasedOf(reads, "org_a");
      assertEquals(await since, times);
      assert([times - 1, times].includes(await before));
    }
  }));

Deno.test("a failed read fails for its callers only", () =>
  withReads(async ({ reads, fail }) => {
    fail(new Error("disk full"));
    const failing = [reads.read("org_a"), reads.read("org_b")];
    for (const read of failing) await assertRejects(() => read, Error, "full");
    assertEquals(await purchasedOf(reads, "org_a"), 0);
  }));

Deno.test("an unknown organization has no data", () =>
  withReads(async ({ reads, sizes }) => {
    const { wallet, ...rest } = await reads.read("org_new");
    assertEquals(rest, { subscription: null, stripeCustomerId: null });
    assertEquals([wallet.granted, wallet.purchased], [0, 0]);
    assertEquals(sizes, [3]);
  }));
