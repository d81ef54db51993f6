import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ConfigError,
  type Environment,
  loadConfig,
} from "@/lib/config/config.ts";

const LIVE: Environment = {
  APP_URL: "https://app.example.com",
  STRIPE_SECRET_KEY: "sk_live_abc",
  STRIPE_WEBHOOK_SECRET: "whsec_abc",
  AUTH_JWKS_URL: "https://auth.example.com/jwks.json",
};

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
-----END PUBLIC KEY-----`;

const CLERK_KEY = `pk_test_${btoa("quiet-otter-1.clerk.accounts.dev$")}`;

function problemsOf(environment: Environment): readonly string[] {
  return assertThrows(() => loadConfig(environment), ConfigError).problems;
}

/** The only problem of an environment. */
function problemOf(environment: Environment): string {
  const problems = problemsOf(environment);
  assertEquals(problems.length, 1, problems.join("\n"));
  return problems[0] ?? "";
}

Deno.test("an empty environment gives the sandbox on this machine only", () => {
  const config = loadConfig({});
  assertEquals(config.stripe, { mode: "sandbox" });
  assertEquals(config.auth.keys, { kind: "sandbox" });
  assertEquals(config.auth.signInUrl, "/sign-in");
  assertEquals(config.appUrl, "http://127.0.0.1:8000");
  assertEquals(config.frontendUrl, config.appUrl);
  assertEquals([config.host, config.port], ["127.0.0.1", 8000]);
  assertEquals(config.kvPath, "./data/portico.sqlite3");
  assertEquals(config.billingRoles, null);
});

Deno.test("an empty or blank variable counts as missing", () => {
  assertEquals(
    loadConfig({ STRIPE_SECRET_KEY: "", PORT: " ", BILLING_ROLES: "" }),
    loadConfig({}),
  );
});

Deno.test("four variables make the app live on every interface", () => {
  const config = loadConfig(LIVE);
  assertEquals(config.stripe.mode, "live");
  assertEquals(config.appUrl, "https://app.example.com");
  assertEquals(config.host, "0.0.0.0");
  assertEquals(config.auth.signInUrl, null);
});

Deno.test("one message lists all problems", () => {
  const error = assertThrows(
    () =>
      loadConfig({
        PORT: "none",
        STRIPE_SECRET_KEY: "pk_live_abc",
        AUTH_JWT_KEY: "not a key",
        LOG_LEVEL: "loud",
      }),
    ConfigError,
  );
  const names = ["PORT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"];
  for (const name of [...names, "AUTH_JWT_KEY", "LOG_LEVEL", "APP_URL"]) {
    assert(error.message.includes(name), `${name} is missing in\n${error}`);
  }
  assertEquals(error.problems.length, 6);
});

Deno.test("a problem never shows a value, which may be a secret", () => {
  const secret = "sk_wrong_s3cr3t";
  const error = assertThrows(
    () => loadConfig({ ...LIVE, STRIPE_SECRET_KEY: secret }),
    ConfigError,
  );
  assert(!error.message.includes("s3cr3t"));
});

const HALF: Record<string, [Environment, string]> = {
  "a Stripe key without a webhook secret": [
    { ...LIVE, STRIPE_WEBHOOK_SECRET: "" },
    "STRIPE_WEBHOOK_SECRET",
  ],
  "an empty webhook secret among several": [
    { ...LIVE, STRIPE_WEBHOOK_SECRET: "whsec_a,,whsec_b" },
    "STRIPE_WEBHOOK_SECRET",
  ],
  "a webhook secret without a Stripe key": [
    { STRIPE_WEBHOOK_SECRET: "whsec_a" },
    "STRIPE_SECRET_KEY",
  ],
  "a Stripe API base without a key": [
    { STRIPE_API_BASE: "http://127.0.0.1:12111" },
    "STRIPE_SECRET_KEY",
  ],
  "a live app without its address": [{ ...LIVE, APP_URL: "" }, "APP_URL"],
  "an issuer without keys": [{ AUTH_ISSUER: "https://a.example" }, "AUTH_JWKS"],
  "authorized parties without keys": [
    { AUTH_AUTHORIZED_PARTIES: "https://a.example" },
    "AUTH_JWT_KEY",
  ],
  "a KV Connect server without its token": [
    { KV_PATH: "https://kv.example" },
    "DENO_KV_ACCESS_TOKEN",
  ],
  "two sources of keys": [
    { ...LIVE, AUTH_JWT_KEY: PUBLIC_KEY },
    "AUTH_JWT_KEY",
  ],
};
for (const [name, [environment, mentions]] of Object.entries(HALF)) {
  Deno.test(`a half-configured app is refused: ${name}`, () => {
    assert(problemOf(environment).includes(mentions));
  });
}

const DANGEROUS: Record<string, Environment> = {
  "a live key": {
    STRIPE_SECRET_KEY: "sk_live_abc",
    STRIPE_WEBHOOK_SECRET: "whsec_abc",
  },
  "a restricted live key": {
    STRIPE_SECRET_KEY: "rk_live_abc",
    STRIPE_WEBHOOK_SECRET: "whsec_abc",
  },
  "a public address": { APP_URL: "https://app.example.com" },
  "an address on the local network": { APP_URL: "http://192.168.1.4:8000" },
  "a host reachable from other machines": { HOST: "0.0.0.0" },
  "every IPv6 address": { HOST: "::" },
  "a host on the local network": { HOST: "192.168.1.4" },
  "a public address on an exposed host": {
    APP_URL: "https://app.example.com",
    HOST: "0.0.0.0",
    SANDBOX_EXPOSE: "1",
  },
  "a name that only looks local": { APP_URL: "http://localhost.example.com" },
};
for (const [name, environment] of Object.entries(DANGEROUS)) {
  Deno.test(`the local sign-in is refused with ${name}`, () => {
    assert(problemOf(environment).includes("any visitor may choose any user"));
  });
}

Deno.test("the local sign-in allows any loopback address", () => {
  for (const host of ["localhost:9", "app.localhost", "127.8.0.1", "[::1]:8"]) {
    const appUrl = `http://${host}`;
    assertEquals(loadConfig({ APP_URL: appUrl }).appUrl, appUrl);
  }
});

