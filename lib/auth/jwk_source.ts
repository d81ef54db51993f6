import type {
  CompactJWSHeaderParameters,
  CryptoKey,
  FlattenedJWSInput,
  JSONWebKeySet,
} from "jose";
import { ConfigError, type JwkSourceConfig } from "@/lib/config/config.ts";
import {
  MIN_RSA_BITS,
  SESSION_ALGORITHMS,
  type SessionAlgorithm,
  tryKey,
} from "./key_algorithms.ts";
import type { Log } from "@/lib/log.ts";
import { createRemoteJwks } from "./remote_jwks.ts";
import { InvalidTokenError } from "./session_claims.ts";

/** Where the public keys of session tokens come from. */
export interface JwkSource {
  /**
   * The key that must have signed a token with this header. `kid` only ever
   * picks among keys that we hold; it is never part of a path or a query.
   *
   * @throws {BillingError} `unavailable` when the keys cannot be had.
   * @throws jose's errors or {@linkcode InvalidTokenError} when there is none.
   */
  find(
    header: CompactJWSHeaderParameters,
    jws: FlattenedJWSInput,
  ): Promise<CryptoKey>;
  /**
   * Resolves when keys are at hand.
   *
   * @throws {BillingError} `unavailable` when they cannot be had.
   * @throws {ConfigError} If the configured PEM is of no use.
   */
  ready(): Promise<void>;
}

/** What {@linkcode createJwkSource} works with. */
export interface JwkSourceOptions {
  auth: { keys: JwkSourceConfig };
  now: () => number;
  log: Log;
  fetch?: typeof fetch | undefined;
  localKeys?: (() => Promise<JSONWebKeySet>) | undefined;
}

/** Makes the configured key source; nothing is loaded before its first use. */
export function createJwkSource(options: JwkSourceOptions): JwkSource {
  const { keys } = options.auth;
  switch (keys.kind) {
    case "pem":
      return createPemKey(keys.pem);
    case "jwks":
      return createRemoteJwks({ ...options, url: keys.url });
    case "sandbox":
      return createLocalKeys(options.localKeys);
  }
}

/**
 * One public key from the configuration. Which algorithm it verifies is told
 * by what it is, never by the token.
 */
function createPemKey(pem: string): JwkSource {
  const load = once(() => importPem(pem));
  return {
    async find(header) {
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
  const jose = await import("jose");
  const failures: unknown[] = [];
  for (const algorithm of SESSION_ALGORITHMS) {
    try {
      const key = await jose.importSPKI(pem, algorithm);
      await tryKey(key);
      return { key, algorithm };
    } catch (error) {
      if (error instanceof RangeError) throw unusable(error.message, error);
      failures.push(error); // the key is of another kind: try the next
    }
  }
  throw unusable(
    `it must be RSA of ${MIN_RSA_BITS} bits or more, EC on P-256, or Ed25519`,
    new AggregateError(failures),
  );
}

function unusable(why: string, cause: unknown): ConfigError {
  const problem = `AUTH_JWT_KEY is not a public key that can be used: ${why}.`;
  return Object.assign(new ConfigError([problem]), { cause });
}

/** The sandbox's own key set, in this process. */
function createLocalKeys(
  localKeys: JwkSourceOptions["localKeys"],
): JwkSource {
  if (localKeys === undefined) {
    throw new TypeError("Cannot verify sandbox tokens: localKeys is missing");
  }
  const load = once(async () => {
    const jose = await import("jose");
    return jose.createLocalJWKSet(await localKeys());
  });
  return {
    async find(header, jws) {
      const pick = await load();
      return await pick(header, jws);
    },
    async ready() {
      await load();
    },
  };
}

/** Loads at the first call and keeps the result; a failure is tried again. */
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
