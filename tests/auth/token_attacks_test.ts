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
  authConfig,
  recordingLog,
  sessionToken,
  testClock,
  testKey,
} from "@/tests/helpers/tokens.ts";

const ATTACKS = [...TOKEN_ATTACKS, ...CLAIM_ATTACKS];

/** Sessions that accept a valid token. */
async function sessionsBy(source: Source) {
  const key = await testKey("RS256");
  const { log, lines } = recordingLog();
  const keys: JwkSourceConfig = source === "PEM"
    ? { kind: "pem", pem: key.pem }
    : { kind: "jwks", url: new URL("https://keys.example/jwks.json") };
  const sessions = createSessions({
    auth: authConfig({ keys }),
    now: testClock().now,
    log,
    fetch: () => Promise.resolve(Response.json({ keys: [key.publicJwk] })),
  });
  return { sessions, lines, key };
}

for (const source of SOURCES) {
  Deno.test(`a valid session token is accepted by ${source}`, async () => {
    const { sessions, key } = await sessionsBy(source);
    const session = await sessions.verify(await sessionToken({ key }));
    assertEquals(session.userId, "user_1");
  });

  for (const { name, token, reason } of ATTACKS) {
    Deno.test(`session token is refused by ${source}: ${name}`, async () => {
      const { sessions, lines, key } = await sessionsBy(source);
      const attack = await token(key);
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
