import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import {
  authenticatePerson,
  type AuthenticationServices,
} from "@/lib/auth/authenticate.ts";
import { createSessions } from "@/lib/auth/session_tokens.ts";
import type { SandboxChoice } from "@/lib/sandbox.ts";
import { createIdentity, type Identity } from "@/sandbox/sign_in/identity.ts";
import {
  APP_URL,
  authConfig,
  recordingLog,
  type TestClock,
  testClock,
} from "@/tests/helpers/tokens.ts";

const ADMIN: SandboxChoice = {
  userId: "user_tilda_okonjo",
  orgId: "org_northwind",
};

/** A sign-in with a separate store. */
interface SignIn {
  kv: Deno.Kv;
  clock: TestClock;
  identity: Identity;
}

async function withSignIn(run: (made: SignIn) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  try {
    const clock = testClock();
    await run({ kv, clock, identity: identityOn(kv, clock) });
  } finally {
    kv.close();
  }
}

function identityOn(kv: Deno.Kv, clock: TestClock): Identity {
  return createIdentity({ kv, now: clock.now, appUrl: APP_URL });
}

/** The app's verifier, as strict as with a live sign-in. */
function appOn(identity: Identity, clock: TestClock): AuthenticationServices {
  const { log } = recordingLog();
  const sessions = createSessions({
    auth: authConfig({ keys: { kind: "sandbox" }, issuer: APP_URL }),
    now: clock.now,
    log,
    localKeys: identity.keys,
  });
  // Authentication reads only these parts of the configuration.
  return {
    config: { appUrl: APP_URL, auth: { cookie: "__session" } },
    sessions,
    log,
  } as AuthenticationServices;
}

/** A browser's request after these `Set-Cookie` headers. */
function requestWith(setCookies: readonly string[]): Request {
  const pairs = setCookies.map((value) => value.split(";")[0]);
  return new Request(APP_URL, { headers: { cookie: pairs.join("; ") } });
}

async function signedIn(
  identity: Identity,
  choice: SandboxChoice = ADMIN,
): Promise<string[]> {
  const cookies = await identity.signIn(choice);
  assert(cookies !== null, "unknown choice");
  return cookies;
}

function namesOf(setCookies: readonly string[] | null): string[] {
  return (setCookies ?? []).map((value) => value.split("=")[0] ?? "");
}

Deno.test("signIn() creates a session that the app accepts", () =>
  withSignIn(async ({ identity, clock }) => {
    const request = requestWith(await signedIn(identity));
    const principal = await authenticatePerson(appOn(identity, clock), request);
    assertEquals(principal.userId, "user_tilda_okonjo");
    assertEquals(principal.orgId, "org_northwind");
    assertEquals(principal.role, "org:admin");
    assertEquals(principal.via, "cookie");
  }));

Deno.test("signIn() signs in every test user with every choice", () =>
  withSignIn(async ({ identity, clock }) => {
    const app = appOn(identity, clock);
    for (const { id, memberships } of identity.people) {
      for (const { orgId, role } of memberships) {
        const cookies = await signedIn(identity, { userId: id, orgId });
        const principal = await authenticatePerson(app, requestWith(cookies));
        assertEquals(
          [principal.userId, principal.orgId, principal.role],
          [id, orgId, role],
        );
      }
      const cookies = await signedIn(identity, { userId: id, orgId: null });
      const { orgId } = await authenticatePerson(app, requestWith(cookies));
      assertEquals(orgId, null);
    }
  }));

Deno.test("the test users include an admin, a member, a newcomer and a user without organization", () =>
  withSignIn(({ identity }) => {
    const roles = identity.people.flatMap(({ memberships }) =>
      memberships.map(({ orgId, role }) => `${orgId} ${role}`)
    );
    assert(roles.includes("org_northwind org:admin"));
    assert(roles.includes("org_northwind org:member"));
    assert(roles.includes("org_paperlantern org:admin"));
    assert(identity.people.some((person) => person.memberships.length > 1));
    assert(identity.people.some((person) => person.memberships.length === 0));
    return Promise.resolve();
  }));

Deno.test("signIn() refuses an unknown choice", () =>
  withSignIn(async ({ identity }) => {
    const choices: SandboxChoice[] = [
      { userId: "user_nobody", orgId: null },
      { userId: "user_bram_castellan", orgId: "org_paperlantern" },
      { userId: "user_osric_vale", orgId: "org_northwind" },
      { userId: "user_tilda_okonjo", orgId: "" },
      { userId: "", orgId: null },
    ];
    for (const choice of choices) {
      assertEquals(await identity.signIn(choice), null);
    }
  }));

Deno.test("session cookies are inaccessible to scripts and other sites", () =>
  withSignIn(async ({ kv, clock, identity }) => {
    const cookies = await signedIn(identity);
    assertEquals(namesOf(cookies), ["__session", "__portico_client"]);
    for (const cookie of cookies) {
      assertStringIncludes(cookie, "; Path=/;");
      assertStringIncludes(cookie, "; HttpOnly");
      assertStringIncludes(cookie, "; SameSite=Lax");
      assertStringIncludes(cookie, "; Secure"); // APP_URL is https
      assert(!cookie.includes("Domain"), "a sibling subdomain would get it");
      assert(cookie.length < 4_096);
    }
    const appUrl = "http://127.0.0.1:8000";
    const plain = createIdentity({ kv, now: clock.now, appUrl });
    assert(!(await signedIn(plain)).join().includes("Secure"));
  }));

