import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { SCHEMA_VERSION, SchemaError } from "@/lib/store/schema.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { startAlone, withFolder } from "@/tests/helpers/server_process.ts";
import { environmentOf } from "@/tests/helpers/two_processes.ts";

/** A file with these records, as another version of the app left it. */
async function fileWith(
  folder: string,
  records: readonly { key: Deno.KvKey; value: unknown }[],
): Promise<string> {
  const path = `${folder}/kv.sqlite3`;
  using kv = await Deno.openKv(path);
  for (const { key, value } of records) await kv.set(key, value);
  return path;
}

async function versionIn(path: string): Promise<unknown> {
  using kv = await Deno.openKv(path);
  return (await kv.get(["schema"])).value;
}

const PURCHASE = {
  sessionId: "cs_1",
  description: "Small pack",
  tokens: 10_000,
  state: "on_its_way",
  sinceMs: 1,
  expiresAtMs: Date.now() + 3_600_000,
} as const;

const VERSION_1 = [
  { key: ["schema"], value: { version: 1 } },
  { key: ["wallet", "org_a"], value: { granted: 0, purchased: 0, entries: 0 } },
  { key: ["pending_purchase", "org_a", "cs_1"], value: PURCHASE },
  {
    key: ["pending_purchase", "org_b", "cs_2"],
    value: { ...PURCHASE, sessionId: "cs_2" },
  },
];

Deno.test("a new store has the present version", () =>
  withFolder(async (folder) => {
    const path = `${folder}/kv.sqlite3`;
    (await openKv(path)).close();
    assertEquals(await versionIn(path), { version: SCHEMA_VERSION });
  }));

Deno.test("pending purchases of version 1 are migrated", () =>
  withFolder(async (folder) => {
    const path = await fileWith(folder, VERSION_1);
    const kv = await openKv(path);
    const store = createStore(kv, applyPosting);
    const listed = await Promise.all(
      ["org_a", "org_b"].map((orgId) => store.listPendingPurchases(orgId, 1)),
    );
    assertEquals(listed.flat().map(({ sessionId }) => sessionId), [
      "cs_1",
      "cs_2",
    ]);
    const former = await Array.fromAsync(
      kv.list({ prefix: ["pending_purchase"] }),
    );
    assertEquals(former, []);
    store.close();
    assertEquals(await versionIn(path), { version: SCHEMA_VERSION });
  }));

Deno.test("an interrupted migration is completed by the next start", () =>
  withFolder(async (folder) => {
    const path = await fileWith(folder, VERSION_1);
    await assertRejects(() =>
      openKv(path, async (name) => dyingAfter(await Deno.openKv(name), 1))
    );
    const store = createStore(await openKv(path), applyPosting);
    assertEquals((await store.listPendingPurchases("org_a", 1)).length, 1);
    assertEquals((await store.listPendingPurchases("org_b", 1)).length, 1);
    store.close();
  }));

/** A store whose process dies after a number of commits. */
function dyingAfter(kv: Deno.Kv, commits: number): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic" && commits-- <= 0) {
        throw new Error("The process is dead");
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

Deno.test("concurrent first starts agree on the version", () =>
  withFolder(async (folder) => {
    const path = await fileWith(folder, VERSION_1);
    const opened = await Promise.all([openKv(path), openKv(path)]);
    for (const kv of opened) kv.close();
    assertEquals(await versionIn(path), { version: SCHEMA_VERSION });
  }));

for (
  const [record, message] of [
    [{ version: SCHEMA_VERSION + 1 }, "a newer version of Portico"],
    [{ version: SCHEMA_VERSION, incomplete: true }, "the store is incomplete"],
  ] as const
) {
  Deno.test(`a store is refused: ${message}`, () =>
    withFolder(async (folder) => {
      const path = await fileWith(folder, [{ key: ["schema"], value: record }]);
      await assertRejects(() => openKv(path), SchemaError, message);
    }));
}

Deno.test("serve does not start on a store of a newer version", () =>
  withFolder(async (folder) => {
    const value = { version: SCHEMA_VERSION + 1 };
    const path = await fileWith(folder, [{ key: ["schema"], value }]);
    const env = await environmentOf("http://127.0.0.1:9", path);
    await using served = await startAlone(env);
    const { code, printed } = await served.ended();
    assertEquals(code, 1);
    assertStringIncludes(printed, "KV_PATH cannot be opened: a newer version");
  }));
