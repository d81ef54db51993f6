import type { createLocalJWKSet, JWK } from "jose";
import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import {
  assertUsableKey,
  type JwkSource,
  type SessionAlgorithm,
} from "./jwk_source.ts";
import { isRecord } from "./session_claims.ts";

/** A key set is not fetched again before this age. */
export const FRESH_MS = 10 * 60_000;

/**
 * The maximum age of a key set while no newer one can be fetched. A day
 * outlasts outages of a sign-in service. It also bounds how long a withdrawn
 * key stays valid if an attacker keeps this process from fetching.
 */
export const STALE_MS = 24 * 60 * 60_000;

/**
 * The minimum time between fetches for an unknown `kid`. A rotated key is
 * found at the latest after this time, and a flood of invented `kid`s causes
 * one fetch per interval.
 */
export const COOLDOWN_MS = 30_000;

/** The longest wait after failed fetches, which starts at 1 s and doubles. */
export const MAX_BACK_OFF_MS = 60_000;

/** Options for {@linkcode createRemoteJwks} and {@linkcode fetchJwks}. */
interface RemoteJwksOptions {
  url: URL;
  log: Log;
  fetch?: typeof fetch | undefined;
  /** For headers and body together; 5 s by default. */
  timeoutMs?: number | undefined;
}

/**
 * Returns the source of the public keys at a JWKS URL.
 *
 * jose's own remote set always uses the system clock, fetches for each call
 * while the server is down, and cannot fall back to an older set. So jose only
 * selects the key from a set.
 */
export function createRemoteJwks(
  options: RemoteJwksOptions & { now: () => number },
): JwkSource {
  const jwks = new RemoteJwks(options);
  return {
    find: async (header, jws) => {
      const selectKey = await jwks.current();
      const jose = await import("./jose.ts");
      try {
        return await selectKey(header, jws);
      } catch (error) {
        if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
        const newer = await jwks.newerThan(selectKey);
        if (newer === null) throw error;
        return await newer(header, jws);
      }
    },
    ready: async () => {
      await jwks.current();
    },
  };
}

/** Selects a key from one key set. */
type KeySelector = ReturnType<typeof createLocalJWKSet>;

class RemoteJwks {
  #selector: KeySelector | null = null;
  #fetchedAtMs = 0;
  #attemptedAtMs = 0;
  #failures = 0;
  #refreshing: Promise<void> | null = null;

  constructor(
    private readonly options: RemoteJwksOptions & { now: () => number },
  ) {}

