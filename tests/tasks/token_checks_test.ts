import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import {
  createReasonLog,
  explainToken,
  formatSteps,
} from "@/tasks/token_checks.ts";
import { openTestApp } from "@/tests/helpers/app.ts";
import { CLAIM_ATTACKS } from "@/tests/helpers/claim_attacks.ts";
import { authConfigOf, issuerOf, ISSUERS } from "@/tests/helpers/issuers.ts";
import { deno, withFolder } from "@/tests/helpers/server_process.ts";
import { TOKEN_ATTACKS } from "@/tests/helpers/token_attacks.ts";
import {
  ISSUER,
  NOW_MS,
  sessionToken,
  testKey,
} from "@/tests/helpers/tokens.ts";

/** Explains tokens of an issuer. */
async function explainerOf(issuer = issuerOf("clerk")) {
  await using app = await openTestApp();
  const { log, reason } = createReasonLog();
  const { pem } = await testKey();
  const auth = authConfigOf(issuer, { kind: "pem", pem });
  const now = () => NOW_MS;
  const services = {
    config: { ...app.services.config, auth },
    sessions: createSessions({ auth, now, log }),
    now,
  };
  return (token: string) => explainToken(services, reason, token);
}

for (const issuer of ISSUERS) {
  const { provider, shape, membership } = issuer;

  Deno.test(`doctor explains why a token of ${provider} is accepted`, async () => {
    const explain = await explainerOf(issuer);
    const claims = membership("org_1", "admin");
    const token = await sessionToken({ shape, claims });
    const steps = await explain(token);
    assertEquals(steps.filter(({ ok }) => !ok), []);
    const role = provider === "clerk" ? "org:admin" : "admin";
    assertEquals(
      steps.at(-1)?.detail,
      `accepted for organization org_1, role ${role}, which may manage billing`,
    );
    assertHidden(formatSteps(steps), token);
  });

  Deno.test(`doctor explains every refused token of ${provider}`, async () => {
    const explain = await explainerOf(issuer);
    const key = await testKey();
    for (
      const { name, token, refusedBy } of [...TOKEN_ATTACKS, ...CLAIM_ATTACKS]
    ) {
      if (refusedBy?.(issuer) === false) continue;
      const attack = await token(key, issuer);
      const steps = await explain(attack);
      const failed = steps.filter(({ ok }) => ok === false);
      assertEquals(failed.length, 1, name);
      assert(failed[0]?.fix, name);
      assertHidden(formatSteps(steps), attack);
    }
  });
}

/** Neither the token nor the user is printed. */
function assertHidden(lines: readonly string[], token: string): void {
  const text = lines.join("\n");
  for (const part of token.split(".")) {
    assert(part.length < 12 || !text.includes(part), "the token was printed");
  }
  for (const personal of ["user_1", "ada@example.com", "auth0|"]) {
    assert(!text.includes(personal), personal);
  }
}

Deno.test("doctor names the step that fails, and skips later ones", async () => {
  const explain = await explainerOf();
  const steps = await explain(
    await sessionToken({ claims: { iss: `${ISSUER}/` } }),
  );
  const marks = steps.map(({ name, ok }) => `${name} ${ok}`);
  assertEquals(marks, [
    ...["format true", "header true", "key true", "signature true"],
    ...["claims true", "issuer false", "audience null", "time null"],
    ...["authorized party null", "organization null"],
  ]);
  const issuer = steps.find(({ name }) => name === "issuer");
  assertStringIncludes(
    issuer?.detail ?? "",
    `"${ISSUER}/", expected ${ISSUER}`,
  );
});

Deno.test("doctor explains a token without an organization", async () => {
  const issuer = issuerOf("supabase");
  const explain = await explainerOf(issuer);
  const steps = await explain(await sessionToken({ shape: issuer.shape }));
  const result = steps.at(-1);
  assertEquals([result?.name, result?.ok], ["result", false]);
  const { detail } = steps.at(-2) ?? { detail: "" };
  assertStringIncludes(detail, "app_metadata.org_id");
  assertStringIncludes(detail, "app_metadata.provider");
});

Deno.test("doctor --token runs as a command and never prints the token", () =>
  withFolder(async (folder) => {
    const { pem } = await testKey();
    const nowMs = Date.now();
    const token = await sessionToken({
      nowMs,
      claims: { o: { id: "org_1", rol: "admin" } },
    });
    const env = {
      AUTH_JWT_KEY: pem,
      AUTH_ISSUER: ISSUER,
      APP_URL: "http://127.0.0.1:9",
      KV_PATH: `${folder}/kv.sqlite3`,
      NO_COLOR: "1",
    };
    const run = async (...args: string[]) => {
      const command = deno(["task", "--quiet", "doctor", ...args], env);
      const { code, stdout, stderr } = await command.output();
      const text = new TextDecoder();
      return { code, printed: text.decode(stdout) + text.decode(stderr) };
    };
    const accepted = await run("--token", token);
    assertEquals(accepted.code, 0, accepted.printed);
    assertStringIncludes(accepted.printed, "ok   result: accepted for org");
    assertHidden([accepted.printed], token);
    const refused = await run("--token", `${token}x`);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.printed, "FAIL signature");
    assertHidden([refused.printed], token);
    const misused = await run(token);
    assertEquals(misused.code, 1);
    assertHidden([misused.printed], token);
  }));
