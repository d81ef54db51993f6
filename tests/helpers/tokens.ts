import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { exportSPKI, type JWK } from "jose";
import { readAuth } from "@/lib/config/auth.ts";
import type { TokenRules } from "@/lib/config/auth_presets.ts";
import type { AuthConfig, Environment } from "@/lib/config/config.ts";
import { EnvReader } from "@/lib/config/reader.ts";
import type { Log, LogFields } from "@/lib/log.ts";
import { createSessions, type Sessions } from "@/lib/auth/session_tokens.ts";

/** The tests' current time, in milliseconds since the Unix epoch. */
export const NOW_MS = Date.UTC(2026, 7, 3, 9, 30, 0);

/** The app's URL, and the `azp` of its tokens. */
export const APP_URL = "https://billing.example";

/** The issuer of test tokens. */
export const ISSUER = "https://clerk.billing.example";

/** Signature algorithms. `RS384` and `P-384` must be refused. */
export type TestAlgorithm = "RS256" | "RS384" | "ES256" | "ES384" | "EdDSA";

/** A test key pair in the formats an operator would configure. */
export interface TestKey {
  algorithm: TestAlgorithm;
  privateKey: CryptoKey;
  /** With `kid`, `alg` and `use`, as in a key set. */
  publicJwk: JWK;
  /** SPKI */
  pem: string;
}

const keys = new Map<string, Promise<TestKey>>();

/**
 * Generates a key pair once per algorithm and name. RSA keys take half a second
 * each, so only tests of the algorithms use them.
 */
export function testKey(
  algorithm: TestAlgorithm = "EdDSA",
  name = "ours",
): Promise<TestKey> {
  const id = `${algorithm} ${name}`;
  const key = keys.get(id) ?? makeKey(algorithm);
  keys.set(id, key);
  return key;
}

async function makeKey(algorithm: TestAlgorithm): Promise<TestKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    algorithm,
    privateKey: pair.privateKey,
    publicJwk: { ...jwk, kid, alg: algorithm, use: "sig" },
    pem: await exportSPKI(pair.publicKey),
  };
}

/** Claims or header members. `undefined` omits a default. */
export type Members = Record<string, unknown>;

/** Claims of a valid version 2 session token without an organization. */
export function sessionClaims(overrides: Members = {}, nowMs = NOW_MS) {
  const nowSec = Math.floor(nowMs / 1000);
  return {
    azp: APP_URL,
    exp: nowSec + 60,
    fva: [0, -1],
    iat: nowSec,
    iss: ISSUER,
    jti: "jti_1",
    nbf: nowSec - 10,
    sid: "sess_1",
    sts: "active",
    sub: "user_1",
    v: 2,
    ...overrides,
  };
}

/** How an issuer's valid tokens look. */
export interface TokenShape {
  /** Added to `alg` and `kid`. */
  header: Members;
  claims: (nowSec: number) => Members;
}

/** Clerk's version 2. */
export const CLERK_SHAPE: TokenShape = {
  header: { typ: "JWT" },
  claims: (nowSec) => sessionClaims({}, nowSec * 1000),
};

/** Parts of a token that differ from the defaults. */
export interface TokenParts {
  /** Clerk's by default. */
  shape?: TokenShape;
  /** Added to the shape's header. */
  header?: Members;
  /** Added to the shape's claims. */
  claims?: Members;
  key?: TestKey;
  nowMs?: number;
}

/** Creates a session token with a real signature. */
export async function sessionToken(parts: TokenParts = {}): Promise<string> {
  const key = parts.key ?? await testKey();
  const { kid } = key.publicJwk;
  const { header, claims } = parts.shape ?? CLERK_SHAPE;
  const nowSec = Math.floor((parts.nowMs ?? NOW_MS) / 1000);
  return await signParts(
    { alg: key.algorithm, kid, ...header, ...parts.header },
    { ...claims(nowSec), ...parts.claims },
    key,
  );
}

/**
 * Signs any header and payload. Strings are used verbatim, other values as
 * JSON. Libraries refuse to create most malformed tokens.
 */
export async function signParts(
  header: unknown,
  payload: unknown,
  key: TestKey,
): Promise<string> {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const signature = await crypto.subtle.sign(
    signatureOf(key.algorithm),
    key.privateKey,
    new TextEncoder().encode(input),
  );
  return `${input}.${encodeBytes(new Uint8Array(signature))}`;
}

/** Encodes one part of a compact token. Strings are used verbatim. */
export function encodePart(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return encodeBytes(new TextEncoder().encode(text));
}

function encodeBytes(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function signatureOf(
  algorithm: TestAlgorithm,
): AlgorithmIdentifier | EcdsaParams {
  switch (algorithm) {
    case "RS256":
    case "RS384":
      return "RSASSA-PKCS1-v1_5";
    case "ES256":
      return { name: "ECDSA", hash: "SHA-256" };
    case "ES384":
      return { name: "ECDSA", hash: "SHA-384" };
    case "EdDSA":
      return "Ed25519";
  }
}

/** The token rules of an environment; Clerk's by default. */
export function tokenRules(environment: Environment = {}): TokenRules {
  const read = new EnvReader({
    AUTH_JWKS_URL: "https://k.example/",
    ...environment,
  });
  const { rules } = readAuth(read);
  if (read.problems.length > 0) throw new Error(read.problems.join("\n"));
  return rules;
}

/** A sign-in configuration with defaults for everything but the keys. */
export function authConfig(
  overrides: Partial<AuthConfig> & Pick<AuthConfig, "keys">,
): AuthConfig {
  return {
    issuer: ISSUER,
    audience: null,
    authorizedParties: [APP_URL],
    rules: tokenRules(),
    cookie: "__session",
    signInUrl: null,
    signOutUrl: null,
    clerk: null,
    ...overrides,
  };
}

/** A logged entry. */
export interface LogLine extends LogFields {
  level: string;
  message: string;
}

/** A log that records its entries. */
export function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string): Log["info"] => (message, fields) => {
    lines.push({ ...fields, level, message });
  };
  const [debug, info, warn, error] = ["debug", "info", "warn", "error"].map(at);
  // The array has one function per level.
  return { log: { debug, info, warn, error } as Log, lines };
}

/** A clock that a test sets. */
export interface TestClock {
  nowMs: number;
  now: () => number;
}

/** A clock that stops until it is set. */
export function testClock(nowMs = NOW_MS): TestClock {
  const clock = { nowMs, now: () => clock.nowMs };
  return clock;
}

/**
 * {@linkcode Sessions} that verify {@linkcode testKey}, with their clock and
 * log.
 */
export interface TestSessions {
  sessions: Sessions;
  clock: TestClock;
  log: Log;
  lines: LogLine[];
}

/** Sessions with a PEM key, which needs no key server. */
export async function testSessions(
  overrides: Partial<AuthConfig> = {},
): Promise<TestSessions> {
  const { pem } = await testKey();
  const clock = testClock();
  const { log, lines } = recordingLog();
  const auth = authConfig({ keys: { kind: "pem", pem }, ...overrides });
  return {
    sessions: createSessions({ auth, now: clock.now, log }),
    clock,
    log,
    lines,
  };
}
