import { assert, assertEquals } from "@std/assert";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { copyStore } from "@/tasks/copy_store.ts";
import { verifyStore } from "@/tasks/store_files.ts";
import { ORG } from "@/tests/helpers/app.ts";
import { storeIn } from "@/tests/helpers/kv_server.ts";
import { charge, purchase } from "@/tests/helpers/postings.ts";
import { withFolder } from "@/tests/helpers/server_process.ts";

async function withStore<T>(
  kvPath: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const CHARGES = 500;

// On a file there is no server to kill; `deno task test:denokv` runs it all.
Deno.test("charges survive a kill -9 of the store's server", () =>
  withFolder(async (folder) => {
    await using stored = await storeIn(folder);
    await withStore(stored.kvPath, async (store) => {
      await store.post(ORG, purchase("checkout:cs_1", CHARGES), 1);
      const sources = Array.from({ length: CHARGES }, (_, i) => `charge:${i}`);
      const results = sources.map((source) =>
        store.post(ORG, charge(source), Date.now())
          .then(({ kind }) => kind, () => "failed")
      );
      await stored.restart?.();
      const kinds = await Promise.all(results);
      const acknowledged = sources.filter((_, i) => kinds[i] === "posted");
      for (const source of acknowledged) {
        assert(await store.readPosted(ORG, source), source);
      }
      // A repeat completes what failed and doubles nothing.
      for (const source of sources) {
        await store.post(ORG, charge(source), Date.now());
      }
      const { purchased, entries } = await store.readWallet(ORG);
      assertEquals([purchased, entries], [0, CHARGES + 1]);
      assertEquals((await verifyLedgers(store)).differences, []);
    });
  }));

Deno.test("a store is copied to a server and back", () =>
  withFolder(async (folder) => {
    await using server = await storeIn(folder);
    const [from, back] = [`${folder}/from.sqlite3`, `${folder}/back.sqlite3`];
    await withStore(from, async (store) => {
      await store.post(ORG, purchase("checkout:cs_1", 2_000), 1);
      await Promise.all(
        Array.from(
          { length: 1_000 },
          (_, index) => store.post(ORG, charge(`charge:${index}`), Date.now()),
        ),
      );
    });
    const copied = await copyStore(from, server.kvPath);
    assertEquals(await copyStore(server.kvPath, back), copied);
    assertEquals(await verifyStore(back), { wallets: 1 });
    await withStore(back, async (store) => {
      const repeated = await store.post(ORG, charge("charge:1"), Date.now());
      assertEquals(repeated.kind, "repeated");
    });
  }));
