import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type BillingCode, BillingError } from "@/lib/errors.ts";
import {
  authenticate,
  type AuthenticateOptions,
  type AuthenticationServices,
} from "@/lib/auth/authenticate.ts";
import {
  mayManageBilling,
  requireBillingRole,
  requireOrganization,
} from "@/lib/auth/permissions.ts";
import type { SessionPrincipal } from "@/lib/auth/principal.ts";
import {
  APP_URL,
  type LogLine,
  sessionToken,
  testSessions,
} from "@/tests/helpers/tokens.ts";

/** Real authentication services with a minimal configuration. */
async function testServices(billingRoles: ReadonlySet<string> | null = null) {
  const { sessions, log, lines } = await testSessions();
  const auth = { cookie: "__session" };
  const config = { appUrl: APP_URL, auth, billingRoles };
  // Authentication reads only these two fields of the configuration.
  const services = { config, sessions, log } as AuthenticationServices;
  return { services, lines };
}

interface Call extends AuthenticateOptions {
  method?: string;
  path?: string;
  headers?: HeadersInit;
  body?: string;
}

/** Authenticates one request of a new app. */
async function call({ method, path = "/", headers, body, ...options }: Call) {
  const { services, lines } = await testServices();
  const request = new Request(new URL(path, APP_URL), {
    method: method ?? "GET",
    headers: headers ?? {},
    body: body ?? null,
  });
  const run = () => authenticate(services, request, options);
  return { run, lines };
}

async function principalOf(made: Call): Promise<SessionPrincipal> {
  const principal = await (await call(made)).run();
  assert(principal.kind === "session");
  return principal;
}

async function assertRefused(
  made: Call,
  code: BillingCode = "unauthorized",
): Promise<LogLine[]> {
  const { run, lines } = await call(made);
  const error = await assertRejects(run, BillingError);
  assertEquals(error.code, code);
  if (code === "unauthorized") {
    assertEquals(error.message, "Authentication required");
  }
  return lines;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (...tokens: string[]) => ({
  cookie: tokens.map((token) => `__session=${token}`).join("; "),
});

Deno.test("authenticate() returns the user and organization of a bearer token", async () => {
  const token = await sessionToken({
    claims: { o: { id: "org_1", rol: "admin" } },
  });
  assertEquals(await principalOf({ headers: bearer(token) }), {
    kind: "session",
    userId: "user_1",
    sessionId: "sess_1",
    orgId: "org_1",
    role: "org:admin",
    orgName: null,
    email: null,
    impersonated: false,
    via: "bearer",
  });
});

Deno.test("authenticate() accepts a session cookie", async () => {
  const token = await sessionToken();
  const headers = { cookie: `theme=dark; __session=${token}; other=1` };
  const principal = await principalOf({ headers });
  assertEquals([principal.userId, principal.via], ["user_1", "cookie"]);
});

Deno.test("authenticate() accepts the scheme in any case", async () => {
  const token = await sessionToken();
  for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "]) {
    const headers = { authorization: `${scheme} ${token}` };
    assertEquals((await principalOf({ headers })).via, "bearer");
  }
});

Deno.test("authenticate() accepts a user without an organization", async () => {
  const headers = bearer(await sessionToken());
  assertEquals((await principalOf({ headers })).orgId, null);
});

Deno.test("authenticate() refuses a request without credentials", async () => {
  const lines = await assertRefused({});
  assertEquals(lines.map((line) => line.reason), ["session-token-missing"]);
  await assertRefused({ headers: { cookie: "theme=dark; session=1" } });
});

Deno.test("authenticate() does not fall back to the cookie after an invalid header", async () => {
  const token = await sessionToken();
  const expired = await sessionToken({ claims: { exp: 1 } });
  const headers = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    `Bearer ${expired}`,
    `Basic ${btoa("a:b")}`,
    `Token ${token}`,
    `Bearer ${token} ${token}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer,${token}`,
    token,
    "Bearer sk_portico_abc",
  ];
  for (const authorization of headers) {
    await assertRefused({ headers: { ...cookie(token), authorization } });
  }
});

Deno.test("authenticate() prefers the header over another user's cookie", async () => {
  const headers = {
    ...bearer(await sessionToken({ claims: { sub: "user_2" } })),
    ...cookie(await sessionToken()),
  };
  assertEquals((await principalOf({ headers })).userId, "user_2");
});

Deno.test("authenticate() reads no token from the query, the body or another header", async () => {
  const token = await sessionToken();
  const names = ["token", "access_token", "__session", "authorization"];
  for (const name of names) {
    await assertRefused({ path: `/?${name}=${token}` });
    await assertRefused({ method: "POST", body: `${name}=${token}` });
  }
  for (const name of ["x-authorization", "x-session", "proxy-authorization"]) {
    await assertRefused({ headers: { [name]: `Bearer ${token}` } });
  }
});

