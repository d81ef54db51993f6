import { assertEquals } from "@std/assert";
import {
  MAX_REMEMBERED,
  REMEMBERED_MS,
  TokenCache,
} from "@/lib/auth/token_cache.ts";

const LATER_MS = 10 * REMEMBERED_MS;

function memoryOf(token: string, endsAtMs = LATER_MS): TokenCache<string> {
  const memory = new TokenCache<string>();
  memory.remember(token, { session: "s", verifiedAtMs: 1_000, endsAtMs });
  return memory;
}

Deno.test("TokenCache returns the session of the same token", () => {
  assertEquals(memoryOf("a.b.c").recall("a.b.c", 1_000), "s");
});

Deno.test("TokenCache misses another encoding of a token", () => {
  const memory = memoryOf("a.b.c");
  for (const token of ["a.b.c ", " a.b.c", "a.b.c=", "a.b.C", "a.b", ""]) {
    assertEquals(memory.recall(token, 1_000), null, token);
  }
});

Deno.test("TokenCache drops a token when it expires", () => {
  assertEquals(memoryOf("t", 5_000).recall("t", 4_999), "s");
  const memory = memoryOf("t", 5_000);
  assertEquals(memory.recall("t", 5_000), null);
  assertEquals(memory.size, 0);
});

Deno.test("TokenCache drops a token after a minute", () => {
  assertEquals(memoryOf("t").recall("t", 1_000 + REMEMBERED_MS - 1), "s");
  assertEquals(memoryOf("t").recall("t", 1_000 + REMEMBERED_MS), null);
});

Deno.test("TokenCache drops a token when the clock is set back", () => {
  assertEquals(memoryOf("t").recall("t", 999), null);
});

Deno.test("TokenCache skips a token accepted within the clock skew", () => {
  assertEquals(memoryOf("t", 1_000).size, 0);
  assertEquals(memoryOf("t", 500).size, 0);
});

Deno.test("TokenCache drops its oldest entry when full", () => {
  const memory = new TokenCache<number>();
  for (let i = 0; i <= MAX_REMEMBERED; i++) {
    memory.remember(`t${i}`, {
      session: i,
      verifiedAtMs: 0,
      endsAtMs: LATER_MS,
    });
  }
  assertEquals(memory.size, MAX_REMEMBERED);
  assertEquals(memory.recall("t0", 1), null);
  assertEquals(memory.recall("t1", 1), 1);
  assertEquals(memory.recall(`t${MAX_REMEMBERED}`, 1), MAX_REMEMBERED);
});

Deno.test("TokenCache moves a re-verified token to the end", () => {
  const memory = new TokenCache<number>();
  const remember = (token: string, session: number) =>
    memory.remember(token, { session, verifiedAtMs: 0, endsAtMs: LATER_MS });
  remember("first", 0);
  for (let i = 1; i < MAX_REMEMBERED; i++) remember(`t${i}`, i);
  remember("first", 7);
  remember("one more", 8);
  assertEquals(memory.recall("first", 1), 7);
  assertEquals(memory.recall("t1", 1), null);
});
