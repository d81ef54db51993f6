import { assert, assertEquals, assertRejects } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { memberClaims } from "@/tests/helpers/app.ts";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import {
  COOLDOWN_MS,
  FRESH_MS,
  MAX_BACK_OFF_MS,
  STALE_MS,
} from "@/lib/auth/remote_jwks.ts";
import {
  authConfig,
  recordingLog,
  sessionToken,
  testClock,
  type TestKey,
  testKey,
} from "@/tests/helpers/tokens.ts";

/** A key server's response, chosen by the test. */
type Answer = () => Response | Promise<Response>;

const setOf = (...keys: TestKey[]): Answer => () =>
  Response.json({ keys: keys.map((key) => key.publicJwk) });

const down: Answer = () => Promise.reject(new TypeError("connection refused"));

/** Sessions whose key server responds with the current answer. */
function signIn(answer: Answer) {
  const clock = testClock();
  const { log, lines } = recordingLog();
  const server = { answer, requests: 0 };
  const sessions = createSessions({
    auth: authConfig({
      keys: { kind: "jwks", url: new URL("https://keys.example/jwks.json") },
    }),
    now: clock.now,
    log,
    fetch: async () => {
      server.requests += 1;
      return await server.answer();
    },
  });
  /** Verifies a new token, which is not cached. */
  const verify = async (key: TestKey) => {
    const token = await sessionToken({
      key,
      nowMs: clock.nowMs,
      claims: { ...memberClaims(), jti: crypto.randomUUID() },
    });
    return await sessions.verify(token);
  };
  return { clock, lines, server, sessions, verify };
}

async function refusal(check: () => Promise<unknown>): Promise<BillingError> {
  return await assertRejects(check, BillingError);
}

async function assertUnavailable(
  check: () => Promise<unknown>,
  retryAfterSec: number,
): Promise<void> {
  const error = await refusal(check);
  assertEquals(error.code, "unavailable");
  assertEquals(error.details.retryAfterSec, retryAfterSec);
}