Deno.test("authenticate() takes the organization from the token only", async () => {
  const token = await sessionToken({ claims: { o: { id: "org_1" } } });
  const principal = await principalOf({
    method: "POST",
    path: "/?org_id=org_2",
    headers: { ...bearer(token), "x-organization-id": "org_2" },
    body: JSON.stringify({ org_id: "org_2" }),
  });
  assertEquals(principal.orgId, "org_1");
});

Deno.test("authenticate() accepts 8 KiB in the header and 4 KiB in the cookie", async () => {
  const filled = async (length: number) => {
    const bare = (await sessionToken({ claims: { x: "" } })).length;
    const fill = (size: number) =>
      sessionToken({ claims: { x: "x".repeat(size) } });
    // Base64 encodes three bytes as four characters.
    let size = Math.floor((length - bare) * 3 / 4) + 4;
    let token = await fill(size);
    while (token.length > length) token = await fill(--size);
    return token;
  };
  await principalOf({ headers: bearer(await filled(8_192)) });
  await principalOf({ headers: cookie(await filled(4_096)) });
  await assertRefused({ headers: bearer(await filled(8_196)) });
  const lines = await assertRefused({ headers: cookie(await filled(4_100)) });
  assertEquals(lines.map((line) => line.reason), ["token-too-long"]);
});

Deno.test("authenticate() accepts several session cookies that agree", async () => {
  const claims = { o: { id: "org_1", rol: "admin" } };
  const [one, other] = [
    await sessionToken({ claims }),
    await sessionToken({ claims: { ...claims, jti: "jti_2" } }),
  ];
  const principal = await principalOf({
    headers: cookie(one, other, one, other),
  });
  assertEquals(principal.orgId, "org_1");
});

Deno.test("authenticate() refuses session cookies that disagree", async () => {
  const o = { id: "org_1", rol: "member" };
  const one = await sessionToken({ claims: { o } });
  const others = [
    { sub: "user_2", o },
    { sid: "sess_2", o },
    { o: { id: "org_2", rol: "member" } },
    { o: { id: "org_1", rol: "admin" } },
    { o, act: { sub: "user_9" } },
    {},
  ];
  for (const claims of others) {
    const other = await sessionToken({ claims });
    for (const headers of [cookie(one, other), cookie(other, one)]) {
      const lines = await assertRefused({ headers });
      assertEquals(lines.at(-1)?.reason, "session-tokens-disagree");
    }
  }
});

Deno.test("authenticate() refuses a valid cookie beside an invalid one", async () => {
  const good = await sessionToken();
  const expired = await sessionToken({ claims: { exp: 1 } });
  for (const bad of [expired, "planted", "", `"${good}"`]) {
    await assertRefused({ headers: cookie(good, bad) });
    await assertRefused({ headers: cookie(bad, good) });
  }
});

Deno.test("authenticate() checks up to four session cookies and refuses more", async () => {
  const token = await sessionToken();
  await principalOf({ headers: cookie(...Array(4).fill(token)) });
  await assertRefused({ headers: cookie(...Array(5).fill(token)) });
});

Deno.test("authenticate() ignores cookies with similar names", async () => {
  const token = await sessionToken();
  const names = ["__session_ab12", "x__session", "__Session", "__sessio"];
  for (const name of [...names, "\u00a0__session", "\u0085__session"]) {
    const header = `theme=dark; ${name}=${token}`;
    await assertRefused({ headers: { cookie: header } });
  }
  const header = `theme=dark;\t __session=${token} \t`;
  assertEquals(
    (await principalOf({ headers: { cookie: header } })).via,
    "cookie",
  );
});

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

/** Browser headers, and whether they allow a write by cookie. */
const ORIGINS: [string, Record<string, string>, boolean][] = [
  ["a same-origin fetch", { "sec-fetch-site": "same-origin" }, true],
  ["a sibling subdomain", { "sec-fetch-site": "same-site" }, false],
  ["another site", { "sec-fetch-site": "cross-site" }, false],
  ["no site at all (none)", { "sec-fetch-site": "none" }, false],
  ["an unknown value", { "sec-fetch-site": "friendly" }, false],
  ["an empty value", { "sec-fetch-site": "" }, false],
  ["two values", { "sec-fetch-site": "same-origin, same-origin" }, false],
  [
    "another site that claims our origin",
    { "sec-fetch-site": "cross-site", origin: APP_URL },
    false,
  ],
  ["our origin from an older browser", { origin: APP_URL }, true],
  ["another origin", { origin: "https://evil.example" }, false],
  [
    "an origin that starts as ours",
    { origin: `${APP_URL}.evil.example` },
    false,
  ],
  ["our origin on another port", { origin: `${APP_URL}:8443` }, false],
  ["our origin over http", { origin: "http://billing.example" }, false],
  ["an opaque origin", { origin: "null" }, false],
  ["our page as referrer only", { referer: `${APP_URL}/account` }, false],
  ["our host only", { host: "billing.example" }, false],
  ["neither header", {}, false],
];

