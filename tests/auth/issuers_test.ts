import { assert, assertEquals, assertThrows } from "@std/assert";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import {
  ConfigError,
  type Environment,
  loadConfig,
} from "@/lib/config/config.ts";
import { openTestApp } from "@/tests/helpers/app.ts";
import { authConfigOf, issuerOf, ISSUERS } from "@/tests/helpers/issuers.ts";
import {
  authConfig,
  ISSUER,
  type Members,
  recordingLog,
  sessionToken,
  testClock,
  testKey,
  testSessions,
  tokenRules,
} from "@/tests/helpers/tokens.ts";

const BALANCE = "/api/v1/account/balance";
const CHARGES = "/api/v1/billing/charges";

/** The session of a token with these claims, by the rules of an environment. */
async function sessionBy(environment: Environment, claims: Members) {
  const { sessions } = await testSessions({ rules: tokenRules(environment) });
  return await sessions.verify(await sessionToken({ claims }));
}

function problemsOf(environment: Environment): readonly string[] {
  const live = {
    APP_URL: "https://app.example.com",
    STRIPE_SECRET_KEY: "sk_live_abc",
    STRIPE_WEBHOOK_SECRET: "whsec_abc",
    AUTH_JWKS_URL: "https://auth.example.com/jwks.json",
  };
  const load = () => loadConfig({ ...live, ...environment });
  return assertThrows(load, ConfigError).problems;
}

for (const { provider, environment, shape, membership } of ISSUERS) {
  Deno.test(`the API accepts a member's token of ${provider}`, async () => {
    await using app = await openTestApp({
      ...environment,
      AUTH_ISSUER: ISSUER,
    });
    const call = async (claims: Members, header: Members = {}) => {
      const token = await sessionToken({ shape, claims, header });
      const headers = { Authorization: `Bearer ${token}` };
      return await app.fetch(BALANCE, { headers });
    };
    assertEquals((await call(membership("org_1", "member"))).status, 200);
    const noOrganization = await call({});
    assertEquals(noOrganization.status, 400);
    const { message } = await noOrganization.json();
    assertEquals(message, "Organization ID is required");
    assertEquals((await call({}, { typ: "dpop+jwt" })).status, 401);
  });
}

Deno.test("a role of BILLING_ROLES may charge, as the issuer spells it", async () => {
  const { environment, shape, membership } = issuerOf("workos");
  await using app = await openTestApp({
    ...environment,
    BILLING_ROLES: "Finance team,owner",
  });
  const charge = async (role: string | undefined) => {
    const claims = membership("org_1", role);
    const token = await sessionToken({ shape, claims });
    const response = await app.fetch(CHARGES, {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": crypto.randomUUID(),
      },
      body: JSON.stringify({ tokens: 1 }),
    });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await charge("Finance team"), 201);
  assertEquals(await charge("owner"), 201);
  for (const role of ["finance team", "org:owner", "member", undefined]) {
    assertEquals(await charge(role), 403, role);
  }
});

Deno.test("AUTH_ORG_CLAIM and AUTH_ROLE_CLAIM override Clerk's claims", async () => {
  const claims = {
    "o": { id: "org_clerk", rol: "member" },
    "https://app.example/org": "org_custom",
    "custom": { role: "owner" },
  };
  const byUrl = await sessionBy({
    AUTH_ORG_CLAIM: "https://app.example/org",
  }, claims);
  assertEquals([byUrl.orgId, byUrl.role], ["org_custom", "org:member"]);
  const byPath = await sessionBy({ AUTH_ROLE_CLAIM: "custom.role" }, claims);
  assertEquals([byPath.orgId, byPath.role], ["org_clerk", "org:owner"]);
});

Deno.test("a claim path reads own members only", async () => {
  for (
    const path of ["constructor.name", "o.__proto__", "sub.length", "o.x.y"]
  ) {
    const { orgId } = await sessionBy({ AUTH_ORG_CLAIM: path }, {
      o: { id: "org_1" },
    });
    assertEquals(orgId, null, path);
  }
});

Deno.test("AUTH_MAX_AGE replaces the preset's oldest iat", async () => {
  const { sessions, clock } = await testSessions({
    rules: tokenRules({ AUTH_MAX_AGE: "7200" }),
  });
  const nowSec = clock.nowMs / 1000;
  const token = await sessionToken({
    claims: { iat: nowSec - 7_100, exp: nowSec + 7_200 },
  });
  assertEquals((await sessions.verify(token)).userId, "user_1");
});

Deno.test("AUTH_ORG_NAME_CLAIM gives the organization's name, if it can be shown", async () => {
  const rules = { AUTH_ORG_NAME_CLAIM: "org.name" };
  const names: [name: unknown, shown: string | null][] = [
    ["Acme GmbH", "Acme GmbH"],
    [" Acme\u0007 ", "Acme"],
    [7, null],
    ["", null],
    ["x".repeat(201), null],
    [undefined, null],
  ];
  for (const [name, shown] of names) {
    const { orgName } = await sessionBy(rules, { org: { name } });
    assertEquals(orgName, shown);
  }
});

