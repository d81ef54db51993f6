import type { CompactJWSHeaderParameters, JWTPayload } from "jose";

/** What a session token says about its bearer, checked. */
export interface VerifiedSession {
  /** `sub` */
  readonly userId: string;
  /** `sid` */
  readonly sessionId: string;
  /** 1 to 128 of `A-Z a-z 0-9 _ -`; null: no organization is active. */
  readonly orgId: string | null;
  /** As `org:<role>`, whichever way the token spells it. */
  readonly role: string | null;
  /** Somebody acts for this person (`act`). */
  readonly impersonated: boolean;
}

/** Why a token was refused: for the log, never for the caller. */
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

/** A token that does not count. Becomes the one 401 that callers see. */
export class InvalidTokenError extends Error {
  override name = "InvalidTokenError";
  constructor(readonly reason: RefusalReason, cause?: unknown) {
    super(`Cannot accept token: ${reason}`, { cause });
  }
}

/**
 * Names a key or changes how the signature is read. Whatever they say, the
 * key comes from our own source, so a token that carries one is not ours.
 */
const REFUSED_PARAMETERS = ["jku", "jwk", "x5u", "x5c", "crit", "b64"];

/** Signed with the same key as sessions: JWT templates, machines. */
const OTHER_CATEGORIES = new Set(["cl_B7d4PD222AAA", "cl_B7d4PD333AAA"]);

/**
 * Refuses a token by its header alone, before a key is looked for.
 *
 * @throws {TokenRefused}
 * @see The HTTP contract, "Who is calling".
 */
export function checkHeader(header: CompactJWSHeaderParameters): void {
  if (REFUSED_PARAMETERS.some((name) => Object.hasOwn(header, name))) {
    throw new InvalidTokenError("token-invalid-header");
  }
  // An absent type is refused too: other kinds of token may have none.
  if (header.typ !== "JWT") throw new InvalidTokenError("token-type-mismatch");
  // The categories are undocumented, so only the known others are refused.
  const category = header["cat"];
  if (typeof category === "string" && OTHER_CATEGORIES.has(category)) {
    throw new InvalidTokenError("token-type-mismatch");
  }
}

/**
 * Reads the session from claims whose signature and times were verified.
 * Signature libraries check that a claim is there, not what it is made of.
 *
 * @param authorizedParties Origins of which `azp` must be one; null: not
 * looked at.
 * @throws {TokenRefused}
 * @see The HTTP contract, "Who is calling".
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

/** The last second that a `Date` can hold; beyond it is no time at all. */
const MAX_TIME_SEC = 8.64e12;

/** JSON has numbers such as 1e300, and 1e400 is read as infinity. */
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

/** OpenID Connect's bound for `sub`; ids become parts of keys in the store. */
const MAX_ID_LENGTH = 255;

function readId(id: unknown): string {
  if (typeof id === "string" && id !== "" && id.length <= MAX_ID_LENGTH) {
    return id;
  }
  throw new InvalidTokenError("token-invalid-claim");
}

type Membership = Pick<VerifiedSession, "orgId" | "role">;

/**
 * Version 2 speaks of the organization in `o` alone: an `org_id` beside it
 * may be a claim that a customer of the sign-in made up. A version that is
 * not known is not guessed at.
 */
function readMembership(claims: JWTPayload): Membership {
  const version = claims["v"];
  if (version === undefined) {
    return toMembership(claims["org_id"], claims["org_role"]);
  }
  if (version !== 2) throw new InvalidTokenError("token-invalid-claim");
  const o = claims["o"];
  if (o === undefined || o === null) return toMembership(null, null);
  // A list or a text has no `id` either.
  const { id, rol } = o as Record<string, unknown>;
  // `o` is there only while an organization is active, so it must name one.
  if (typeof id !== "string") {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return toMembership(id, rol);
}

const ORGANIZATION_ID = /^[A-Za-z0-9_-]{1,128}$/;
const ROLE = /^(?:org:)?([A-Za-z0-9_-]{1,128})$/;

function toMembership(id: unknown, role: unknown): Membership {
  // Some issuers write null where others leave the claim out.
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
