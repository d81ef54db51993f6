import type {
  CompactJWSHeaderParameters,
  CryptoKey,
  FlattenedJWSInput,
  JSONWebKeySet,
} from "jose";
import { ConfigError } from "@/lib/config/config.ts";
import { InvalidTokenError } from "./session_claims.ts";

/** A source of the public keys that verify session tokens. */
export interface JwkSource {
  /**
   * Finds the key that must have signed a token with this header. The `kid`
   * only selects among known keys; it is never part of a path or query.
   *
   * @throws {BillingError} `unavailable` if the keys cannot be loaded.
   * @throws {InvalidTokenError} or an error of jose, if no key matches.
   */
  find(
    header: CompactJWSHeaderParameters,
    jws: FlattenedJWSInput,
  ): Promise<CryptoKey>;
  /**
   * Resolves when keys are loaded.
   *
   * @throws {BillingError} `unavailable` if they cannot be loaded.
   * @throws {ConfigError} If the configured PEM cannot be used.
   */
  ready(): Promise<void>;
}

/** The signature algorithms that a session token can have. */
export const SESSION_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

/** One of {@linkcode SESSION_ALGORITHMS}. */
export type SessionAlgorithm = typeof SESSION_ALGORITHMS[number];

/** RFC 7518, section 3.3, requires this size for RS256. */
const MIN_RSA_BITS = 2048;

/**
 * Checks that a key can verify signatures. A successful import is no proof:
 * jose rejects a short RSA key, and Deno a point that is not on its curve,
 * only when the first token is verified.
 *
 * @throws {RangeError} If it is an RSA key of less than 2,048 bits.
 * @throws {TypeError} If it cannot verify signatures.
 */
export async function assertUsableKey(key: CryptoKey): Promise<void> {
  const { name, modulusLength = MIN_RSA_BITS } = key.algorithm as
    & Algorithm
    & Partial<RsaHashedKeyAlgorithm>;
  if (modulusLength < MIN_RSA_BITS) {
    throw new RangeError(
      `RSA key has ${modulusLength} bits, required ${MIN_RSA_BITS}`,
    );
  }
  const zeros = new Uint8Array(64);
  await crypto.subtle.verify({ name, hash: "SHA-256" }, key, zeros, zeros);
}

/** Returns the source of one public key in PEM format (SPKI). */
export function createPemSource(pem: string): JwkSource {
  const load = once(() => importPem(pem));
  return {
    async find(header) {
      // The key decides on the algorithm, never the token.
      const { key, algorithm } = await load();
      if (header.alg === algorithm) return key;
      throw new InvalidTokenError("token-invalid-algorithm");
    },
    async ready() {
      await load();
    },
  };
}

interface PemKey {
  key: CryptoKey;
  algorithm: SessionAlgorithm;
}

async function importPem(pem: string): Promise<PemKey> {
  const jose = await import("./jose.ts");
  const failures: unknown[] = [];
  for (const algorithm of SESSION_ALGORITHMS) {
    try {
      const key = await jose.importSPKI(pem, algorithm);
      await assertUsableKey(key);
      return { key, algorithm };
    } catch (error) {
      if (error instanceof RangeError) throw unusable(error.message, error);
      failures.push(error); // a key for another algorithm
    }
  }
  throw unusable(
    `it must be RSA of ${MIN_RSA_BITS} bits or more, EC on P-256, or Ed25519`,
    new AggregateError(failures),
  );
}

function unusable(reason: string, cause: unknown): ConfigError {
  const problem = `AUTH_JWT_KEY is not a usable public key: ${reason}.`;
  return new ConfigError([problem], { cause });
}

/** Returns the source of the sandbox's own key set. */
export function createLocalSource(
  loadKeys: () => Promise<JSONWebKeySet>,
): JwkSource {
  const load = once(async () => {
    const jose = await import("./jose.ts");
    return jose.createLocalJWKSet(await loadKeys());
  });
  return {
    async find(header, jws) {
      const selectKey = await load();
      return await selectKey(header, jws);
    },
    async ready() {
      await load();
    },
  };
}

/** Loads at the first call and keeps the result; retries after a failure. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return loaded;
  };
}