Deno.test("a missing organization claim is logged once, with names only", async () => {
  const issuer = issuerOf("supabase");
  const { log, lines } = recordingLog();
  const { pem } = await testKey();
  const sessions = createSessions({
    auth: authConfigOf(issuer, { kind: "pem", pem }),
    now: testClock().now,
    log,
  });
  for (const email of ["ada@example.com", "bob@example.com"]) {
    const token = await sessionToken({
      shape: issuer.shape,
      claims: { email },
    });
    assertEquals((await sessions.verify(token)).orgId, null);
  }
  assertEquals(lines.length, 1);
  const [line] = lines;
  assertEquals(line?.level, "info");
  assertEquals(line?.["expected"], "app_metadata.org_id");
  const names = String(line?.["claims"]).split(" ");
  assert(names.includes("email") && names.includes("app_metadata.provider"));
  assert(!JSON.stringify(lines).includes("ada@"), "a value was logged");
});

Deno.test("the session cookie can have another name", async () => {
  await using app = await openTestApp({ AUTH_COOKIE: "wos.access-token" });
  const token = await sessionToken({ claims: { o: { id: "org_1" } } });
  const call = async (name: string) => {
    const Cookie = `${name}=${token}`;
    const response = await app.fetch(BALANCE, { headers: { Cookie } });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await call("wos.access-token"), 200);
  assertEquals(await call("__session"), 401);
  assertEquals(await call("wosXaccess-token"), 401);
  const document = await (await app.fetch("/openapi.json")).json();
  const { cookie } = document.components.securitySchemes;
  assertEquals(cookie.name, "wos.access-token");
});

Deno.test("sessions without sid agree by user, organization and role", async () => {
  const { rules, shape, membership } = issuerOf("supabase");
  const { pem } = await testKey();
  const { sessions } = await testSessions(
    authConfig({ keys: { kind: "pem", pem }, rules, authorizedParties: null }),
  );
  const claims = membership("org_1", "admin");
  const session = await sessions.verify(await sessionToken({ shape, claims }));
  assertEquals(session.sessionId, null);
});

const REFUSED: Record<string, [Environment, string[]]> = {
  "an unknown provider": [{ AUTH_PROVIDER: "okta" }, ["AUTH_PROVIDER"]],
  "auth0 without an audience": [{ AUTH_PROVIDER: "auth0" }, ["AUTH_AUDIENCE"]],
  "oidc without its claims": [
    { AUTH_PROVIDER: "oidc" },
    ["AUTH_AUDIENCE", "AUTH_ORG_CLAIM", "AUTH_MAX_AGE"],
  ],
  "a path with an empty part": [
    { AUTH_ORG_CLAIM: "a..b", AUTH_ROLE_CLAIM: ".r" },
    ["AUTH_ORG_CLAIM", "AUTH_ROLE_CLAIM"],
  ],
  "an age that is no number": [{ AUTH_MAX_AGE: "1h" }, ["AUTH_MAX_AGE"]],
  "an age of zero": [{ AUTH_MAX_AGE: "0" }, ["AUTH_MAX_AGE"]],
  "an age above a week": [{ AUTH_MAX_AGE: "604801" }, ["AUTH_MAX_AGE"]],
  "a cookie name with a space": [{ AUTH_COOKIE: "a b" }, ["AUTH_COOKIE"]],
  "two issuers": [
    {
      AUTH_PROVIDER: "workos",
      CLERK_PUBLISHABLE_KEY: `pk_test_${btoa("a.clerk.accounts.dev$")}`,
    },
    ["AUTH_PROVIDER"],
  ],
};
for (const [name, [environment, variables]] of Object.entries(REFUSED)) {
  Deno.test(`the sign-in configuration is refused: ${name}`, () => {
    const found = problemsOf(environment).map((problem) =>
      problem.split(" ")[0]
    );
    assertEquals(found, variables);
  });
}

Deno.test("the claim variables are refused with the local sign-in", () => {
  const load = () => loadConfig({ AUTH_PROVIDER: "workos", AUTH_COOKIE: "x" });
  const { problems } = assertThrows(load, ConfigError);
  assertEquals(problems.length, 2);
});

Deno.test("docs/auth.md describes every provider", async () => {
  const text = await Deno.readTextFile("docs/auth.md");
  const described = [...text.matchAll(/`AUTH_PROVIDER` +\| `([a-z0-9-]+)`/g)]
    .map(([, provider]) => provider);
  assertEquals(described, ISSUERS.map(({ provider }) => provider));
  const variables = await Deno.readTextFile("docs/configuration.md");
  const known = ["AUTH_ORG_NAME_CLAIM", "AUTH_MAX_AGE", "AUTH_COOKIE"];
  for (const [name] of text.matchAll(/AUTH_[A-Z_]+/g)) known.push(name);
  for (const name of known) assert(variables.includes(`\`${name}\``), name);
});