  /** Returns the current key set, refreshed when it is due. */
  async current(): Promise<KeySelector> {
    this.#adjustToClock();
    const ageMs = this.options.now() - this.#fetchedAtMs;
    if (this.#selector !== null && ageMs < FRESH_MS) return this.#selector;
    if (this.#refreshing !== null || this.#waitMs() === 0) {
      const refreshing = this.#refresh();
      // While the server is known to be down, a usable older set is returned
      // at once and the refresh continues in the background; it never rejects.
      if (this.#failures === 0 || !this.#isUsable()) await refreshing;
    }
    if (this.#selector !== null && this.#isUsable()) return this.#selector;
    throw this.#unavailable();
  }

  /**
   * Returns a newer set than `seen`, in which a `kid` is missing, or null.
   *
   * @throws {BillingError} `unavailable` if the server is down: the key may
   * exist, and a 401 would sign people out after a key rotation.
   */
  async newerThan(seen: KeySelector): Promise<KeySelector | null> {
    const mayRefresh = this.#failures > 0
      ? this.#waitMs() === 0
      : this.#isCooledDown();
    if (this.#selector === seen && (this.#refreshing !== null || mayRefresh)) {
      await this.#refresh();
    }
    if (this.#selector !== seen) return this.#selector;
    if (this.#failures > 0) throw this.#unavailable();
    return null;
  }

  /** Keeps a clock that was set back from extending ages and waits. */
  #adjustToClock(): void {
    const nowMs = this.options.now();
    this.#fetchedAtMs = Math.min(this.#fetchedAtMs, nowMs);
    this.#attemptedAtMs = Math.min(this.#attemptedAtMs, nowMs);
  }

  #isUsable(): boolean {
    return this.#selector !== null &&
      this.options.now() - this.#fetchedAtMs < STALE_MS;
  }

  #isCooledDown(): boolean {
    return this.options.now() - this.#attemptedAtMs >= COOLDOWN_MS;
  }

  /** The time until the next attempt after a failure; 0 if it is due. */
  #waitMs(): number {
    if (this.#failures === 0) return 0;
    const backOffMs = Math.min(
      1000 * 2 ** (this.#failures - 1),
      MAX_BACK_OFF_MS,
    );
    return Math.max(0, this.#attemptedAtMs + backOffMs - this.options.now());
  }

  /** Concurrent calls share one attempt. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#attempt()
      .finally(() => this.#refreshing = null);
    return this.#refreshing;
  }

  async #attempt(): Promise<void> {
    const { now, log } = this.options;
    this.#attemptedAtMs = now();
    try {
      const keys = await fetchJwks(this.options);
      const jose = await import("./jose.ts");
      this.#selector = jose.createLocalJWKSet({ keys });
      this.#fetchedAtMs = now();
      if (this.#failures > 0) log.info("key set loaded again");
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#attemptedAtMs = now(); // a slow attempt must not shorten the wait
      log.warn("cannot load key set", {
        reason: "jwk-remote-failed-to-load",
        failures: this.#failures,
        next_attempt_in_sec: Math.ceil(this.#waitMs() / 1000),
        older_keys_in_use: this.#isUsable(),
      }, error);
    }
  }

  #unavailable(): BillingError {
    return new BillingError("unavailable", "Sign-in cannot be verified now", {
      retryAfterSec: Math.max(1, Math.ceil(this.#waitMs() / 1000)),
    });
  }
}

/** Real key sets have 1 to 30 KB; a longer body is not read to its end. */
export const MAX_JWKS_BYTES = 256 * 1024;

const FETCH_TIMEOUT_MS = 5_000;

/**
 * Fetches a JSON Web Key Set. The status must be 200; redirects are refused.
 *
 * @returns At least one public key. Symmetric keys, private keys, short RSA
 * keys and keys of other algorithms are omitted.
 * @throws {Error} If the request fails, or no key is usable.
 */
export async function fetchJwks(options: RemoteJwksOptions): Promise<JWK[]> {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new Error("Cannot load key set: timed out")),
    options.timeoutMs ?? FETCH_TIMEOUT_MS,
  );
  try {
    const body = await fetchBody(options, abort.signal);
    return await usableKeys(JSON.parse(body), options.log);
  } finally {
    clearTimeout(timer);
  }
}

async function fetchBody(
  options: RemoteJwksOptions,
  signal: AbortSignal,
): Promise<string> {
  const response = await (options.fetch ?? fetch)(options.url, {
    headers: { accept: "application/json, application/jwk-set+json" },
    // An open redirect on the server could otherwise replace the keys.
    redirect: "manual",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`Cannot load key set: status is ${response.status}`);
  }
  return await readBounded(response);
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JWKS_BYTES) { // leaving the loop cancels the body
      throw new Error(`Cannot load key set: over ${MAX_JWKS_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function usableKeys(set: unknown, log: Log): Promise<JWK[]> {
  const keys = isRecord(set) && Array.isArray(set["keys"]) ? set["keys"] : null;
  if (keys === null) throw new Error("Cannot load key set: it has no keys");
  const usable: JWK[] = [];
  for (const key of keys) {
    const problem = await findProblem(key);
    if (problem === null) usable.push(key);
    else log.warn("key of the key set ignored", {}, problem);
  }
  if (usable.length > 0) return usable;
  throw new Error("Cannot load key set: no usable key");
}

/** Members of private and symmetric keys (RFC 7518, section 6). */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

async function findProblem(key: unknown): Promise<Error | null> {
  if (!isRecord(key)) return new Error("not an object");
  // With a published private key anyone could sign.
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))) {
    return new Error("symmetric or private");
  }
  const algorithm = algorithmOf(key);
  if (algorithm === null) return new Error("of another algorithm");
  return await tryImport(key, algorithm);
}

function algorithmOf({ kty, crv }: JWK): SessionAlgorithm | null {
  if (kty === "RSA") return "RS256";
  if (kty === "EC" && crv === "P-256") return "ES256";
  return kty === "OKP" && crv === "Ed25519" ? "EdDSA" : null;
}

async function tryImport(
  jwk: JWK,
  algorithm: SessionAlgorithm,
): Promise<Error | null> {
  const jose = await import("./jose.ts");
  try {
    const key = await jose.importJWK(jwk, algorithm);
    if (key instanceof Uint8Array) return new Error("symmetric");
    await assertUsableKey(key);
    return null;
  } catch (cause) {
    return new Error("cannot be imported", { cause });
  }
}
