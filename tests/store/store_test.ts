import { assertEquals, assertRejects } from "@std/assert";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { storedSubscription } from "@/tests/helpers/subscriptions.ts";

const CUSTOMER = { stripeCustomerId: "cus_1", createdAtMs: 1_000 };

async function withStore(
  use: (store: Store, kv: Deno.Kv) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  await use(createStore(kv, applyPosting), kv);
}

Deno.test("an organization has no customer until linked", () =>
  withStore(async (store) => {
    assertEquals(await store.readCustomer("org_a"), null);
    assertEquals(await store.linkCustomer("org_a", CUSTOMER), true);
    const stored = await store.readCustomer("org_a");
    assertEquals(stored?.stripeCustomerId, "cus_1");
    assertEquals(await store.readOrganization("cus_1"), "org_a");
  }));

Deno.test("linkCustomer() is idempotent", () =>
  withStore(async (store) => {
    await store.linkCustomer("org_a", CUSTOMER);
    assertEquals(await store.linkCustomer("org_a", CUSTOMER), true);
  }));

Deno.test("linkCustomer() replaces no customer and reassigns none", () =>
  withStore(async (store) => {
    await store.linkCustomer("org_a", CUSTOMER);
    const other = { ...CUSTOMER, stripeCustomerId: "cus_2" };
    assertEquals(await store.linkCustomer("org_a", other), false);
    assertEquals(await store.linkCustomer("org_b", CUSTOMER), false);
    assertEquals(await store.readOrganization("cus_2"), null);
    assertEquals(await store.readCustomer("org_b"), null);
  }));

Deno.test("of many customers linked concurrently, one remains", () =>
  withStore(async (store) => {
    const ids = Array.from({ length: 16 }, (_, index) => `cus_${index}`);
    const won = await Promise.all(
      ids.map((stripeCustomerId) =>
        store.linkCustomer("org_a", { stripeCustomerId, createdAtMs: 1 })
      ),
    );
    assertEquals(won.filter(Boolean).length, 1);
    const stands = await store.readCustomer("org_a");
    assertEquals(stands?.stripeCustomerId, ids[won.indexOf(true)]);
  }));

Deno.test("forgetCustomer() removes both keys and raises the generation", () =>
  withStore(async (store, kv) => {
    await store.linkCustomer("org_a", CUSTOMER);
    const stored = await store.readCustomer("org_a");
    if (stored === null) throw new Error("expected a linked customer");
    await store.forgetCustomer("org_a", stored);
    assertEquals(await store.readCustomer("org_a"), null);
    assertEquals(await store.readOrganization("cus_1"), null);
    const { value } = await kv.get(["customer_generation", "org_a"]);
    assertEquals(value, 1);
  }));

Deno.test("forgetCustomer() keeps a customer linked since", () =>
  withStore(async (store) => {
    await store.linkCustomer("org_a", CUSTOMER);
    const old = await store.readCustomer("org_a");
    if (old === null) throw new Error("expected a linked customer");
    await store.forgetCustomer("org_a", old);
    const newer = { ...CUSTOMER, stripeCustomerId: "cus_2" };
    await store.linkCustomer("org_a", newer);
    await store.forgetCustomer("org_a", old);
    const stands = await store.readCustomer("org_a");
    assertEquals(stands?.stripeCustomerId, "cus_2");
  }));

Deno.test("a claim is not yet a customer", () =>
  withStore(async (store, kv) => {
    await kv.set(["customer", "org_a"], { claimedAtMs: 1, generation: 0 });
    assertEquals(await store.readCustomer("org_a"), null);
  }));

Deno.test("a locked store is retried", () =>
  withStore(async (store, kv) => {
    await store.linkCustomer("org_a", CUSTOMER);
    let refusals = 3;
    const busy = createStore(locking(kv, () => refusals-- > 0), applyPosting);
    const stored = await busy.readCustomer("org_a");
    assertEquals(stored?.stripeCustomerId, "cus_1");
  }));

Deno.test("a file that another process is creating is opened after a moment", async () => {
  let attempts = 0;
  const kv = await openKv(":memory:", (path) => {
    // From opening a file, the error is a plain `Error`.
    if (++attempts < 4) return Promise.reject(new Error("database is locked"));
    return Deno.openKv(path);
  });
  assertEquals(attempts, 4);
  await createStore(kv, applyPosting).probe(0);
  kv.close();
});

Deno.test("a store that stays locked is an error in the end", () =>
  withStore(async (_, kv) => {
    const stuck = createStore(locking(kv, () => true), applyPosting);
    await assertRejects(() => stuck.probe(0), TypeError, "locked");
  }));