Deno.test("a session token lives less than ten minutes", () =>
  withSignIn(async ({ identity, clock }) => {
    const request = requestWith(await signedIn(identity));
    clock.nowMs += 589_000;
    await authenticatePerson(appOn(identity, clock), request);
    clock.nowMs += 7_000;
    await assertRejects(
      () => authenticatePerson(appOn(identity, clock), request),
      BillingError,
      "Authentication required",
    );
  }));

Deno.test("refresh() issues a new token to a signed-in browser", () =>
  withSignIn(async ({ identity, clock }) => {
    const cookies = await signedIn(identity);
    const first = await authenticatePerson(
      appOn(identity, clock),
      requestWith(cookies),
    );
    clock.nowMs += 86_400_000;
    const renewed = await identity.refresh(requestWith(cookies));
    assertEquals(namesOf(renewed), ["__session"]);
    const again = await authenticatePerson(
      appOn(identity, clock),
      requestWith(renewed ?? []),
    );
    assertEquals(again, first); // the same session of the same user
  }));

Deno.test("refresh() needs only the browser cookie, no session token", () =>
  withSignIn(async ({ identity }) => {
    const [session = "", client = ""] = await signedIn(identity);
    assertEquals(namesOf(await identity.refresh(requestWith([client]))), [
      "__session",
    ]);
    assertEquals(await identity.refresh(requestWith([session])), null);
  }));

Deno.test("refresh() ends after thirty days", () =>
  withSignIn(async ({ identity, clock }) => {
    const request = requestWith(await signedIn(identity));
    clock.nowMs += 30 * 86_400_000 - 1;
    assert(await identity.refresh(request) !== null);
    clock.nowMs += 1;
    assertEquals(await identity.refresh(request), null);
  }));

Deno.test("refresh() refuses an unknown session id", () =>
  withSignIn(async ({ identity }) => {
    const [, client = ""] = await signedIn(identity);
    const id = client.split(";")[0]?.split("=")[1] ?? "";
    const ids = [
      "",
      "x",
      `${id}x`,
      id.toLowerCase(),
      "A".repeat(22),
      `"${id}"`,
    ];
    for (const other of ids) {
      const request = requestWith([`__portico_client=${other}`]);
      assertEquals(await identity.refresh(request), null, other);
    }
  }));

Deno.test("refresh() refuses cookies of two sessions", () =>
  withSignIn(async ({ identity }) => {
    const [, one = ""] = await signedIn(identity);
    const [, other = ""] = await signedIn(identity);
    assertEquals(await identity.refresh(requestWith([one, other])), null);
    assert(await identity.refresh(requestWith([one, one])) !== null);
  }));

Deno.test("signOut() ends the session and clears both cookies", () =>
  withSignIn(async ({ identity }) => {
    const request = requestWith(await signedIn(identity));
    const cleared = await identity.signOut(request);
    assertEquals(namesOf(cleared), ["__session", "__portico_client"]);
    for (const cookie of cleared) {
      assertStringIncludes(cookie, "=; Path=/; Max-Age=0;");
    }
    assertEquals(await identity.refresh(request), null);
    assertEquals((await identity.signOut(request)).length, 2); // a repeated sign-out
  }));

Deno.test("signOut() ends one browser's session only", () =>
  withSignIn(async ({ identity }) => {
    const [one, other] = [await signedIn(identity), await signedIn(identity)];
    await identity.signOut(requestWith(one));
    assert(await identity.refresh(requestWith(other)) !== null);
  }));

Deno.test("signOut() without a session clears the cookies", () =>
  withSignIn(async ({ identity }) => {
    assertEquals((await identity.signOut(requestWith([]))).length, 2);
  }));

Deno.test("keys() exposes no private key", () =>
  withSignIn(async ({ identity }) => {
    const { keys: [key, ...others] } = await identity.keys();
    assertEquals(others, []);
    assertEquals(Object.keys(key ?? {}).sort(), [
      "alg",
      "crv",
      "kid",
      "kty",
      "use",
      "x",
      "y",
    ]);
  }));

Deno.test("createIdentity() reads the store lazily", () => {
  // Every call on this store throws.
  const kv = Object.create(null) as Deno.Kv;
  assert(identityOn(kv, testClock()).people.length > 0);
});

Deno.test("two concurrent starts agree on one key", () =>
  withSignIn(async ({ kv, clock }) => {
    const starts = Array.from({ length: 4 }, () => identityOn(kv, clock));
    const sets = await Promise.all(starts.map((start) => start.keys()));
    const kids = new Set(sets.map(({ keys }) => keys[0]?.kid));
    assertEquals(kids.size, 1);
  }));

Deno.test("a restart keeps sessions signed in", async () => {
  const folder = await Deno.makeTempDir();
  const clock = testClock();
  try {
    const before = await Deno.openKv(`${folder}/kv.sqlite3`);
    const cookies = await signedIn(identityOn(before, clock));
    before.close();
    const after = await Deno.openKv(`${folder}/kv.sqlite3`);
    const identity = identityOn(after, clock);
    await authenticatePerson(appOn(identity, clock), requestWith(cookies));
    assert(await identity.refresh(requestWith(cookies)) !== null);
    after.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a key that failed to load is loaded again", async () => {
  const closed = await Deno.openKv(":memory:");
  closed.close();
  const open = await Deno.openKv(":memory:");
  let kv = closed;
  // A store that recovers: each call goes to the current one.
  const flaky = {
    get: (key: Deno.KvKey) => kv.get(key),
    atomic: () => kv.atomic(),
  } as Deno.Kv;
  const identity = identityOn(flaky, testClock());
  await assertRejects(() => identity.keys());
  kv = open;
  assertEquals((await identity.keys()).keys.length, 1);
  open.close();
});
