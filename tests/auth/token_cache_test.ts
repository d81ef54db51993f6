import { assertEquals } from "@std/assert";
import { CACHED_MS, MAX_CACHED, TokenCache } from "@/lib/auth/token_cache.ts";

const LATER_MS = 10 * CACHED_MS;

function cacheOf(token: string, endsAtMs = LATER_MS): TokenCache<string> {
  const cache = new TokenCache<string>();
  cache.set(token, { session: "s", verifiedAtMs: 1_000, endsAtMs });
  return cache;
}

Deno.test("TokenCache returns the session of the same token", () => {
  assertEquals(cacheOf("a.b.c").get("a.b.c", 1_000), "s");
});

Deno.test("TokenCache misses another encoding of a token", () => {
  const cache = cacheOf("a.b.c");
  for (const token of ["a.b.c ", " a.b.c", "a.b.c=", "a.b.C", "a.b", ""]) {
    assertEquals(cache.get(token, 1_000), null, token);
  }
});

Deno.test("TokenCache drops a token when it expires", () => {
  assertEquals(cacheOf("t", 5_000).get("t", 4_999), "s");
  const cache = cacheOf("t", 5_000);
  assertEquals(cache.get("t", 5_000), null);
  assertEquals(cache.size, 0);
});

Deno.test("TokenCache drops a token after a minute", () => {
  assertEquals(cacheOf("t").get("t", 1_000 + CACHED_MS - 1), "s");
  assertEquals(cacheOf("t").get("t", 1_000 + CACHED_MS), null);
});

Deno.test("TokenCache drops a token when the clock is set back", () => {
  assertEquals(cacheOf("t").get("t", 999), null);
});

Deno.test("TokenCache skips a token accepted within the clock skew", () => {
  assertEquals(cacheOf("t", 1_000).size, 0);
  assertEquals(cacheOf("t", 500).size, 0);
});

Deno.test("TokenCache drops its oldest entry when full", () => {
  const cache = new TokenCache<number>();
  for (let i = 0; i <= MAX_CACHED; i++) {
    cache.set(`t${i}`, {
      session: i,
      verifiedAtMs: 0,
      endsAtMs: LATER_MS,
    });
  }
  assertEquals(cache.size, MAX_CACHED);
  assertEquals(cache.get("t0", 1), null);
  assertEquals(cache.get("t1", 1), 1);
  assertEquals(cache.get(`t${MAX_CACHED}`, 1), MAX_CACHED);
});

Deno.test("TokenCache moves a re-verified token to the end", () => {
  const cache = new TokenCache<number>();
  const remember = (token: string, session: number) =>
    cache.set(token, { session, verifiedAtMs: 0, endsAtMs: LATER_MS });
  remember("first", 0);
  for (let i = 1; i < MAX_CACHED; i++) remember(`t${i}`, i);
  remember("first", 7);
  remember("one more", 8);
  assertEquals(cache.get("first", 1), 7);
  assertEquals(cache.get("t1", 1), null);
});