Deno.test("the local sign-in allows a loopback host or SANDBOX_EXPOSE=1", () => {
  for (const HOST of ["127.0.0.1", "127.0.0.2", "localhost", "::1"]) {
    assertEquals(loadConfig({ HOST }).host, HOST);
  }
  const exposed = { HOST: "0.0.0.0", SANDBOX_EXPOSE: "1" };
  assertEquals(loadConfig(exposed).appUrl, "http://127.0.0.1:8000");
  assertEquals(loadConfig({ ...LIVE, HOST: "0.0.0.0" }).host, "0.0.0.0");
  assert(problemOf({ SANDBOX_EXPOSE: "yes" }).includes("SANDBOX_EXPOSE"));
});

Deno.test("an exposed sign-in reports every problem", () => {
  const environment = { APP_URL: "https://app.example.com", HOST: "0.0.0.0" };
  assertEquals(problemsOf(environment).length, 2);
});

Deno.test("Stripe and sign-in leave the sandbox independently", () => {
  const { APP_URL: _, AUTH_JWKS_URL: __, ...stripe } = LIVE;
  const withStripe = loadConfig({ ...stripe, STRIPE_SECRET_KEY: "sk_test_a" });
  assertEquals(withStripe.stripe.mode, "test");
  assertEquals(withStripe.auth.keys.kind, "sandbox");
  const withKeys = loadConfig({ AUTH_JWT_KEY: PUBLIC_KEY });
  assertEquals(withKeys.stripe.mode, "sandbox");
  assertEquals(withKeys.auth.keys.kind, "pem");
});

Deno.test("a Clerk key gives the JWKS URL and the issuer", () => {
  const { auth } = loadConfig({ CLERK_PUBLISHABLE_KEY: CLERK_KEY });
  const frontendApi = "https://quiet-otter-1.clerk.accounts.dev";
  assertEquals(auth.issuer, frontendApi);
  assertEquals(auth.clerk?.frontendApi, frontendApi);
  assert(auth.keys.kind === "jwks");
  assertEquals(auth.keys.url.href, `${frontendApi}/.well-known/jwks.json`);
});

