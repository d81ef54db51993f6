import { assertEquals } from "@std/assert";
import { Cache } from "@/lib/async/cache.ts";

function cacheOf({ max = 10 } = {}) {
  const clock = { nowMs: 1_000_000 };
  const now = () => clock.nowMs;
  return {
    clock,
    cache: new Cache<string, number>({ max, ttlMs: 1_000, now }),
  };
}

Deno.test("Cache drops an entry when its lifetime ends", () => {
  const { clock, cache } = cacheOf();
  cache.set("a", 1);
  clock.nowMs += 999;
  assertEquals(cache.get("a"), 1);
  clock.nowMs += 1;
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache.set() restarts the lifetime and get() does not", () => {
  const { clock, cache } = cacheOf();
  cache.set("a", 1);
  clock.nowMs += 600;
  cache.set("a", 2);
  clock.nowMs += 600;
  assertEquals(cache.get("a"), 2);
  clock.nowMs += 400;
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache drops the least recently used entry beyond its maximum", () => {
  const { cache } = cacheOf({ max: 2 });
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assertEquals(cache.get("b"), undefined);
  assertEquals([cache.get("a"), cache.get("c")], [1, 3]);
});
