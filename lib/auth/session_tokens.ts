import type { errors, JSONWebKeySet, JWTPayload } from "jose";
import type { AuthConfig } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import { SESSION_ALGORITHMS } from "./key_algorithms.ts";
import { createJwkSource, type JwkSource } from "./jwk_source.ts";
import type { Log } from "@/lib/log.ts";
import {
  checkHeader,
  InvalidTokenError,
  readSession,
  type RefusalReason,
  type VerifiedSession,
} from "./session_claims.ts";
import { TokenCache } from "./token_cache.ts";

/** Verifies session tokens. */
export interface Sessions {
  /**
   * The session that a token proves. A token that was verified before costs a
   * look-up; several callers with one token share one check.
   *
   * @throws {BillingError} `unauthorized` whatever is wrong with the token;
   * `unavailable`, with seconds to wait, when the keys cannot be had.
   */
  verify(token: string): Promise<VerifiedSession>;
  /**
   * Resolves when tokens can be verified now: from keys at hand, or else from
   * keys that are fetched for it.
   *
   * @throws {BillingError} `unavailable` when the keys cannot be had.
   * @throws {ConfigError} If the configured key is of no use; see it at start.
   */
  ready(): Promise<void>;
}

/** What {@linkcode createSessions} works with. */
export interface SessionsOptions {
  auth: AuthConfig;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  log: Log;
  /** Fetches the key set; the global `fetch` when left out. */
  fetch?: typeof fetch | undefined;
  /** Key set of the sandbox's sign-in; needed with its key source. */
  localKeys?: (() => Promise<JSONWebKeySet>) | undefined;
}

/** A session token in a header is this long at most, in characters. */
export const MAX_TOKEN_LENGTH = 8_192;

/** The same leeway for `exp`, `nbf` and `iat`; the contract's figure. */
const LEEWAY_SEC = 5;

/** No token is older by its `iat`, whatever its `exp`; the contract's figure. */
const MAX_AGE_SEC = 600;

/** Three base64url parts: no blank, no padding, nothing left out. */
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Makes the verifier of session tokens. Cheap: keys are looked for, and jose
 * is loaded, when the first token comes.
 *
 * @see The HTTP contract, "Who is calling".
 */
export function createSessions(options: SessionsOptions): Sessions {
  const keys = createJwkSource(options);
  const memory = new TokenCache<VerifiedSession>();
  // Holds a token for as long as its check runs, so the requests in hand
  // bound it. A failure is told to those who wait and not kept.
  const running = new Map<string, Promise<VerifiedSession>>();

  function checkOnce(token: string): Promise<VerifiedSession> {
    const shared = running.get(token);
    if (shared !== undefined) return shared;
    const check = verifyToken(options, { keys, memory, token })
      .finally(() => running.delete(token));
    running.set(token, check);
    return check;
  }

  return {
    verify(token) {
      const known = memory.recall(token, options.now());
      return known === null ? checkOnce(token) : Promise.resolve(known);
    },
    ready: () => keys.ready(),
  };
}

interface Verification {
  keys: JwkSource;
  memory: TokenCache<VerifiedSession>;
  token: string;
}

async function verifyToken(
  options: SessionsOptions,
  { keys, memory, token }: Verification,
): Promise<VerifiedSession> {
  const { auth, now, log } = options;
  try {
    checkShape(token);
    const verifiedAtMs = now();
    const claims = await verifyClaims(token, { auth, keys, verifiedAtMs });
    const session = readSession(claims, auth.authorizedParties);
    memory.remember(token, { session, verifiedAtMs, endsAtMs: endOf(claims) });
    return session;
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      throw unauthorized(log, error.reason);
    }
    throw error;
  }
}

/** Before anything is decoded: neither size nor padding is the decoder's. */
function checkShape(token: string): void {
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenError("token-too-long");
  }
  if (!SHAPE.test(token)) throw new InvalidTokenError("token-malformed");
}

interface ClaimRules {
  auth: AuthConfig;
  keys: JwkSource;
  verifiedAtMs: number;
}

async function verifyClaims(
  token: string,
  { auth, keys, verifiedAtMs }: ClaimRules,
): Promise<JWTPayload> {
  const jose = await import("jose");
  try {
    const { payload } = await jose.jwtVerify(token, (header, jws) => {
      checkHeader(header);
      return keys.find(header, jws);
    }, {
      algorithms: [...SESSION_ALGORITHMS],
      clockTolerance: LEEWAY_SEC,
      currentDate: new Date(verifiedAtMs),
      // Also what makes a future `iat` an error, and bounds an absurd `exp`.
      maxTokenAge: MAX_AGE_SEC,
      requiredClaims: ["exp", "iat", "nbf", "sub", "sid"],
      ...(auth.issuer === null ? {} : { issuer: auth.issuer }),
      ...(auth.audience === null ? {} : { audience: [...auth.audience] }),
    });
    return payload;
  } catch (error) {
    // What is not jose's verdict on the token is somebody else's: a key
    // source that is down, or a bug of ours.
    if (!(error instanceof jose.errors.JOSEError)) throw error;
    throw new InvalidTokenError(reasonOf(error), error);
  }
}

function endOf({ exp, iat }: JWTPayload): number {
  // Both are there: `requiredClaims` and `readSession` saw to it.
  return Math.min(exp ?? 0, (iat ?? 0) + MAX_AGE_SEC) * 1000;
}

const REASON_BY_CODE: Record<string, RefusalReason> = {
  ERR_JWT_EXPIRED: "token-expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "token-invalid-algorithm",
  ERR_JOSE_NOT_SUPPORTED: "token-invalid-header",
  ERR_JWS_INVALID: "token-malformed",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "token-invalid-signature",
  ERR_JWKS_NO_MATCHING_KEY: "jwk-kid-mismatch",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "jwk-kid-mismatch",
};

const REASON_BY_CLAIM: Record<string, RefusalReason> = {
  aud: "token-invalid-audience",
  iss: "token-invalid-issuer",
};

const REASON_BY_TIME: Record<string, RefusalReason> = {
  iat: "token-iat-in-the-future",
  nbf: "token-not-active-yet",
};

function reasonOf(error: errors.JOSEError): RefusalReason {
  const byCode = REASON_BY_CODE[error.code];
  if (byCode !== undefined) return byCode;
  if (!("claim" in error && "reason" in error)) return "token-invalid";
  const claim = String(error.claim);
  // A time that is missing or no number is not early.
  const byTime = error.reason === "check_failed" && REASON_BY_TIME[claim];
  return byTime || (REASON_BY_CLAIM[claim] ?? "token-invalid-claim");
}

/**
 * Refusals that a wrong setting of ours would cause for everybody; an
 * operator has to see them without turning on the debug level.
 */
const WORTH_A_LOOK: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  "jwk-kid-mismatch",
  "token-invalid-audience",
  "token-invalid-authorized-parties",
  "token-invalid-issuer",
]);

/**
 * The one error that callers see for every token that does not count. Why it
 * does not goes to the log as a code; the token goes nowhere.
 */
export function unauthorized(log: Log, reason: RefusalReason): BillingError {
  const level = WORTH_A_LOOK.has(reason) ? "info" : "debug";
  log[level]("session token refused", { reason });
  return new BillingError("unauthorized", "Authentication required");
}
