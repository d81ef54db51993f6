import { assertEquals, assertRejects } from "@std/assert";
import type { JwkSourceConfig } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import { CLAIM_ATTACKS } from "@/tests/helpers/claim_attacks.ts";
import {
  type Source,
  SOURCES,
  TOKEN_ATTACKS,
} from "@/tests/helpers/token_attacks.ts";
import {
  authConfigOf,
  type Issuer,
  issuerOf,
  ISSUERS,
} from "@/tests/helpers/issuers.ts";
import {
  recordingLog,
  sessionToken,
  testClock,
  testKey,
} from "@/tests/helpers/tokens.ts";

const ATTACKS = [...TOKEN_ATTACKS, ...CLAIM_ATTACKS];

/** Sessions that accept a valid token of the issuer. */
async function sessionsBy(source: Source, issuer = issuerOf("clerk")) {
  const key = await testKey("RS256");
  const { log, lines } = recordingLog();
  const keys: JwkSourceConfig = source === "PEM"
    ? { kind: "pem", pem: key.pem }
    : { kind: "jwks", url: new URL("https://keys.example/jwks.json") };
  const sessions = createSessions({
    auth: authConfigOf(issuer, keys),
    now: testClock().now,
    log,
    fetch: () => Promise.resolve(Response.json({ keys: [key.publicJwk] })),
  });
  return { sessions, lines, key };
}

for (const issuer of ISSUERS) {
  for (const source of SOURCES) testAttacks(issuer, source);
}

function testAttacks(issuer: Issuer, source: Source): void {
  const { provider, shape } = issuer;
  const label = `${provider} by ${source}`;

  Deno.test(`a valid session token is accepted: ${label}`, async () => {
    const { sessions, key, lines } = await sessionsBy(source, issuer);
    const claims = issuer.membership("org_1", "admin");
    const session = await sessions.verify(
      await sessionToken({ key, shape, claims }),
    );
    assertEquals(session.userId, shape.claims(0)["sub"]);
    assertEquals(session.orgId, "org_1");
    assertEquals(session.role, provider === "clerk" ? "org:admin" : "admin");
    assertEquals(lines, []);
  });

  for (const { name, token, reason, refusedBy } of ATTACKS) {
    if (refusedBy?.(issuer) === false) continue;
    Deno.test(`session token is refused: ${label}, ${name}`, async () => {
      const { sessions, lines, key } = await sessionsBy(source, issuer);
      const attack = await token(key, issuer);
      const error = await assertRejects(
        () => sessions.verify(attack),
        BillingError,
      );
      assertEquals(error.code, "unauthorized");
      assertEquals(error.message, "Authentication required");
      const [line, ...more] = lines;
      const expected = typeof reason === "string" ? reason : reason[source];
      assertEquals(line?.reason, expected);
      assertEquals(more, []);
      // The log must not contain the attack's text.
      const logged = JSON.stringify(lines);
      assertEquals(
        attack.length > 9 && logged.includes(attack.slice(0, 40)),
        false,
      );
    });
  }
}

/** Kids that a lookup by path or query would interpret. */
const ODD_KIDS = ["unknown", "../../etc/passwd", "' OR 1=1 --", {}, 7, null];

for (const kid of ODD_KIDS) {
  const text = JSON.stringify(kid);
  Deno.test(`session token with kid ${text} finds no key in a set`, async () => {
    const { sessions, lines, key } = await sessionsBy("JWKS");
    const token = await sessionToken({ key, header: { kid } });
    await assertRejects(() => sessions.verify(token), BillingError);
    assertEquals(lines.map((line) => line.reason), ["jwk-kid-mismatch"]);
  });

  Deno.test(`session token with kid ${text} is verified by a PEM`, async () => {
    const { sessions, key } = await sessionsBy("PEM");
    const token = await sessionToken({ key, header: { kid } });
    assertEquals((await sessions.verify(token)).userId, "user_1");
  });
}

Deno.test("a damaged session token is 401", async () => {
  const { sessions, key } = await sessionsBy("JWKS");
  const token = await sessionToken({ key });
  for (let at = 0; at < token.length - 1; at += 7) {
    const damaged = token.slice(0, at) + (token[at] === "x" ? "y" : "x") +
      token.slice(at + 1);
    const error = await assertRejects(
      () => sessions.verify(damaged),
      BillingError,
    );
    assertEquals(error.code, "unauthorized", `at ${at}`);
  }
});
