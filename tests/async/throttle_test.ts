import { assertEquals } from "@std/assert";
import { Throttle } from "@/lib/async/throttle.ts";

Deno.test("Throttle allows an action once per interval and key", () => {
  let nowMs = 1_000_000;
  const now = () => nowMs;
  const throttle = new Throttle({ max: 10, ttlMs: 1_000, now });
  assertEquals(throttle.take("a"), true);
  nowMs += 999;
  assertEquals(throttle.take("a"), false);
  assertEquals(throttle.take("b"), true);
  nowMs += 1;
  assertEquals(throttle.take("a"), true);
});
