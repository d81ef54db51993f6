import { isApiKey } from "./api_key_format.ts";
import { cookieValues } from "./cookies.ts";
import {
  type ApiKeyServices,
  authenticateApiKey,
  type KeyPrincipal,
} from "./api_keys.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { InvalidTokenError, type VerifiedSession } from "./session_claims.ts";
import { MAX_TOKEN_LENGTH, unauthorized } from "./session_tokens.ts";

export {
  createSessions,
  type Sessions,
  type SessionsOptions,
} from "./session_tokens.ts";
export type { VerifiedSession } from "./session_claims.ts";
export type { KeyPrincipal } from "./api_keys.ts";
export {
  mayManageBilling,
  requireBillingRole,
  requireOrganization,
} from "./permissions.ts";

/** A person, by a session token. */
export interface SessionPrincipal {
  kind: "session";
  userId: string;
  sessionId: string;
  /** The organization that the person acts for; null: none is active. */
  orgId: string | null;
  /** `org:<role>` or null */
  role: string | null;
  /** someone acts for this person (`act`) */
  impersonated: boolean;
  via: "bearer" | "cookie";
}

/** Who calls. */
export type Principal = SessionPrincipal | KeyPrincipal;

/** What {@linkcode authenticate} needs of the services. */
export type AuthenticationServices =
  & ApiKeyServices
  & Pick<Services, "sessions">;

/** How {@linkcode authenticate} judges a request. */
export interface AuthenticateOptions {
  /**
   * Whether the request changes something, which nobody may do in another
   * person's name. Left out: by its method. A GET that opens a portal says so.
   */
  writes?: boolean;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Tells who is calling: by the `Authorization` header, a session token or an
 * API key, or else by the `__session` cookie. A header that does not count is not made good by a
 * cookie, and nothing else is read. Having no organization is no error here.
 *
 * @throws {BillingError} `unauthorized` when nobody is; `forbidden` for a
 * write by cookie that does not come from the app's own pages; `unavailable`
 * when the keys of session tokens cannot be had.
 * @see The HTTP contract, "Who is calling".
 */
export async function authenticate(
  services: AuthenticationServices,
  request: Request,
  options: AuthenticateOptions = {},
): Promise<Principal> {
  const principal = await identify(services, request);
  // A key is sent by a program that was given it, never by a browser itself.
  if (principal.kind === "api_key") return principal;
  const unsafe = !SAFE_METHODS.has(request.method);
  if (unsafe && principal.via === "cookie") {
    requireSameOrigin(request.headers, services.config.appUrl);
  }
  if (principal.impersonated && (options.writes ?? unsafe)) {
    throw unauthorized(services.log, "session-impersonated");
  }
  return principal;
}

/**
 * Tells which person is calling. API keys are for programs: here one counts
 * as nobody.
 *
 * @throws {BillingError} As {@linkcode authenticate}.
 */
export async function authenticatePerson(
  services: AuthenticationServices,
  request: Request,
): Promise<SessionPrincipal> {
  const principal = await authenticate(services, request);
  if (principal.kind === "session") return principal;
  throw new BillingError("unauthorized", "Authentication required");
}

async function identify(
  services: AuthenticationServices,
  request: Request,
): Promise<Principal> {
  const { sessions, log } = services;
  try {
    const header = request.headers.get("authorization");
    if (header !== null) {
      const token = readBearer(header);
      if (isApiKey(token)) return await authenticateApiKey(services, token);
      const session = await sessions.verify(token);
      return { kind: "session", ...session, via: "bearer" };
    }
    const tokens = readCookies(request.headers);
    const session = await verifyAll(services, tokens);
    return { kind: "session", ...session, via: "cookie" };
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      throw unauthorized(log, error.reason);
    }
    throw error;
  }
}

const BEARER = /^bearer +(\S+)$/i;

/** Another scheme, or two headers joined by a comma, is no bearer token. */
function readBearer(header: string): string {
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new InvalidTokenError("token-malformed");
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenError("token-too-long");
  }
  return token;
}

/** Browsers keep no cookie that is longer, in characters. */
const MAX_COOKIE_LENGTH = 4_096;

/** Each costs a signature check. */
const MAX_COOKIES = 4;

function readCookies(headers: Headers): string[] {
  const tokens = cookieValues(headers, "__session");
  if (tokens.length === 0) throw new InvalidTokenError("session-token-missing");
  if (tokens.length > MAX_COOKIES) {
    throw new InvalidTokenError("session-tokens-disagree");
  }
  if (tokens.some((token) => token.length > MAX_COOKIE_LENGTH)) {
    throw new InvalidTokenError("token-too-long");
  }
  return tokens;
}

/**
 * A sibling subdomain can plant a second `__session`, and nothing tells which
 * came first: each must verify, and all must say the same.
 */
async function verifyAll(
  { sessions }: AuthenticationServices,
  tokens: readonly string[],
): Promise<VerifiedSession> {
  let agreed: VerifiedSession | null = null;
  for (const token of tokens) {
    const session = await sessions.verify(token);
    agreed ??= session;
    if (!agree(agreed, session)) {
      throw new InvalidTokenError("session-tokens-disagree");
    }
  }
  if (agreed === null) throw new InvalidTokenError("session-token-missing");
  return agreed;
}

function agree(one: VerifiedSession, other: VerifiedSession): boolean {
  return one.userId === other.userId && one.sessionId === other.sessionId &&
    one.orgId === other.orgId && one.role === other.role &&
    one.impersonated === other.impersonated;
}

/**
 * Refuses a request that does not come from the app's own pages.
 *
 * A browser sends the cookie along with a form that any page submits, so a
 * write by cookie has to show where it comes from. A page cannot set either
 * header; `Origin: null` is a page that hides where it is.
 *
 * @param appUrl The app's origin from the configuration, never the `Host`.
 * @throws {BillingError} `forbidden`
 * @see The HTTP contract, "Who is calling".
 */
export function requireSameOrigin(headers: Headers, appUrl: string): void {
  const site = headers.get("sec-fetch-site");
  const own = site === null
    ? headers.get("origin") === appUrl
    : site === "same-origin";
  if (own) return;
  throw new BillingError("forbidden", "Request origin is not allowed");
}
