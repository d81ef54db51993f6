import { assert, assertEquals, assertRejects } from "@std/assert";
import { batchReads } from "@/lib/store/batched_reads.ts";

/** Deno KV in memory, and a reader that records its calls and can fail. */
async function withReads(
  run: (stage: {
    kv: Deno.Kv;
    reads: Deno.Kv;
    /** The number of keys in each call. */
    sizes: number[];
    /** Makes calls for a key throw. */
    fail: (key: Deno.KvKey, error: Error) => void;
  }) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const sizes: number[] = [];
  const failures = new Map<string, Error>();
  const seen = new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "getMany") return value;
      return async (keys: Deno.KvKey[]) => {
        sizes.push(keys.length);
        const failed = keys.map((key) => failures.get(key.join()));
        const error = failed.find((failure) => failure !== undefined);
        if (error !== undefined) throw error;
        return await target.getMany(keys);
      };
    },
  });
  await run({
    kv,
    sizes,
    reads: batchReads(seen),
    fail: (key, error) => failures.set(key.join(), error),
  });
}

/** The keys of a read, which belong into one call. */
const keysOf = (id: number) => ["a", "b", "c"].map((family) => [family, id]);

Deno.test("concurrent reads share calls, equal ones their entries", () =>
  withReads(async ({ kv, reads, sizes }) => {
    const ids = Array.from({ length: 20 }, (_, index) => index);
    for (const id of ids) await kv.set(["b", id], id);
    const read = async (id: number) =>
      (await reads.getMany(keysOf(id))).map(({ value }) => value);
    const values = await Promise.all([...ids, ...ids].map(read));
    const expected = ids.map((id) => [null, id, null]);
    assertEquals(values, [...expected, ...expected]);
    assertEquals(sizes, [9, 9, 9, 9, 9, 9, 6]);
  }));

Deno.test("single keys and groups share a call", () =>
  withReads(async ({ kv, reads, sizes }) => {
    await kv.set(["one"], 1);
    const [one, group] = await Promise.all([
      reads.get(["one"]),
      reads.getMany(keysOf(1)),
    ]);
    assertEquals([one.key, one.value], [["one"], 1]);
    assertEquals(group.map(({ key }) => key), keysOf(1));
    assertEquals(sizes, [4]);
  }));

Deno.test("a read during a call gets data read after it began", () =>
  withReads(async ({ kv, reads }) => {
    await kv.set(["n"], 0);
    for (let times = 1; times <= 50; times++) {
      const before = reads.get<number>(["n"]);
      await kv.set(["n"], times);
      const since = reads.get<number>(["n"]);
      assertEquals((await since).value, times);
      assert([times - 1, times].includes((await before).value ?? -1));
    }
  }));

Deno.test("a failing read fails for its callers only", () =>
  withReads(async ({ reads, fail }) => {
    fail(["bad"], new Error("key too large"));
    const [good] = await Promise.all([
      reads.getMany(keysOf(1)),
      assertRejects(() => reads.get(["bad"]), Error, "large"),
      assertRejects(() => reads.get(["bad"]), Error, "large"),
    ]);
    assertEquals(good.length, 3);
    assertEquals((await reads.get(["after"])).value, null);
  }));
