import { assert, assertEquals, assertRejects } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import {
  APP_URL,
  authConfig,
  type Members,
  NOW_MS,
  recordingLog,
  sessionToken,
  type TestAlgorithm,
  testClock,
  testKey,
  testSessions,
} from "@/tests/helpers/tokens.ts";

const NOW_SEC = NOW_MS / 1000;

/** Sessions whose key is loaded, which performs one signature check. */
async function readySessions() {
  const made = await testSessions();
  await made.sessions.ready();
  return made;
}

/** The session of a token that is valid except for these claims. */
async function verified(claims: Members) {
  const { sessions } = await testSessions();
  return await sessions.verify(await sessionToken({ claims }));
}

async function assertRefused(check: () => Promise<unknown>): Promise<void> {
  const error = await assertRejects(check, BillingError);
  assertEquals(error.code, "unauthorized");
}

/** Counts signature checks by wrapping the platform's `verify`. */
async function countChecks(run: () => Promise<void>): Promise<number> {
  const { subtle } = crypto;
  const verify = subtle.verify;
  let count = 0;
  subtle.verify = (...args: Parameters<typeof verify>) => {
    count += 1;
    return verify.apply(subtle, args);
  };
  try {
    await run();
  } finally {
    subtle.verify = verify;
  }
  return count;
}

Deno.test("verify() returns the user and the session", async () => {
  assertEquals(await verified({}), {
    userId: "user_1",
    sessionId: "sess_1",
    orgId: null,
    role: null,
    orgName: null,
    email: null,
    impersonated: false,
  });
});

for (const algorithm of ["RS256", "ES256", "EdDSA"] satisfies TestAlgorithm[]) {
  Deno.test(`verify() accepts ${algorithm} with a PEM and with a key set`, async () => {
    const key = await testKey(algorithm);
    const url = new URL("https://keys.example/");
    const sources = [
      { kind: "pem", pem: key.pem },
      { kind: "jwks", url },
    ] as const;
    for (const keys of sources) {
      const sessions = createSessions({
        auth: authConfig({ keys }),
        now: testClock().now,
        log: recordingLog().log,
        fetch: () => Promise.resolve(Response.json({ keys: [key.publicJwk] })),
      });
      const session = await sessions.verify(await sessionToken({ key }));
      assertEquals(session.userId, "user_1");
    }
  });
}

Deno.test("verify() accepts ids in any spelling", async () => {
  const session = await verified({ sub: "7", sid: "a b" });
  assertEquals([session.userId, session.sessionId], ["7", "a b"]);
});

Deno.test("verify() reads the organization and role of version 2", async () => {
  const session = await verified({
    o: { id: "org_1", slg: "one", rol: "admin", per: "read", fpm: "1" },
  });
  assertEquals([session.orgId, session.role], ["org_1", "org:admin"]);
});

Deno.test("verify() reads the organization and role of version 1", async () => {
  const session = await verified({
    v: undefined,
    org_id: "org_1",
    org_slug: "one",
    org_role: "org:admin",
  });
  assertEquals([session.orgId, session.role], ["org_1", "org:admin"]);
});

Deno.test("verify() ignores an org_id beside version 2", async () => {
  const forged = { org_id: "org_2", org_role: "org:admin" };
  const personal = await verified(forged);
  assertEquals([personal.orgId, personal.role], [null, null]);
  const member = await verified({
    ...forged,
    o: { id: "org_1", rol: "member" },
  });
  assertEquals([member.orgId, member.role], ["org_1", "org:member"]);
});

Deno.test("verify() ignores an o claim in version 1", async () => {
  const session = await verified({ v: undefined, o: { id: "org_2" } });
  assertEquals(session.orgId, null);
});

Deno.test("verify() normalizes roles of both versions", async () => {
  const spellings = [
    { o: { id: "org_1", rol: "admin" } },
    { o: { id: "org_1", rol: "org:admin" } },
    { v: undefined, org_id: "org_1", org_role: "org:admin" },
    { v: undefined, org_id: "org_1", org_role: "admin" },
  ];
  for (const claims of spellings) {
    assertEquals((await verified(claims)).role, "org:admin");
  }
});

Deno.test("verify() accepts an organization without a role", async () => {
  const session = await verified({ o: { id: "org_1" } });
  assertEquals([session.orgId, session.role], ["org_1", null]);
});

Deno.test("verify() accepts organization ids up to the length limit", async () => {
  for (const id of ["o", "A-Z_9", "o".repeat(128)]) {
    assertEquals((await verified({ o: { id } })).orgId, id);
  }
});

Deno.test("verify() treats a null claim as missing", async () => {
  assertEquals((await verified({ o: null })).orgId, null);
  assertEquals((await verified({ v: undefined, org_id: null })).orgId, null);
  assertEquals((await verified({ act: null })).impersonated, false);
});

Deno.test("verify() reports impersonation", async () => {
  for (const act of [{ sub: "user_9", sid: "sess_9" }, "user_9", false]) {
    assertEquals((await verified({ act })).impersonated, true);
  }
});

Deno.test("verify() accepts a token without status or category", async () => {
  const { sessions } = await testSessions();
  for (const cat of [undefined, "cl_B7d4PD111AAA", "cl_new"]) {
    const token = await sessionToken({
      header: { cat },
      claims: { sts: undefined },
    });
    assertEquals((await sessions.verify(token)).userId, "user_1");
  }
});

Deno.test("verify() allows 5 s of clock skew", async () => {
  await verified({ exp: NOW_SEC - 4 });
  await verified({ nbf: NOW_SEC + 5 });
  await verified({ iat: NOW_SEC + 5 });
  await verified({ iat: NOW_SEC - 605, exp: NOW_SEC + 60 });
});

