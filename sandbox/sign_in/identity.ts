import type { JSONWebKeySet } from "jose";
import { cookieValues } from "@/lib/auth/cookies.ts";
import { SESSION_COOKIE } from "@/lib/config/auth.ts";
import type { SandboxIdentity, SandboxMembership } from "@/lib/sandbox.ts";
import { findMembership, PEOPLE } from "@/sandbox/fixtures.ts";
import { createSigningKeys } from "./keys.ts";
import {
  BROWSER_SESSION_SEC,
  type BrowserSession,
  createBrowserSessions,
} from "./sessions.ts";

/** The local sign-in, with the keys that verify its tokens. */
export interface Identity extends SandboxIdentity {
  /** Returns the public keys, as a JWKS endpoint would serve them. */
  keys(): Promise<JSONWebKeySet>;
}

/** Options of {@linkcode createIdentity}. */
interface IdentityOptions {
  kv: Deno.Kv;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  /** Issuer and authorized party of the tokens. */
  appUrl: string;
}

/**
 * Creates a local replacement for hosted sign-in: anyone can sign in as any
 * test user. It issues signed tokens with the claims of Clerk's version 2. The
 * signing keys are loaded or generated on first use.
 *
 * As with hosted sign-in, a token stays valid until it expires, even after
 * sign-out: up to 10 minutes.
 */
export function createIdentity(options: IdentityOptions): Identity {
  const signing = createSigningKeys(options.kv);
  const browsers = createBrowserSessions(options);
  const secure = options.appUrl.startsWith("https:");

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
      // A newer version may have removed the user.
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

/** Identifies the browser session, like the client cookie of Clerk. */
const CLIENT_COOKIE = "__portico_client";

/** Below the 10 minutes after which session tokens are refused. */
const TOKEN_LIFETIME_SEC = 590;

/** Returns claims in the format of Clerk's version 2. */
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

/** `HttpOnly`, unlike Clerk's `__session`: here the server refreshes it. */
function setCookie(
  name: string,
  value: string,
  { maxAgeSec, secure }: { maxAgeSec: number; secure: boolean },
): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSec}; HttpOnly; ` +
    `SameSite=Lax${secure ? "; Secure" : ""}`;
}
