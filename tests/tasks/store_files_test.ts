import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import type { ServiceKey } from "@/lib/store/service_keys.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { copyStore } from "@/tasks/copy_store.ts";
import { CommandError } from "@/tasks/run_command.ts";
import { backUp, restore, verifyStore } from "@/tasks/store_files.ts";
import { memberClaims, ORG } from "@/tests/helpers/app.ts";
import { charge, purchase } from "@/tests/helpers/postings.ts";
import {
  deno,
  type Served,
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";
import { environmentOf } from "@/tests/helpers/two_processes.ts";

async function withStore<T>(
  path: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = createStore(await openKv(path), applyPosting);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

/** Charges with numbered keys, until the server ends. */
class Load {
  /** The numbers of the acknowledged charges. */
  readonly acknowledged: number[] = [];
  #next = 0;

  constructor(private readonly served: Served) {}

  async run(callers: number): Promise<void> {
    const claims = memberClaims();
    const token = await sessionToken({ claims, nowMs: Date.now() });
    await Promise.all(Array.from({ length: callers }, async () => {
      for (;;) {
        const number = this.#next++;
        const status = await chargeOver(this.served, token, number);
        if (status === null) return;
        if (status === 201) this.acknowledged.push(number);
      }
    }));
  }
}

/** @returns The status; null if the process has ended. */
async function chargeOver(
  { url }: Served,
  token: string,
  number: number,
): Promise<number | null> {
  try {
    const response = await fetch(`${url}/api/v1/billing/charges`, {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": `key_${number}`,
      },
      body: JSON.stringify({ tokens: 1 }),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 10));
}

Deno.test("a backup under load and a kill -9 restores every charge before it", () =>
  withFolder(async (folder) => {
    const kvPath = `${folder}/kv.sqlite3`;
    await withStore(kvPath, async (store) => {
      await store.post(ORG, purchase("checkout:cs_1", 1_000_000), Date.now());
    });
    const env = {
      ...await environmentOf("http://127.0.0.1:9", kvPath),
      RATE_LIMIT_SCALE: "0",
    };
    await using served = await startAlone(env);
    await untilServed(served);
    const load = new Load(served);
    const loading = load.run(8);
    await until(() => load.acknowledged.length > 200);
    const before = [...load.acknowledged];
    const file = `${folder}/backup.sqlite3`;
    const args = ["run", "-A", "tasks/backup.ts", file];
    const backup = await deno(args, env).output();
    const during = load.acknowledged.length - before.length;
    served.process.kill("SIGKILL");
    await loading;
    assertEquals(backup.code, 0, new TextDecoder().decode(backup.stderr));
    assert(during > 0, "the app served during the backup");

    const restored = `${folder}/restored/kv.sqlite3`;
    const { wallets } = await restore(file, restored);
    assertEquals(wallets, 1);
    await using again = await startAlone({ ...env, KV_PATH: restored });
    await untilServed(again);
    const claims = memberClaims();
    const token = await sessionToken({ claims, nowMs: Date.now() });
    for (const number of before.slice(0, 100)) {
      assertEquals(await chargeOver(again, token, number), 200);
    }
  }));

Deno.test("a backup or a restore never overwrites records", () =>
  withFolder(async (folder) => {
    const [one, other] = [`${folder}/one.sqlite3`, `${folder}/other.sqlite3`];
    for (const path of [one, other]) {
      await withStore(path, (store) => store.probe(1));
    }
    await assertRejects(() => backUp(one, other), CommandError, "exists");
    await assertRejects(() => restore(one, other), CommandError, "has records");
    await assertRejects(
      () => backUp("https://kv.example.com", `${folder}/new`),
      CommandError,
      "not a file",
    );
    await assertRejects(
      () => restore(`${folder}/missing`, `${folder}/new`),
      CommandError,
      "missing",
    );
  }));

Deno.test("a backup with a wrong wallet is refused and leaves no file", () =>
  withFolder(async (folder) => {
    const path = `${folder}/kv.sqlite3`;
    await withStore(path, async (store) => {
      await store.post(ORG, purchase("checkout:cs_1", 10), 1);
    });
    const kv = await openKv(path);
    const { value } = await kv.get<object>(["wallet", ORG]);
    await kv.set(["wallet", ORG], { ...value, purchased: 11 });
    kv.close();
    const file = `${folder}/backup.sqlite3`;
    await assertRejects(() => backUp(path, file), CommandError, "disagree");
    const left = await Array.fromAsync(Deno.readDir(folder));
    assert(!left.some(({ name }) => name.startsWith("backup")));
  }));

function serviceKey(id: string, createdAtMs: number): ServiceKey {
  return {
    id,
    name: "backend",
    prefix: "portico_service_",
    scopes: [],
    createdAtMs,
    lastUsedAtMs: null,
    expiresAtMs: null,
  };
}

/** Writes a record of each kind that expires, and some that do not. */
async function fillStore(store: Store): Promise<void> {
  const nowMs = Date.now();
  await store.post(ORG, purchase("checkout:cs_1", 10), nowMs);
  await store.post(ORG, charge("charge:c1"), nowMs);
  await store.recordEvent("evt_1", nowMs);
  await store.markPortalOpened(ORG, { openedAtMs: nowMs, before: null });
  await store.writeCheckout(ORG, {
    checkout: {
      sessionId: "cs_1",
      choice: { credits: "small" },
      expiresAtMs: nowMs + 1_000,
    },
    former: null,
    nowMs,
  });
  await store.writePendingPurchase(ORG, {
    pack: {
      sessionId: "cs_1",
      description: "Small",
      tokens: 1,
      state: "failed",
      sinceMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    },
    former: null,
    nowMs,
  });
  await store.addServiceKey("service_1", serviceKey("svc_1", nowMs));
  await store.replaceServiceKey(
    { ...serviceKey("svc_1", nowMs), expiresAtMs: nowMs + 60_000 },
    { digest: "service_2", serviceKey: serviceKey("svc_2", nowMs) },
  );
  await store.addApiKey("digest", {
    id: "key_1",
    orgId: ORG,
    name: "CI",
    prefix: "pk",
    scopes: [],
    createdBy: "user_1",
    createdAtMs: nowMs,
    lastUsedAtMs: null,
  }, "form_1");
}

/** The expiry of each record in seconds, by its key. */
function expiries(path: string): Map<string, number | null> {
  using database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare(
    "SELECT hex(k) AS k, expiration_ms FROM kv ORDER BY k",
  );
  return new Map(
    rows.all().map((row) => {
      const atMs = Number(row["expiration_ms"]);
      return [String(row["k"]), atMs > 0 ? Math.round(atMs / 10_000) : null];
    }),
  );
}

Deno.test("a copied store has the same records and expiries", () =>
  withFolder(async (folder) => {
    const [from, to] = [`${folder}/from.sqlite3`, `${folder}/new/to.sqlite3`];
    await withStore(from, fillStore);
    const records = await copyStore(from, to);
    await verifyStore(to);
    const [expected, actual] = [expiries(from), expiries(to)];
    assertEquals(actual.size, records + 1); // and the version
    assertEquals([...actual.keys()], [...expected.keys()]);
    const expiring = [...expected.values()].filter((at) => at !== null);
    // Two of them are activities: a checkout and an API key.
    assertEquals(expiring.length, 9);
    for (const [key, at] of expected) {
      const copied = actual.get(key) ?? null;
      assert(at === null ? copied === null : Math.abs((copied ?? 0) - at) < 2);
    }
    await assertRejects(() => copyStore(from, to), CommandError, "not empty");
  }));

Deno.test("a copy or a backup names a path that is missing", () =>
  withFolder(async (folder) => {
    const missing = `${folder}/missing.sqlite3`;
    const to = `${folder}/to.sqlite3`;
    await assertRejects(() => copyStore(missing, to), CommandError, "missing");
    assertEquals([...Deno.readDirSync(folder)], []);
    await withStore(to, (store) => store.probe(1));
    const nowhere = `${folder}/nowhere/backup.sqlite3`;
    await assertRejects(() => backUp(to, nowhere), CommandError, "missing");
  }));

Deno.test("an interrupted copy is refused by the app and continued", () =>
  withFolder(async (folder) => {
    const [from, to] = [`${folder}/from.sqlite3`, `${folder}/to.sqlite3`];
    await withStore(from, fillStore);
    const target = await Deno.openKv(to);
    await target.set(["schema"], { version: 1, incomplete: true });
    await target.set(["wallet", ORG], { purchased: 1 });
    target.close();
    await assertRejects(() => openKv(to), Error, "incomplete");
    await copyStore(from, to);
    assertEquals(await verifyStore(to), { wallets: 1 });
  }));
