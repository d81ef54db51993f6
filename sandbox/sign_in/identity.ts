import type { JSONWebKeySet } from "jose";
import { cookieValues } from "@/lib/auth/cookies.ts";
import type { SandboxIdentity, SandboxMembership } from "@/lib/services.ts";
import {
  BROWSER_SESSION_SEC,
  type BrowserSession,
  createBrowserSessions,
} from "./sessions.ts";
import { findMembership, PEOPLE } from "@/sandbox/fixtures.ts";
import { createSigningKeys } from "./keys.ts";

/** The local sign-in, with the keys that its tokens are verified by. */
export interface Identity extends SandboxIdentity {
  /** The public keys of the tokens, as a JWKS endpoint would serve them. */
  keys(): Promise<JSONWebKeySet>;
}

/** What {@linkcode createIdentity} works with. */
export interface IdentityOptions {
  kv: Deno.Kv;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  /** Issuer of the tokens and their authorized party. */
  appUrl: string;
  /** Whether cookies travel by https only; by the URL when left out. */
  secureCookies?: boolean;
}

/**
 * Stands in for a hosted sign-in: anybody may be anybody, by real signed
 * tokens in the shape of Clerk's version 2. Making it costs nothing; keys are
 * made or loaded when they are first needed.
 *
 * A token that was given out stays good until it expires, after sign-out too,
 * as those of a hosted sign-in do: for 10 minutes here.
 *
 * @see The HTTP contract, "Words": Sandbox.
 */
export function createIdentity(options: IdentityOptions): Identity {
  const signing = createSigningKeys(options.kv);
  const browsers = createBrowserSessions(options);
  const secure = options.secureCookies ?? options.appUrl.startsWith("https:");

  async function sessionCookie(
    session: BrowserSession,
  ): Promise<string | null> {
    const membership = findMembership(session.userId, session.orgId);
    if (membership === undefined) return null;
    const claims = toClaims({ session, membership, options });
    return setCookie(SESSION_COOKIE, await signing.sign(claims), {
      maxAgeSec: TOKEN_LIFETIME_SEC,
      secure,
    });
  }

  return {
    people: PEOPLE,
    keys: () => signing.publicKeys(),
    async signIn(choice) {
      if (findMembership(choice.userId, choice.orgId) === undefined) {
        return null;
      }
      const { id, session } = await browsers.open(choice);
      const cookie = await sessionCookie(session);
      if (cookie === null) return null;
      const maxAgeSec = BROWSER_SESSION_SEC;
      return [cookie, setCookie(CLIENT_COOKIE, id, { maxAgeSec, secure })];
    },
    async refresh(request) {
      const session = await browsers.find(clientIds(request));
      if (session === null) return null;
      // The people may be others than those of the version that signed in.
      const cookie = await sessionCookie(session);
      return cookie === null ? null : [cookie];
    },
    async signOut(request) {
      await browsers.close(clientIds(request));
      return [SESSION_COOKIE, CLIENT_COOKIE]
        .map((name) => setCookie(name, "", { maxAgeSec: 0, secure }));
    },
  };
}

const SESSION_COOKIE = "__session";

/** Names the browser's session, as the cookie of a hosted sign-in would. */
const CLIENT_COOKIE = "__portico_client";

/** The contract takes no token that is older than 10 minutes. */
const TOKEN_LIFETIME_SEC = 590;

/** Claims of Clerk's version 2. */
function toClaims({ session, membership, options }: {
  session: BrowserSession;
  membership: SandboxMembership | null;
  options: IdentityOptions;
}): Record<string, unknown> {
  const nowSec = Math.floor(options.now() / 1000);
  return {
    azp: options.appUrl,
    exp: nowSec + TOKEN_LIFETIME_SEC,
    fva: [0, -1],
    iat: nowSec,
    iss: options.appUrl,
    jti: crypto.randomUUID(),
    nbf: nowSec - 10,
    sid: session.sessionId,
    sts: "active",
    sub: session.userId,
    v: 2,
    ...(membership === null ? {} : { o: toOrganization(membership) }),
  };
}

function toOrganization({ orgId, role }: SandboxMembership) {
  return {
    id: orgId,
    slg: orgId.replace(/^org_/, ""),
    rol: role.replace(/^org:/, ""),
  };
}

function clientIds(request: Request): string[] {
  return cookieValues(request.headers, CLIENT_COOKIE);
}

/**
 * Clerk's own `__session` can be read by the page's script, which refreshes
 * it. Here the server does, so nothing in the browser needs to see it.
 */
function setCookie(
  name: string,
  value: string,
  { maxAgeSec, secure }: { maxAgeSec: number; secure: boolean },
): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSec}; HttpOnly; ` +
    `SameSite=Lax${secure ? "; Secure" : ""}`;
}