Deno.test("an explicit issuer and PEM key override those of a Clerk key", () => {
  const { auth } = loadConfig({
    CLERK_PUBLISHABLE_KEY: CLERK_KEY,
    AUTH_JWT_KEY: PUBLIC_KEY,
    AUTH_ISSUER: "https://clerk.example.com",
  });
  assertEquals(auth.issuer, "https://clerk.example.com");
  assertEquals(auth.keys.kind, "pem");
});

Deno.test("a PEM key on one line is accepted", () => {
  const oneLine = PUBLIC_KEY.replaceAll("\n", "\\n");
  const { auth } = loadConfig({ AUTH_JWT_KEY: oneLine });
  assertEquals(auth.keys, { kind: "pem", pem: PUBLIC_KEY });
});

const WRONG: Record<string, string> = {
  APP_URL: "https://app.example.com/base",
  FRONTEND_URL: "app.example.com",
  PORT: "70000",
  RATE_LIMIT_SCALE: "-1",
  TRUSTED_PROXY: "10.0.0.0/8,proxy",
  LOG_LEVEL: "loud",
  STRIPE_PORTAL_CONFIGURATION: "default",
  AUTH_JWKS_URL: "file:///keys.json",
  AUTH_AUTHORIZED_PARTIES: "https://app.example.com/,https://b.example",
  AUTH_SIGN_IN_URL: "//evil.example",
  AUTH_SIGN_OUT_URL: "javascript:alert(1)",
  STRIPE_TAX: "on",
  STRIPE_PROMOTION_CODES: "yes",
  CLERK_PUBLISHABLE_KEY: "pk_test_bm8tZG9sbGFy",
  BILLING_ROLES: "org:admin,org admin",
  LOG_FORMAT: "xml",
  STRIPE_API_BASE: "http://127.0.0.1:12111/v1",
};
for (const [name, value] of Object.entries(WRONG)) {
  Deno.test(`an invalid ${name} is reported`, () => {
    const problems = problemsOf({ ...LIVE, [name]: value });
    assert(problems.some((problem) => problem.startsWith(name)), `${problems}`);
  });
}

Deno.test("roles are normalized", () => {
  const { billingRoles } = loadConfig({ BILLING_ROLES: "admin, org:billing" });
  assertEquals(billingRoles, new Set(["org:admin", "org:billing"]));
  assertEquals(loadConfig({ BILLING_ROLES: "*" }).billingRoles, null);
});

Deno.test("FRONTEND_URL may have a path and loses its trailing slash", () => {
  const { frontendUrl } = loadConfig({ FRONTEND_URL: "https://b.example/x/" });
  assertEquals(frontendUrl, "https://b.example/x");
});

Deno.test("an origin has no user name, path, query or fragment", () => {
  const bad = ["user@app.example", "app.example/x", "app.example/?a", "a/#b"];
  for (const rest of bad) {
    const problems = problemsOf({ ...LIVE, APP_URL: `https://${rest}` });
    assert(problems[0]?.startsWith("APP_URL is not an origin"), rest);
  }
  const { appUrl } = loadConfig({ ...LIVE, APP_URL: "https://app.example/" });
  assertEquals(appUrl, "https://app.example");
});

Deno.test("FRONTEND_URL rejects a query or fragment", () => {
  for (const rest of ["?a=b", "#/x"]) {
    const [problem] = problemsOf({ FRONTEND_URL: `https://b.example/${rest}` });
    assert(problem?.startsWith("FRONTEND_URL has a query"), problem);
  }
});

Deno.test("KV_PATH is a file, memory, or a server URL with its token", () => {
  const paths = ["/var/lib/portico/kv.sqlite3", ":memory:"];
  for (const kvPath of paths) {
    assertEquals(loadConfig({ KV_PATH: kvPath }).kvPath, kvPath);
  }
  const remote = { KV_PATH: "https://kv.example", DENO_KV_ACCESS_TOKEN: "t" };
  assertEquals(loadConfig(remote).kvPath, remote.KV_PATH);
});

Deno.test("logs default to text in the sandbox and JSON when live", () => {
  const format = (LOG_FORMAT: string, isTerminal: boolean) =>
    loadConfig({ LOG_FORMAT }, { isTerminal }).logFormat;
  assertEquals([format("", true), format("", false)], ["text", "json"]);
  assertEquals([format("json", true), format("text", false)], ["json", "text"]);
  assertEquals(loadConfig({}).logLevel, "info");
});
