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
 * Tries a key out. Importing does not tell whether it is of use: jose finds a
 * short RSA key, and Deno a point that is not on its curve, at the first
 * token only, which would be an error of ours instead of the key's.
 *
 * @throws {RangeError} If it is an RSA key of too few bits.
 * @throws {TypeError} If no signature can be checked with it.
 */
export async function tryKey(key: CryptoKey): Promise<void> {
  const { name, modulusLength = MIN_RSA_BITS } = key.algorithm as
    & Algorithm
    & Partial<RsaHashedKeyAlgorithm>;
  if (modulusLength < MIN_RSA_BITS) {
    throw new RangeError(
      `RSA key has ${modulusLength} bits, ${MIN_RSA_BITS} or more are needed`,
    );
  }
  const nothing = new Uint8Array(64);
  await crypto.subtle.verify({ name, hash: "SHA-256" }, key, nothing, nothing);
}
