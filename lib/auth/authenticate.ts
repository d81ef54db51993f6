import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { isApiKey, isServiceKey } from "./api_key_format.ts";
import { type ApiKeyServices, authenticateApiKey } from "./api_keys.ts";
import { cookieValues } from "./cookies.ts";
import {
  ORGANIZATION_HEADER,
  organizationNamedBy,
} from "./page_organization.ts";
import type {
  ApiKeyPrincipal,
  Principal,
  SessionPrincipal,
} from "./principal.ts";
import { InvalidTokenError, type VerifiedSession } from "./session_claims.ts";
import { authenticateServiceKey } from "./service_keys.ts";
import { MAX_TOKEN_LENGTH, unauthorized } from "./session_tokens.ts";

/** Services for {@linkcode authenticate}. */
export type AuthenticationServices =
  & ApiKeyServices
  & Pick<Services, "sessions">;

/** Options for {@linkcode authenticate}. */
export interface AuthenticateOptions {
  /**
   * Whether the request changes something, which an impersonated session must
   * not do. By default decided by the method; set for a GET that writes.
   */
  writes?: boolean;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Authenticates a request by its `Authorization` header, which holds a session
 * token, an API key or a service key, or without that header by its session
 * cookie. If the header is invalid, the cookie is not tried. A session without
 * an organization is valid.
 *
 * @throws {BillingError} `unauthorized` without valid authentication,
 * `forbidden` for a cross-origin write by cookie, or for an API key in a call
 * that names another organization, `conflict` for a form of a page that shows
 * another organization, `unavailable` if the keys of session tokens cannot be
 * loaded.
 */
export async function authenticate(
  services: AuthenticationServices,
  request: Request,
  options: AuthenticateOptions = {},
): Promise<Principal> {
  const principal = await findPrincipal(services, request);
  // Browsers never send an API key by themselves, so CSRF does not apply.
  if (principal.kind !== "session") return principal;
  const unsafe = !SAFE_METHODS.has(request.method);
  if (unsafe && principal.via === "cookie") {
    requireSameOrigin(request.headers, services.config.appUrl);
    requirePageOrganization(principal, request);
  }
  if (principal.impersonated && (options.writes ?? unsafe)) {
    throw unauthorized(services.log, "session-impersonated");
  }
  return principal;
}

/**
 * Authenticates a person. API keys are for programs and are not accepted.
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

async function findPrincipal(
  services: AuthenticationServices,
  request: Request,
): Promise<Principal> {
  const { config, sessions, log } = services;
  try {
    const header = request.headers.get("authorization");
    if (header !== null) {
      const token = readBearer(header);
      const named = request.headers.get(ORGANIZATION_HEADER);
      if (isServiceKey(token)) {
        return await authenticateServiceKey(services, token, named);
      }
      if (isApiKey(token)) {
        const principal = await authenticateApiKey(services, token);
        requireOwnOrganization(principal, named);
        return principal;
      }
      const session = await sessions.verify(token);
      return { kind: "session", ...session, via: "bearer" };
    }
    const tokens = readCookies(request.headers, config.auth.cookie);
    const session = await verifyAll(services, tokens);
    return { kind: "session", ...session, via: "cookie" };
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      throw unauthorized(log, error.reason);
    }
    throw error;
  }
}

/** An API key in a call for another organization is a mistake of the caller. */
function requireOwnOrganization(
  { orgId }: ApiKeyPrincipal,
  named: string | null,
): void {
  if (named === null || named === orgId) return;
  throw new BillingError(
    "forbidden",
    "The API key belongs to another organization",
  );
}

/** Does not match other schemes, or two headers joined by a comma. */
const BEARER = /^bearer +(\S+)$/i;

function readBearer(header: string): string {
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new InvalidTokenError("token-malformed");
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenError("token-too-long");
  }
  return token;
}

/** In characters: browsers do not store longer cookies. */
const MAX_COOKIE_LENGTH = 4_096;

/** Bounds the signature checks per request. */
const MAX_COOKIES = 4;

function readCookies(headers: Headers, name: string): string[] {
  const tokens = cookieValues(headers, name);
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
 * Verifies all session cookies. A sibling subdomain can set a second one, and
 * the header does not show which is ours, so all must be valid and agree.
 */
async function verifyAll(
  { sessions }: AuthenticationServices,
  tokens: readonly string[],
): Promise<VerifiedSession> {
  let first: VerifiedSession | null = null;
  for (const token of tokens) {
    const session = await sessions.verify(token);
    first ??= session;
    if (!isSameSession(first, session)) {
      throw new InvalidTokenError("session-tokens-disagree");
    }
  }
  if (first === null) throw new InvalidTokenError("session-token-missing");
  return first;
}

function isSameSession(a: VerifiedSession, b: VerifiedSession): boolean {
  return a.userId === b.userId && a.sessionId === b.sessionId &&
    a.orgId === b.orgId && a.role === b.role &&
    a.impersonated === b.impersonated;
}

/**
 * Refuses a call of a page that shows another organization than the session's.
 *
 * @throws {BillingError} `conflict`
 */
function requirePageOrganization(
  { orgId }: SessionPrincipal,
  request: Request,
): void {
  const shown = organizationNamedBy(request);
  if (shown === null || orgId === null || shown === orgId) return;
  throw new BillingError(
    "conflict",
    "The page belongs to another organization. Reload it and try again",
    { reason: "other_organization" },
  );
}

/**
 * Refuses a request that does not come from the app's own pages (CSRF).
 * Browsers send the session cookie with forms of other sites, too, but pages
 * cannot set `Sec-Fetch-Site` or `Origin` themselves. A hidden origin,
 * `Origin: null`, is refused.
 *
 * @param appUrl The app's origin from the configuration, not the `Host`.
 * @throws {BillingError} `forbidden`
 */
export function requireSameOrigin(headers: Headers, appUrl: string): void {
  const site = headers.get("sec-fetch-site");
  const isSameOrigin = site === null
    ? headers.get("origin") === appUrl
    : site === "same-origin";
  if (isSameOrigin) return;
  throw new BillingError("forbidden", "Request origin is not allowed");
}