Deno.test("two handles on one file see and keep each other's writes", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/deeper/portico.sqlite3`;
  const [one, other] = [await openKv(path), await openKv(path)];
  try {
    const orgs = Array.from({ length: 40 }, (_, index) => `org_${index}`);
    const linked = await Promise.all(
      orgs.map((orgId, index) =>
        createStore(index % 2 === 0 ? one : other, applyPosting).linkCustomer(
          orgId,
          {
            stripeCustomerId: `cus_${index}`,
            createdAtMs: 1,
          },
        )
      ),
    );
    assertEquals(linked.every(Boolean), true);
    const seen = await createStore(one, applyPosting).readCustomer("org_39");
    assertEquals(seen?.stripeCustomerId, "cus_39");
  } finally {
    one.close();
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("concurrent events share commits, and all are recorded", () =>
  withStore(async (_, kv) => {
    let commits = 0;
    const counting = new Proxy(kv, {
      get(target, name) {
        if (name === "atomic") commits += 1;
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const store = createStore(counting, applyPosting);
    const ids = Array.from({ length: 1_200 }, (_, index) => `evt_${index}`);
    await Promise.all(ids.map((id) => store.recordEvent(id, 0)));
    assertEquals(commits <= 4, true, `${commits} commits`);
    for (const id of ids) assertEquals(await store.hasEvent(id, 0), true);
  }));

Deno.test("a failed commit fails only its own writes", () =>
  withStore(async (_, kv) => {
    let broken = true;
    const failing = new Proxy(kv, {
      get(target, name) {
        if (name === "atomic" && broken) {
          throw new TypeError("disk is full");
        }
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const store = createStore(failing, applyPosting);
    const together = await Promise.allSettled([
      store.recordEvent("evt_1", 0),
      store.recordEvent("evt_2", 0),
    ]);
    assertEquals(together.map(({ status }) => status), [
      "rejected",
      "rejected",
    ]);
    broken = false;
    await store.recordEvent("evt_3", 0);
    assertEquals(await store.hasEvent("evt_3", 0), true);
    assertEquals(await store.hasEvent("evt_1", 0), false);
  }));

Deno.test("a subscription is written only over the version that was read", () =>
  withStore(async (store) => {
    await store.linkCustomer("org_a", CUSTOMER);
    const read = await store.readBilling("org_a", 0);
    const first = storedSubscription({ status: "trialing" });
    assertEquals(await store.writeSubscription("org_a", first, read), true);
    const late = storedSubscription({ status: "canceled" });
    assertEquals(await store.writeSubscription("org_a", late, read), false);
    const { subscription } = await store.readBilling("org_a", 0);
    assertEquals(subscription?.status, "trialing");
  }));

Deno.test("a subscription of a forgotten customer is not written", () =>
  withStore(async (store) => {
    await store.linkCustomer("org_a", CUSTOMER);
    const read = await store.readBilling("org_a", 0);
    if (read.customer === null) throw new Error("expected a linked customer");
    await store.forgetCustomer("org_a", read.customer);
    const late = storedSubscription();
    assertEquals(await store.writeSubscription("org_a", late, read), false);
  }));

Deno.test("the portal mark expires after a day or when cleared", () =>
  withStore(async (store) => {
    await store.markPortalOpened("org_a", {
      openedAtMs: 1_000,
      before: null,
    });
    const { portalOpened } = await store.readBilling("org_a", 2_000);
    assertEquals(portalOpened?.openedAtMs, 1_000);
    const dayMs = 86_400_000;
    const later = await store.readBilling("org_a", 1_000 + dayMs);
    assertEquals(later.portalOpened, null);
    if (portalOpened === null) throw new Error("expected a portal mark");
    await store.markPortalOpened("org_a", {
      openedAtMs: 3_000,
      before: null,
    });
    await store.clearPortalOpened("org_a", portalOpened);
    const again = (await store.readBilling("org_a", 4_000)).portalOpened;
    assertEquals(again?.openedAtMs, 3_000);
    if (again === null) throw new Error("expected a portal mark");
    await store.clearPortalOpened("org_a", again);
    const { portalOpened: gone } = await store.readBilling("org_a", 4_000);
    assertEquals(gone, null);
  }));

Deno.test("customers are listed in pages", () =>
  withStore(async (store) => {
    for (const name of ["a", "b", "c", "d"]) {
      const customer = { stripeCustomerId: `cus_${name}`, createdAtMs: 1 };
      await store.linkCustomer(`org_${name}`, customer);
    }
    await store.claimCustomer("org_claimed", 1);
    const first = await store.listCustomers({ limit: 3, cursor: null });
    const { cursor } = first;
    const second = await store.listCustomers({ limit: 3, cursor });
    const listed = [...first.customers, ...second.customers];
    assertEquals(listed.map(({ orgId }) => orgId), [
      "org_a",
      "org_b",
      "org_c",
      "org_d",
    ]);
    assertEquals(second.cursor, null);
  }));

/** The same store with "database is locked" errors. */
function locking(kv: Deno.Kv, locked: () => boolean): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (locked()) throw new TypeError("database is locked");
        return Reflect.apply(value, target, args);
      };
    },
  });
}
