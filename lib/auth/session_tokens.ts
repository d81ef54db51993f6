import type { errors, JSONWebKeySet, JWTPayload } from "jose";
import { SingleFlight } from "@/lib/async/single_flight.ts";
import type { AuthConfig } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import {
  createLocalSource,
  createPemSource,
  type JwkSource,
  SESSION_ALGORITHMS,
} from "./jwk_source.ts";
import { createRemoteJwks } from "./remote_jwks.ts";
import {
  checkHeader,
  claimNames,
  InvalidTokenError,
  readSession,
  type RefusalReason,
  type VerifiedSession,
} from "./session_claims.ts";
import { TokenCache } from "./token_cache.ts";

/** Verifies session tokens. */
export interface Sessions {
  /**
   * Verifies a token and returns its session. Results are cached, and
   * concurrent calls with the same token share one verification.
   *
   * @throws {BillingError} `unauthorized` if the token is invalid;
   * `unavailable`, with seconds to wait, if the keys cannot be loaded or too
   * many verifications run.
   */
  verify(token: string): Promise<VerifiedSession>;
  /**
   * Resolves when tokens can be verified, after loading keys if necessary.
   *
   * @throws {BillingError} `unavailable` if the keys cannot be loaded.
   * @throws {ConfigError} If the configured key cannot be used.
   */
  ready(): Promise<void>;
}

/** Options for {@linkcode createSessions}. */
interface SessionsOptions {
  auth: AuthConfig;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  log: Log;
  /** Fetches the key set; the global `fetch` by default. */
  fetch?: typeof fetch | undefined;
  /** Loads the key set of the sandbox's sign-in; required in the sandbox. */
  localKeys?: (() => Promise<JSONWebKeySet>) | undefined;
}

/** The maximum length of a session token, in characters. */
export const MAX_TOKEN_LENGTH = 8_192;

/** The clock tolerance for `exp`, `nbf` and `iat`. */
const LEEWAY_SEC = 5;

/** Three base64url parts, none empty, without padding. */
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Creates the verifier of session tokens. The keys and jose are loaded when
 * the first token is verified.
 */
export function createSessions(options: SessionsOptions): Sessions {
  const keys = createJwkSource(options);
  const cache = new TokenCache<VerifiedSession>();
  const running = new SingleFlight<VerifiedSession>();
  const missing = createMissingReport(options);
  return {
    verify(token) {
      const cached = cache.get(token, options.now());
      if (cached !== null) return Promise.resolve(cached);
      const verification = { keys, cache, missing, token };
      return running.run(token, () => verifyToken(options, verification));
    },
    ready: () => keys.ready(),
  };
}

function createJwkSource(options: SessionsOptions): JwkSource {
  const { auth: { keys }, localKeys } = options;
  if (keys.kind === "pem") return createPemSource(keys.pem);
  if (keys.kind === "jwks") {
    return createRemoteJwks({ ...options, url: keys.url });
  }
  if (localKeys !== undefined) return createLocalSource(localKeys);
  throw new TypeError("Cannot verify sandbox tokens: localKeys is missing");
}

/**
 * Returns a function that logs, once, which claims a token without an
 * organization has: most likely the claim has another name.
 */
function createMissingReport({ auth: { rules }, log }: SessionsOptions) {
  let reported = false;
  return (claims: JWTPayload) => {
    if (reported) return;
    reported = true;
    log.info("session token without an organization", {
      expected: rules.orgClaim?.join(".") ?? "o.id or org_id",
      claims: claimNames(claims, rules).join(" "),
    });
  };
}

interface Verification {
  keys: JwkSource;
  cache: TokenCache<VerifiedSession>;
  /** Reports a token without an organization. */
  missing: (claims: JWTPayload) => void;
  token: string;
}

async function verifyToken(
  options: SessionsOptions,
  { keys, cache, missing, token }: Verification,
): Promise<VerifiedSession> {
  const { auth, now, log } = options;
  try {
    checkShape(token);
    const verifiedAtMs = now();
    const claims = await verifyClaims(token, { auth, keys, verifiedAtMs });
    const session = readSession(claims, auth);
    if (session.orgId === null) missing(claims);
    const endsAtMs = endOf(claims, auth.rules.maxAgeSec);
    cache.set(token, { session, verifiedAtMs, endsAtMs });
    return session;
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      throw unauthorized(log, error.reason);
    }
    throw error;
  }
}

/** Runs before decoding, so that it does not depend on the decoder. */
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
  const jose = await import("./jose.ts");
  const { maxAgeSec, requiredClaims } = auth.rules;
  try {
    const { payload } = await jose.jwtVerify(token, (header, jws) => {
      checkHeader(header, auth.rules);
      return keys.find(header, jws);
    }, {
      algorithms: [...SESSION_ALGORITHMS],
      clockTolerance: LEEWAY_SEC,
      currentDate: new Date(verifiedAtMs),
      // Also makes jose refuse an `iat` in the future.
      maxTokenAge: maxAgeSec,
      requiredClaims: ["exp", "iat", "sub", ...requiredClaims],
      ...(auth.issuer === null ? {} : { issuer: auth.issuer }),
      ...(auth.audience === null ? {} : { audience: [...auth.audience] }),
    });
    return payload;
  } catch (error) {
    // Other errors say nothing about the token, such as keys that cannot be
    // loaded.
    if (!(error instanceof jose.errors.JOSEError)) throw error;
    throw new InvalidTokenError(reasonOf(error), error);
  }
}

function endOf({ exp, iat }: JWTPayload, maxAgeSec: number): number {
  // Both exist: `requiredClaims` and `readSession` check this.
  return Math.min(exp ?? 0, (iat ?? 0) + maxAgeSec) * 1000;
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
  // Not for a time that is missing or no number.
  const byTime = error.reason === "check_failed" && REASON_BY_TIME[claim];
  return byTime || (REASON_BY_CLAIM[claim] ?? "token-invalid-claim");
}

/**
 * Reasons that a wrong configuration causes for all tokens. Logged as `info`,
 * so that an operator sees them without the debug level.
 */
const CONFIGURATION_REASONS: ReadonlySet<RefusalReason> = new Set<
  RefusalReason
>([
  "jwk-kid-mismatch",
  "token-invalid-audience",
  "token-invalid-authorized-parties",
  "token-invalid-issuer",
]);

/**
 * Logs why a session token was refused, but not the token, and returns the
 * error for the caller, which is the same for all reasons.
 */
export function unauthorized(log: Log, reason: RefusalReason): BillingError {
  const level = CONFIGURATION_REASONS.has(reason) ? "info" : "debug";
  log[level]("session token refused", { reason });
  return new BillingError("unauthorized", "Authentication required");
}
