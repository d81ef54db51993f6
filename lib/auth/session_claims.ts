import type { CompactJWSHeaderParameters, JWTPayload } from "jose";

/** The verified claims of a session token. */
export interface VerifiedSession {
  /** `sub` */
  readonly userId: string;
  /** `sid` */
  readonly sessionId: string;
  /** 1 to 128 of `A-Z a-z 0-9 _ -`; null if no organization is active. */
  readonly orgId: string | null;
  /** As `org:<role>`, also if the token has `<role>`. */
  readonly role: string | null;
  /** Whether another person acts as this one (`act`). */
  readonly impersonated: boolean;
}

/** Why a token was refused. Logged, never sent to the caller. */
export type RefusalReason =
  | "session-token-missing"
  | "session-tokens-disagree"
  | "session-pending"
  | "session-impersonated"
  | "token-malformed"
  | "token-too-long"
  | "token-expired"
  | "token-not-active-yet"
  | "token-iat-in-the-future"
  | "token-invalid"
  | "token-invalid-algorithm"
  | "token-invalid-audience"
  | "token-invalid-authorized-parties"
  | "token-invalid-claim"
  | "token-invalid-header"
  | "token-invalid-issuer"
  | "token-invalid-organization"
  | "token-invalid-signature"
  | "token-type-mismatch"
  | "jwk-kid-mismatch";

/** An invalid session token. The caller gets a 401 without the reason. */
export class InvalidTokenError extends Error {
  override name = "InvalidTokenError";
  constructor(readonly reason: RefusalReason, cause?: unknown) {
    super(`Cannot accept token: ${reason}`, { cause });
  }
}

/**
 * Headers that name a key or change how the signature is read. Keys only come
 * from the configured source, so no valid token has them.
 */
const REFUSED_PARAMETERS = ["jku", "jwk", "x5u", "x5c", "crit", "b64"];

/** Clerk signs JWT templates and machine tokens with the same key. */
const OTHER_CATEGORIES = new Set(["cl_B7d4PD222AAA", "cl_B7d4PD333AAA"]);

/**
 * Checks a token's header, before its key is looked up.
 *
 * @throws {InvalidTokenError}
 */
export function checkHeader(header: CompactJWSHeaderParameters): void {
  if (REFUSED_PARAMETERS.some((name) => Object.hasOwn(header, name))) {
    throw new InvalidTokenError("token-invalid-header");
  }
  // Also refuses a missing type, which other kinds of token may have.
  if (header.typ !== "JWT") throw new InvalidTokenError("token-type-mismatch");
  // Categories are undocumented, so unknown ones are allowed.
  const category = header["cat"];
  if (typeof category === "string" && OTHER_CATEGORIES.has(category)) {
    throw new InvalidTokenError("token-type-mismatch");
  }
}

/**
 * Reads the session from claims whose signature and times were verified. jose
 * checks that required claims exist, but not their types.
 *
 * @param authorizedParties Allowed origins for `azp`; null allows any.
 * @throws {InvalidTokenError}
 */
export function readSession(
  claims: JWTPayload,
  authorizedParties: readonly string[] | null,
): VerifiedSession {
  checkTimes(claims);
  checkParty(claims["azp"], authorizedParties);
  const status = claims["sts"];
  if (status !== undefined && status !== "active") {
    throw new InvalidTokenError("session-pending");
  }
  const act = claims["act"];
  return Object.freeze({
    userId: readId(claims.sub),
    sessionId: readId(claims["sid"]),
    ...readMembership(claims),
    impersonated: act !== undefined && act !== null,
  });
}

/** The last second that a `Date` can represent. */
const MAX_TIME_SEC = 8.64e12;

/** JSON allows numbers such as 1e300, and parses 1e400 as infinity. */
function checkTimes({ exp, nbf, iat }: JWTPayload): void {
  for (const time of [exp, nbf, iat]) {
    if (typeof time === "number" && Math.abs(time) <= MAX_TIME_SEC) continue;
    throw new InvalidTokenError("token-invalid-claim");
  }
}

function checkParty(azp: unknown, parties: readonly string[] | null): void {
  if (parties === null) return;
  if (typeof azp === "string" && parties.includes(azp)) return;
  throw new InvalidTokenError("token-invalid-authorized-parties");
}

/** The limit of OpenID Connect for `sub`; ids become parts of store keys. */
const MAX_ID_LENGTH = 255;

function readId(id: unknown): string {
  if (typeof id === "string" && id !== "" && id.length <= MAX_ID_LENGTH) {
    return id;
  }
  throw new InvalidTokenError("token-invalid-claim");
}

type Membership = Pick<VerifiedSession, "orgId" | "role">;

/**
 * Version 2 has the organization only in `o`: an `org_id` beside it may be a
 * custom claim. Tokens of unknown versions are refused.
 */
function readMembership(claims: JWTPayload): Membership {
  const version = claims["v"];
  if (version === undefined) {
    return toMembership(claims["org_id"], claims["org_role"]);
  }
  if (version !== 2) throw new InvalidTokenError("token-invalid-claim");
  const o = claims["o"];
  if (o === undefined || o === null) return toMembership(null, null);
  // An array or a string has no `id` either.
  const { id, rol } = o as Record<string, unknown>;
  // `o` exists only while an organization is active, so it must have an id.
  if (typeof id !== "string") {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return toMembership(id, rol);
}

const ORGANIZATION_ID = /^[A-Za-z0-9_-]{1,128}$/;
const ROLE = /^(?:org:)?([A-Za-z0-9_-]{1,128})$/;

function toMembership(id: unknown, role: unknown): Membership {
  // Some issuers write null, others omit the claim.
  const orgId = id ?? null;
  if (orgId === null) return { orgId: null, role: null };
  if (typeof orgId !== "string" || !ORGANIZATION_ID.test(orgId)) {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return { orgId, role: readRole(role ?? null) };
}

function readRole(role: unknown): string | null {
  if (role === null) return null;
  const name = typeof role === "string" ? ROLE.exec(role)?.[1] : undefined;
  if (name === undefined) {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return `org:${name}`;
}