Deno.test("verify() skips azp and iss when none is configured", async () => {
  const { sessions } = await testSessions({
    authorizedParties: null,
    issuer: null,
  });
  const token = await sessionToken({
    claims: { azp: undefined, iss: undefined },
  });
  assertEquals((await sessions.verify(token)).userId, "user_1");
});

Deno.test("verify() accepts any configured authorized party", async () => {
  const other = "https://app.example";
  const { sessions } = await testSessions({
    authorizedParties: [APP_URL, other],
  });
  const token = await sessionToken({ claims: { azp: other } });
  assertEquals((await sessions.verify(token)).userId, "user_1");
});

Deno.test("verify() requires the configured audience", async () => {
  const { sessions, lines } = await testSessions({
    audience: ["billing", "b2"],
  });
  for (const aud of ["billing", ["x", "b2"]]) {
    await sessions.verify(await sessionToken({ claims: { aud } }));
  }
  for (const aud of [undefined, "other", ["other"], 7, []]) {
    const token = await sessionToken({ claims: { aud } });
    await assertRefused(() => sessions.verify(token));
  }
  const reasons = lines.flatMap(({ reason }) => reason ?? []);
  assertEquals(reasons, Array(5).fill("token-invalid-audience"));
});

Deno.test("verify() skips aud when none is configured", async () => {
  assertEquals((await verified({ aud: "other" })).userId, "user_1");
});

Deno.test("a cached token needs no second signature check", async () => {
  const { sessions } = await readySessions();
  const token = await sessionToken();
  const checks = await countChecks(async () => {
    const first = await sessions.verify(token);
    for (let i = 0; i < 100; i++) {
      assertEquals(await sessions.verify(token), first);
    }
  });
  assertEquals(checks, 1);
});

Deno.test("concurrent callers share one signature check", async () => {
  const { sessions } = await readySessions();
  const token = await sessionToken();
  const checks = await countChecks(async () => {
    const all = Array.from({ length: 64 }, () => sessions.verify(token));
    assertEquals(new Set(await Promise.all(all)).size, 1);
  });
  assertEquals(checks, 1);
});

Deno.test("a refused token is checked again", async () => {
  const { sessions } = await readySessions();
  const token = await sessionToken({
    key: await testKey("EdDSA", "attacker's"),
  });
  const checks = await countChecks(async () => {
    const both = [sessions.verify(token), sessions.verify(token)];
    for (const check of both) await assertRefused(() => check);
    await assertRefused(() => sessions.verify(token));
  });
  assertEquals(checks, 2); // one for the two concurrent calls, one for the third
});

Deno.test("a token refused as not yet valid passes later", async () => {
  const { sessions, clock } = await readySessions();
  const token = await sessionToken({ claims: { nbf: NOW_SEC + 30 } });
  await assertRefused(() => sessions.verify(token));
  clock.nowMs += 30_000;
  assertEquals((await sessions.verify(token)).userId, "user_1");
});

Deno.test("a cached token is refused once expired", async () => {
  const { sessions, clock } = await readySessions();
  const token = await sessionToken({ claims: { exp: NOW_SEC + 20 } });
  await sessions.verify(token);
  clock.nowMs += 19_999;
  await sessions.verify(token);
  clock.nowMs = NOW_MS + 25_000; // the clock skew has passed as well
  await assertRefused(() => sessions.verify(token));
});

Deno.test("a cached token is checked again after a minute", async () => {
  const { sessions, clock } = await readySessions();
  const token = await sessionToken({ claims: { exp: NOW_SEC + 3_600 } });
  const checks = await countChecks(async () => {
    await sessions.verify(token);
    clock.nowMs += 59_999;
    await sessions.verify(token);
    clock.nowMs += 1;
    await sessions.verify(token);
  });
  assertEquals(checks, 2);
});

Deno.test("a cached token is refused when ten minutes old", async () => {
  const { sessions, clock } = await readySessions();
  const token = await sessionToken({
    claims: { iat: NOW_SEC - 590, exp: NOW_SEC + 3_600 },
  });
  await sessions.verify(token);
  clock.nowMs += 16_000;
  await assertRefused(() => sessions.verify(token));
});

Deno.test("a cached token is checked again when the clock is set back", async () => {
  const { sessions, clock } = await readySessions();
  const token = await sessionToken();
  await sessions.verify(token);
  clock.nowMs -= 3_600_000;
  await assertRefused(() => sessions.verify(token));
});

Deno.test("another encoding of a cached token misses the cache", async () => {
  const { sessions } = await readySessions();
  const token = await sessionToken();
  await sessions.verify(token);
  for (const other of [`${token} `, `${token}=`, token.slice(0, -1)]) {
    await assertRefused(() => sessions.verify(other));
  }
});

Deno.test("a cached session cannot be changed by its reader", async () => {
  const { sessions } = await readySessions();
  const session = await sessions.verify(await sessionToken());
  assert(Object.isFrozen(session));
});

Deno.test("a refusal caused by misconfiguration is logged at info", async () => {
  const { sessions, lines } = await readySessions();
  for (const claims of [{ iss: "https://x.example" }, { exp: NOW_SEC - 9 }]) {
    const token = await sessionToken({ claims });
    await assertRefused(() => sessions.verify(token));
  }
  assertEquals(lines.map(({ level, reason }) => [level, reason]), [
    ["info", "token-invalid-issuer"],
    ["debug", "token-expired"],
  ]);
});
