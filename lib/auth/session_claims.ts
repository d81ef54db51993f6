import type { CompactJWSHeaderParameters, JWTPayload } from "jose";
import {
  type ClaimPath,
  ROLE_PATTERN,
  type TokenRules,
} from "@/lib/config/auth_presets.ts";
import type { AuthConfig } from "@/lib/config/config.ts";

/** The verified claims of a session token. */
export interface VerifiedSession {
  /** `sub` */
  readonly userId: string;
  /** `sid`; null if the issuer's tokens have none. */
  readonly sessionId: string | null;
  /** 1 to 128 of `A-Z a-z 0-9 _ -`; null if no organization is active. */
  readonly orgId: string | null;
  /** As the token spells it, except Clerk's, which is always `org:<role>`. */
  readonly role: string | null;
  /** The organization's display name; null without `AUTH_ORG_NAME_CLAIM`. */
  readonly orgName: string | null;
  /** `email`; null without it, or if it is known to be unverified. */
  readonly email: string | null;
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
export function checkHeader(
  header: CompactJWSHeaderParameters,
  { types }: TokenRules,
): void {
  if (REFUSED_PARAMETERS.some((name) => Object.hasOwn(header, name))) {
    throw new InvalidTokenError("token-invalid-header");
  }
  // A missing type is refused unless the preset allows it: other kinds of token
  // may have none.
  if (!types.includes(header.typ === undefined ? null : header.typ)) {
    throw new InvalidTokenError("token-type-mismatch");
  }
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
 * @throws {InvalidTokenError}
 */
export function readSession(
  claims: JWTPayload,
  { rules, authorizedParties }: Pick<AuthConfig, "rules" | "authorizedParties">,
): VerifiedSession {
  checkTimes(claims);
  checkParty(claims["azp"], authorizedParties);
  checkKind(claims, rules);
  const status = claims["sts"];
  if (status !== undefined && status !== "active") {
    throw new InvalidTokenError("session-pending");
  }
  const act = claims["act"];
  return Object.freeze({
    userId: readId(claims.sub),
    sessionId: readSessionId(claims["sid"], rules),
    ...readMembership(claims, rules),
    orgName: readName(claims, rules),
    email: readEmail(claims),
    impersonated: act !== undefined && act !== null,
  });
}

/** The last second that a `Date` can represent. */
const MAX_TIME_SEC = 8.64e12;

/**
 * JSON allows numbers such as 1e300, and parses 1e400 as infinity. `nbf` may be
 * missing if the preset does not require it.
 */
function checkTimes({ exp, nbf = 0, iat }: JWTPayload): void {
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

/** Refuses the tokens that some issuers sign for programs with the same key. */
function checkKind(claims: JWTPayload, { refusedClaim }: TokenRules): void {
  if (refusedClaim === null) return;
  const { name, value } = refusedClaim;
  if ([claims[name]].flat().includes(value)) {
    throw new InvalidTokenError("token-type-mismatch");
  }
}

/** The limit of OpenID Connect for `sub`; ids become parts of store keys. */
const MAX_ID_LENGTH = 255;

function readId(id: unknown): string {
  if (typeof id === "string" && id !== "" && id.length <= MAX_ID_LENGTH) {
    return id;
  }
  throw new InvalidTokenError("token-invalid-claim");
}

function readSessionId(
  sid: unknown,
  { requiredClaims }: TokenRules,
): string | null {
  if (sid === undefined && !requiredClaims.includes("sid")) return null;
  return readId(sid);
}

type Membership = Pick<VerifiedSession, "orgId" | "role">;

function readMembership(claims: JWTPayload, rules: TokenRules): Membership {
  const { provider, orgClaim, roleClaim } = rules;
  const isClerk = provider === "clerk";
  const own = isClerk ? readClerkClaims(claims) : { id: null, role: null };
  const id = orgClaim === null ? own.id : readClaim(claims, orgClaim);
  const role = roleClaim === null ? own.role : readClaim(claims, roleClaim);
  // Some issuers write null, others omit the claim.
  const orgId = id ?? null;
  if (orgId === null) return { orgId: null, role: null };
  if (typeof orgId !== "string" || !ORGANIZATION_ID.test(orgId)) {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return { orgId, role: readRole(role ?? null, isClerk) };
}

/**
 * Version 2 has the organization only in `o`: an `org_id` beside it may be a
 * custom claim. Tokens of unknown versions are refused.
 */
function readClerkClaims(claims: JWTPayload): { id: unknown; role: unknown } {
  const version = claims["v"];
  if (version === undefined) {
    return { id: claims["org_id"], role: claims["org_role"] };
  }
  if (version !== 2) throw new InvalidTokenError("token-invalid-claim");
  const o = claims["o"];
  if (o === undefined || o === null) return { id: null, role: null };
  // An array or a string has no `id` either.
  const { id, rol } = o as Record<string, unknown>;
  // `o` exists only while an organization is active, so it must have an id.
  if (typeof id !== "string") {
    throw new InvalidTokenError("token-invalid-organization");
  }
  return { id, role: rol };
}

/** Reads own members only: a path must not reach into prototypes. */
function readClaim(claims: JWTPayload, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const ORGANIZATION_ID = /^[A-Za-z0-9_-]{1,128}$/;
const CLERK_ROLE = /^(?:org:)?([A-Za-z0-9_-]{1,128})$/;

function readRole(role: unknown, isClerk: boolean): string | null {
  if (role === null) return null;
  if (typeof role === "string") {
    const name = CLERK_ROLE.exec(role)?.[1];
    if (isClerk && name !== undefined) return `org:${name}`;
    if (!isClerk && ROLE_PATTERN.test(role)) return role;
  }
  throw new InvalidTokenError("token-invalid-organization");
}

const MAX_NAME_LENGTH = 200;

/** A display name decides nothing, so one that cannot be shown is ignored. */
function readName(
  claims: JWTPayload,
  { orgNameClaim }: TokenRules,
): string | null {
  const name = orgNameClaim && readClaim(claims, orgNameClaim);
  if (typeof name !== "string") return null;
  const shown = name.replaceAll(/\p{C}/gu, "").trim();
  return shown === "" || shown.length > MAX_NAME_LENGTH ? null : shown;
}

/** Stripe's limit. */
const MAX_EMAIL_LENGTH = 512;

/** Only suggests a billing address, so a malformed one is ignored. */
function readEmail(claims: JWTPayload): string | null {
  const { email, email_verified: verified } = claims;
  if (typeof email !== "string" || verified === false) return null;
  const isEmail = email.length <= MAX_EMAIL_LENGTH &&
    /^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u.test(email);
  return isEmail ? email : null;
}

/** Bounds the log line. */
const MAX_NAMES = 60;

/**
 * Returns the names of a token's claims, for the log: with those of the objects
 * on the path of the organization claim, but without any value.
 */
export function claimNames(
  claims: JWTPayload,
  { orgClaim }: TokenRules,
): string[] {
  const names = Object.keys(claims);
  const path = orgClaim ?? ["o"];
  for (let depth = 1; depth < path.length; depth++) {
    const parent = path.slice(0, depth);
    const value = readClaim(claims, parent);
    if (!isRecord(value)) break;
    names.push(...Object.keys(value).map((n) => [...parent, n].join(".")));
  }
  return names.slice(0, MAX_NAMES);
}