/** Waits for an attempt that runs in the background. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("a key set is fetched once for many tokens", async () => {
  const key = await testKey("RS256");
  const { server, verify } = signIn(setOf(key));
  await Promise.all(Array.from({ length: 20 }, () => verify(key)));
  await verify(key);
  assertEquals(server.requests, 1);
});

Deno.test("a stale key set is fetched again", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(setOf(key));
  await verify(key);
  clock.nowMs += FRESH_MS - 1;
  await verify(key);
  assertEquals(server.requests, 1);
  clock.nowMs += 1;
  await verify(key);
  assertEquals(server.requests, 2);
});

Deno.test("a withdrawn key is refused once the set is fetched again", async () => {
  const [old, next] = [await testKey("RS256"), await testKey("RS256", "next")];
  const { clock, server, verify } = signIn(setOf(old));
  await verify(old);
  server.answer = setOf(next);
  clock.nowMs += FRESH_MS;
  assertEquals((await refusal(() => verify(old))).code, "unauthorized");
});

Deno.test("a rotated key is found at its first token", async () => {
  const [old, next] = [await testKey("RS256"), await testKey("RS256", "next")];
  const { clock, server, verify } = signIn(setOf(old));
  await verify(old);
  server.answer = setOf(old, next);
  clock.nowMs += COOLDOWN_MS;
  const all = Array.from({ length: 5 }, () => verify(next));
  assertEquals((await Promise.all(all)).length, 5);
  assertEquals(server.requests, 2);
});

Deno.test("a flood of unknown kids causes one fetch per cooldown", async () => {
  const [key, other] = [
    await testKey("RS256"),
    await testKey("RS256", "other"),
  ];
  const { clock, server, verify } = signIn(setOf(key));
  await verify(key);
  for (let i = 0; i < 4; i++) {
    for (let flood = 0; flood < 10; flood++) {
      assertEquals((await refusal(() => verify(other))).code, "unauthorized");
    }
    clock.nowMs += COOLDOWN_MS / 2;
  }
  assertEquals(server.requests, 2);
});

Deno.test("a disallowed algorithm causes no fetch", async () => {
  const { server, verify } = signIn(setOf(await testKey("RS256")));
  const key = await testKey("RS384");
  assertEquals((await refusal(() => verify(key))).code, "unauthorized");
  assertEquals(server.requests, 0);
});

Deno.test("a token without kid passes with one key and not with two", async () => {
  const [key, other] = [
    await testKey("RS256"),
    await testKey("RS256", "other"),
  ];
  const token = await sessionToken({ key, header: { kid: undefined } });
  await signIn(setOf(key)).sessions.verify(token);
  const { sessions } = signIn(setOf(key, other));
  const error = await refusal(() => sessions.verify(token));
  assertEquals(error.code, "unauthorized");
});

Deno.test("a key server that never answered is 503 with Retry-After", async () => {
  const key = await testKey("RS256");
  const { sessions, verify } = signIn(down);
  await assertUnavailable(() => verify(key), 1);
  await assertUnavailable(() => sessions.ready(), 1);
});

Deno.test("a token is accepted as soon as the key server is back", async () => {
  const key = await testKey("RS256");
  const { clock, lines, server, verify } = signIn(down);
  await assertUnavailable(() => verify(key), 1);
  server.answer = setOf(key);
  clock.nowMs += 1_000;
  await verify(key);
  assertEquals(lines.map((line) => line.level), ["warn", "info"]);
});

Deno.test("a past outage leaves no error state", async () => {
  const [key, other] = [
    await testKey("RS256"),
    await testKey("RS256", "other"),
  ];
  const { clock, server, verify } = signIn(down);
  for (const waitSec of [1, 2, 4]) {
    await assertUnavailable(() => verify(key), waitSec);
    clock.nowMs += waitSec * 1000;
  }
  server.answer = setOf(key);
  await verify(key);
  assertEquals((await refusal(() => verify(other))).code, "unauthorized");
  server.answer = down;
  clock.nowMs += STALE_MS;
  await assertUnavailable(() => verify(key), 1);
});

Deno.test("concurrent callers wait for one attempt", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(down);
  await assertUnavailable(() => verify(key), 1);
  clock.nowMs += 1_000;
  const slow = Promise.withResolvers<Response>();
  server.answer = () => slow.promise;
  const first = verify(key);
  await settled();
  const second = verify(key);
  await settled();
  slow.resolve(await setOf(key)());
  await Promise.all([first, second]);
  assertEquals(server.requests, 2);
});

Deno.test("attempts back off after failures, up to a minute", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(down);
  for (const waitSec of [1, 2, 4, 8, 16, 32, 60, 60]) {
    const before = server.requests;
    await assertUnavailable(() => verify(key), waitSec);
    clock.nowMs += waitSec * 1000 - 1;
    await assertUnavailable(() => verify(key), 1);
    assertEquals(server.requests, before + 1); // no attempt during the back-off
    clock.nowMs += 1;
  }
});

Deno.test("callers during an outage share one attempt", async () => {
  const key = await testKey("RS256");
  const { server, verify } = signIn(down);
  const all = Array.from({ length: 20 }, () => refusal(() => verify(key)));
  assertEquals(new Set((await Promise.all(all)).map((e) => e.code)).size, 1);
  assertEquals(server.requests, 1);
});

Deno.test("a cached set is used while the key server is down", async () => {
  const key = await testKey("RS256");
  const { clock, lines, server, sessions, verify } = signIn(setOf(key));
  await verify(key);
  server.answer = down;
  clock.nowMs += FRESH_MS;
  await verify(key);
  await sessions.ready();
  assertEquals(lines.map((line) => line.older_keys_in_use), [true]);
});

Deno.test("with a cached set, callers do not wait for a hanging key server", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(setOf(key));
  await verify(key);
  server.answer = down;
  clock.nowMs += FRESH_MS;
  await verify(key);
  clock.nowMs += 1_000;
  const hanging = Promise.withResolvers<Response>();
  server.answer = () => hanging.promise;
  await verify(key); // before the attempt ends
  assertEquals(server.requests, 3);
  hanging.resolve(await setOf(key)());
  await settled();
  await verify(key);
  assertEquals(server.requests, 3); // the new set is fresh
});

Deno.test("a cached set is used for at most a day", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(setOf(key));
  await verify(key);
  server.answer = down;
  clock.nowMs += STALE_MS - 1;
  await verify(key);
  await settled();
  clock.nowMs += MAX_BACK_OFF_MS;
  await assertUnavailable(() => verify(key), 2);
});

Deno.test("a new kid during an outage is 503, as it may be a rotated key", async () => {
  const [old, next] = [await testKey("RS256"), await testKey("RS256", "next")];
  const { clock, server, verify } = signIn(setOf(old));
  await verify(old);
  server.answer = down;
  clock.nowMs += COOLDOWN_MS;
  await assertUnavailable(() => verify(next), 1);
  await assertUnavailable(() => verify(next), 1);
  assertEquals(server.requests, 2);
  await verify(old);
  server.answer = setOf(old, next);
  clock.nowMs += 1_000; // at the announced time
  await verify(next);
});

Deno.test("a cached token needs no key server", async () => {
  const key = await testKey("RS256");
  const { clock, server, sessions } = signIn(setOf(key));
  const token = await sessionToken({ key });
  await sessions.verify(token);
  server.answer = down;
  clock.nowMs += 30_000;
  await sessions.verify(token);
  assertEquals(server.requests, 1);
});

Deno.test("a clock set back does not prolong the wait", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(down);
  await assertUnavailable(() => verify(key), 1);
  clock.nowMs -= 3_600_000;
  await assertUnavailable(() => verify(key), 1);
  server.answer = setOf(key);
  clock.nowMs += 1_000;
  await verify(key);
});

Deno.test("a clock set back does not keep an old set fresh", async () => {
  const key = await testKey("RS256");
  const { clock, server, verify } = signIn(setOf(key));
  await verify(key);
  clock.nowMs -= 3_600_000;
  await verify(key);
  clock.nowMs += FRESH_MS;
  await verify(key);
  assertEquals(server.requests, 2);
});

Deno.test("keys that must not verify are dropped from a set", async () => {
  const key = await testKey("RS256");
  const { publicJwk } = key;
  const left = [
    { kty: "oct", k: "AAAA", kid: "a", alg: "HS256" },
    { ...publicJwk, kid: "b", d: "AQAB" },
    { ...publicJwk, kid: "c", n: "AQAB" },
    { kty: "RSA", kid: "d", alg: "RS256" },
    { kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "e" },
    (await testKey("ES384")).publicJwk,
    "text",
    null,
  ];
  const { lines, verify } = signIn(() =>
    Response.json({ keys: [...left, publicJwk] })
  );
  await verify(key);
  assertEquals(lines.length, left.length);
  for (const kid of ["a", "b", "c", "d", "e"]) {
    const named = { ...key, publicJwk: { ...publicJwk, kid } };
    assertEquals((await refusal(() => verify(named))).code, "unauthorized");
  }
});

const USELESS: Record<string, Answer> = {
  "no JSON": () => new Response("<html>"),
  "an empty body": () => new Response(null),
  "invalid UTF-8": () => new Response(new Uint8Array([0xff])),
  "JSON that is no set": () => Response.json([]),
  "a set whose keys are not an array": () => Response.json({ keys: {} }),
  "a set without keys": () => Response.json({ keys: [] }),
  "a set of symmetric keys": () =>
    Response.json({ keys: [{ kty: "oct", k: "AAAA" }] }),
  "status 500": () => new Response("{}", { status: 500 }),
  "status 404": () => new Response("{}", { status: 404 }),
  "status 204": () => new Response(null, { status: 204 }),
  "a redirect": () => Response.redirect("https://evil.example/", 302),
};

for (const [name, answer] of Object.entries(USELESS)) {
  Deno.test(`${name} from the key server is a failure, not a set`, async () => {
    const key = await testKey("RS256");
    await assertUnavailable(() => signIn(answer).verify(key), 1);
    const { clock, server, verify } = signIn(setOf(key));
    await verify(key);
    server.answer = answer;
    clock.nowMs += FRESH_MS;
    await verify(key); // the valid set is kept
    assertEquals(server.requests, 2);
  });
}

Deno.test("an unavailable error hides the reason and the address", async () => {
  const key = await testKey("RS256");
  const { verify } = signIn(down);
  const error = await refusal(() => verify(key));
  assert(!/refused|https?:|jwks/i.test(error.message), error.message);
});