for (const [name, origin, passes] of ORIGINS) {
  const verb = passes ? "accepts" : "refuses";
  Deno.test(`a write by cookie ${verb} ${name}`, async () => {
    const token = await sessionToken();
    for (const method of WRITES) {
      const headers = { ...cookie(token), ...origin };
      if (passes) await principalOf({ method, headers });
      else await assertRefused({ method, headers }, "forbidden");
    }
  });
}

Deno.test("a read by cookie may come from any origin", async () => {
  const token = await sessionToken();
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const headers = { ...cookie(token), "sec-fetch-site": "cross-site" };
    await principalOf({ method, headers });
  }
});

Deno.test("a GET that writes may come from any origin, since it is a link", async () => {
  const headers = {
    ...cookie(await sessionToken()),
    "sec-fetch-site": "cross-site",
  };
  await principalOf({ headers, writes: true });
});

Deno.test("a write by bearer token may come from any origin", async () => {
  const token = await sessionToken();
  for (const method of WRITES) {
    const headers = {
      ...bearer(token),
      ...cookie(token),
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
    };
    await principalOf({ method, headers });
  }
});

Deno.test("a write with an invalid cookie is 401, not 403", async () => {
  const headers = { ...cookie("planted"), "sec-fetch-site": "cross-site" };
  await assertRefused({ method: "POST", headers });
});

Deno.test("an impersonated session may read but not write", async () => {
  const token = await sessionToken({ claims: { act: { sub: "user_9" } } });
  const headers = bearer(token);
  assertEquals((await principalOf({ headers })).impersonated, true);
  for (const method of WRITES) {
    const lines = await assertRefused({ method, headers });
    assertEquals(lines.at(-1)?.reason, "session-impersonated");
  }
});

Deno.test("an impersonated session cannot open the portal by GET", async () => {
  const token = await sessionToken({ claims: { act: { sub: "user_9" } } });
  await assertRefused({ headers: bearer(token), writes: true });
  await assertRefused({ headers: cookie(token), writes: true });
});

Deno.test("an endpoint may declare its POST read-only", async () => {
  const token = await sessionToken({ claims: { act: { sub: "user_9" } } });
  await principalOf({ method: "POST", headers: bearer(token), writes: false });
});

function principal(
  overrides: Partial<SessionPrincipal> = {},
): SessionPrincipal {
  return {
    kind: "session",
    userId: "user_1",
    sessionId: "sess_1",
    orgId: "org_1",
    role: "org:member",
    orgName: null,
    email: null,
    impersonated: false,
    via: "bearer",
    ...overrides,
  };
}

function codeOf(run: () => unknown): [BillingCode, string] {
  const { code, message } = assertThrows(run, BillingError);
  return [code, message];
}

Deno.test("requireOrganization() requires an organization", () => {
  assertEquals(requireOrganization(principal()), "org_1");
  assertEquals(
    codeOf(() => requireOrganization(principal({ orgId: null }))),
    ["validation_error", "Organization ID is required"],
  );
});

Deno.test("requireBillingRole() accepts any member unless roles are configured", async () => {
  const { services } = await testServices(null);
  assertEquals(requireBillingRole(services, principal()), "org_1");
  assertEquals(
    requireBillingRole(services, principal({ role: null })),
    "org_1",
  );
});

Deno.test("requireBillingRole() accepts only configured roles", async () => {
  const { services } = await testServices(
    new Set(["org:admin", "org:billing"]),
  );
  for (const role of ["org:admin", "org:billing"]) {
    assertEquals(requireBillingRole(services, principal({ role })), "org_1");
  }
  for (const role of ["org:member", "admin", "org:Admin", null]) {
    const refused = principal({ role });
    assertEquals(mayManageBilling(services, refused), false);
    const [code] = codeOf(() => requireBillingRole(services, refused));
    assertEquals(code, "forbidden");
  }
});

Deno.test("requireBillingRole() checks the organization before the role", async () => {
  const { services } = await testServices(new Set(["org:admin"]));
  const nowhere = principal({ orgId: null, role: null });
  const [code] = codeOf(() => requireBillingRole(services, nowhere));
  assertEquals(code, "validation_error");
});

Deno.test("mayManageBilling() is false without an organization", async () => {
  const { services } = await testServices(null);
  assertEquals(mayManageBilling(services, principal()), true);
  const nowhere = principal({ orgId: null, role: null });
  assertEquals(mayManageBilling(services, nowhere), false);
});
