import type { CryptoKey } from "jose";

/**
 * Signature algorithms that a session token may have.
 *
 * @see The HTTP contract, "Who is calling".
 */
export const SESSION_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

/** One of {@linkcode SESSION_ALGORITHMS}. */
export type SessionAlgorithm = typeof SESSION_ALGORITHMS[number];

/** Smaller RSA keys are refused by RFC 7518, section 3.3. */
export const MIN_RSA_BITS = 2048;

/**
 * Length of an RSA key in bits; null for a key of another kind. jose finds a
 * short key at its first token only, which is too late to say so.
 */
export function rsaBits(key: CryptoKey): number | null {
  const { modulusLength } = key.algorithm as Partial<RsaHashedKeyAlgorithm>;
  return modulusLength ?? null;
}
