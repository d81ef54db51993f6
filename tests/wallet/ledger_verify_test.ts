import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  EMPTY_WALLET,
  type LedgerEntry,
  type Wallet,
} from "@/lib/store/ledger_types.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import {
  chargeConcurrently,
  grant,
  purchase,
  withStore,
} from "@/tests/helpers/postings.ts";

async function fill(store: Store, orgId: string): Promise<void> {
  await store.post(orgId, grant("g", 100), 1);
  await store.post(orgId, purchase("p", 300), 1);
  await chargeConcurrently(store, orgId, { times: 250 });
  await store.post(orgId, grant("h", 50, { periodStartMs: 2_000 }), 2);
}

Deno.test("wallets changed by postings only are consistent", () =>
  withStore(async (store) => {
    for (const orgId of ["org_a", "org_b", "org_c"]) await fill(store, orgId);
    const report = await verifyLedgers(store);
    assertEquals(report.differences, []);
    assertEquals(report.wallets, 3);
    assertEquals(report.entries, 3 * 253);
  }));

Deno.test("a wallet can be verified while it is charged", () =>
  withStore(async (store) => {
    await fill(store, "org_a");
    const charges = chargeConcurrently(store, "org_a", {
      times: 500,
      name: "d",
    });
    const reports = [await verifyLedgers(store), await verifyLedgers(store)];
    await charges;
    for (const { differences } of reports) assertEquals(differences, []);
  }));

/** Changes made by other tools. */
const TAMPERINGS: Record<string, (kv: Deno.Kv) => Promise<unknown>> = {
  "a higher balance": (kv) =>
    change<Wallet>(kv, ["wallet", "org_b"], { purchased: 999 }),
  "granted tokens made purchased ones": async (kv) => {
    const { value } = await kv.get<Wallet>(["wallet", "org_b"]);
    assert(value);
    const purchased = value.purchased + value.granted;
    await change<Wallet>(kv, ["wallet", "org_b"], { granted: 0, purchased });
  },
  "a changed entry": (kv) =>
    change<LedgerEntry>(kv, ["ledger", "org_b", 7], { purchased: 5 }),
  "a changed balance beside an entry": (kv) =>
    change<LedgerEntry>(kv, ["ledger", "org_b", 7], { balance: 1 }),
  "granted tokens moved to purchased ones and back": async (kv) => {
    await change<LedgerEntry>(kv, ["ledger", "org_b", 7], {
      granted: -200,
      purchased: 199,
    });
    await change<LedgerEntry>(kv, ["ledger", "org_b", 8], {
      granted: 198,
      purchased: -199,
    });
  },
  "an entry taken out": (kv) => kv.delete(["ledger", "org_b", 7]),
  "the last entry taken out": (kv) => kv.delete(["ledger", "org_b", 253]),
  "an entry missing from the wallet": async (kv) => {
    const { value } = await kv.get<LedgerEntry>(["ledger", "org_b", 253]);
    await kv.set(["ledger", "org_b", 254], value);
  },
  "a wallet taken out": (kv) => kv.delete(["wallet", "org_b"]),
};

async function change<T>(
  kv: Deno.Kv,
  key: Deno.KvKey,
  members: Partial<T>,
): Promise<void> {
  const { value } = await kv.get<T>(key);
  await kv.set(key, { ...value, ...members });
}

for (const [name, tamper] of Object.entries(TAMPERINGS)) {
  Deno.test(`${name} is a difference`, () =>
    withStore(async (store, kv) => {
      for (const orgId of ["org_a", "org_b"]) await fill(store, orgId);
      await tamper(kv);
      const { differences } = await verifyLedgers(store);
      assertEquals(differences.map(({ orgId }) => orgId), ["org_b"]);
    }));
}

Deno.test("tokens without an entry are a difference", () =>
  withStore(async (store, kv) => {
    await fill(store, "org_a");
    await kv.set(["wallet", "org_b"], { ...EMPTY_WALLET, purchased: 5 });
    const { differences } = await verifyLedgers(store);
    assertEquals(differences.map(({ orgId }) => orgId), ["org_b"]);
  }));

async function runTask(kvPath: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "ledger:verify"],
    env: { KV_PATH: kvPath, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("the task exits 1 on a difference and names it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/portico.sqlite3`;
  const kv = await openKv(path);
  try {
    await fill(createStore(kv, applyPosting), "org_a");
    const good = await runTask(path);
    assertEquals(good.code, 0);
    assertEquals(good.out, "1 wallets, 253 entries: all agree\n");
    await change<Wallet>(kv, ["wallet", "org_a"], { granted: 51 });
    const bad = await runTask(path);
    assertEquals(bad.code, 1);
    assertMatch(bad.err, /^org_a: /m);
  } finally {
    kv.close();
    await Deno.remove(folder, { recursive: true });
  }
});
