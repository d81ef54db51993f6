import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { exportPKCS8, exportSPKI, generateKeyPair } from "jose";
import { ConfigError } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import {
  authConfig,
  recordingLog,
  sessionToken,
  testClock,
  testKey,
} from "@/tests/helpers/tokens.ts";

function sessionsByPem(pem: string) {
  return createSessions({
    auth: authConfig({ keys: { kind: "pem", pem } }),
    now: testClock().now,
    log: recordingLog().log,
  });
}

async function assertUnusable(pem: string): Promise<string> {
  const error = await assertRejects(
    () => sessionsByPem(pem).ready(),
    ConfigError,
  );
  assertStringIncludes(error.message, "AUTH_JWT_KEY");
  return error.message;
}

/** An RSA key pair too short for jose to generate. */
async function shortRsaPem(): Promise<string> {
  const pair = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  );
  return await exportSPKI(pair.publicKey);
}

Deno.test("a PEM key loads for each algorithm", async () => {
  for (const algorithm of ["RS256", "ES256", "EdDSA"] as const) {
    await sessionsByPem((await testKey(algorithm)).pem).ready();
  }
});

Deno.test("a PEM key may have CRLF line endings", async () => {
  const key = await testKey("RS256");
  const sessions = sessionsByPem(key.pem.replaceAll("\n", "\r\n"));
  const token = await sessionToken({ key });
  assertEquals((await sessions.verify(token)).userId, "user_1");
});

Deno.test("an RSA PEM key under 2048 bits is refused at start", async () => {
  assertStringIncludes(await assertUnusable(await shortRsaPem()), "1024 bits");
});

Deno.test("a PEM key on another curve is refused at start", async () => {
  await assertUnusable((await testKey("ES384")).pem);
});

Deno.test("a PEM without a public key is refused at start", async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  await assertUnusable(await exportPKCS8(pair.privateKey));
  await assertUnusable(
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
  );
  await assertUnusable("no key at all");
});

Deno.test("a PEM key verifies its own algorithm only", async () => {
  const sessions = sessionsByPem((await testKey("ES256")).pem);
  for (const alg of ["RS256", "EdDSA"]) {
    const token = await sessionToken({
      key: await testKey("ES256"),
      header: { alg },
    });
    const error = await assertRejects(
      () => sessions.verify(token),
      BillingError,
    );
    assertEquals(error.code, "unauthorized");
  }
});

Deno.test("sandbox keys are loaded once, at the first token", async () => {
  const key = await testKey("ES256");
  let asked = 0;
  const sessions = createSessions({
    auth: authConfig({ keys: { kind: "sandbox" } }),
    now: testClock().now,
    log: recordingLog().log,
    localKeys: () => {
      asked += 1;
      return Promise.resolve({ keys: [key.publicJwk] });
    },
  });
  assertEquals(asked, 0);
  await sessions.ready();
  await sessions.verify(await sessionToken({ key }));
  assertEquals(asked, 1);
});

Deno.test("sandbox keys are loaded again after a failure", async () => {
  const key = await testKey("ES256");
  let asked = 0;
  const sessions = createSessions({
    auth: authConfig({ keys: { kind: "sandbox" } }),
    now: testClock().now,
    log: recordingLog().log,
    localKeys: () => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new Error("store is closed"))
        : Promise.resolve({ keys: [key.publicJwk] });
    },
  });
  await assertRejects(() => sessions.ready(), Error, "store is closed");
  await sessions.ready();
});

Deno.test("a sandbox without keys fails at start", () => {
  assertThrows(() =>
    createSessions({
      auth: authConfig({ keys: { kind: "sandbox" } }),
      now: testClock().now,
      log: recordingLog().log,
    }), TypeError);
});

Deno.test("createSessions() loads and fetches nothing", () => {
  createSessions({
    auth: authConfig({
      keys: { kind: "jwks", url: new URL("https://keys.example/") },
    }),
    now: testClock().now,
    log: recordingLog().log,
    fetch: () => {
      throw new Error("asked");
    },
  });
  assert(true, "reached");
});
