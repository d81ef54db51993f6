import type { createLocalJWKSet } from "jose";
import { BillingError } from "@/lib/errors.ts";
import { fetchJwks } from "./jwks_fetch.ts";
import type { JwkSource } from "./jwk_source.ts";
import type { Log } from "@/lib/log.ts";

/** A set that is younger is used as it is, so a withdrawn key lives on for it. */
export const FRESH_MS = 10 * 60_000;

/**
 * How long a set is used while a newer one cannot be had, counted from its
 * fetch. A day outlasts the outages of a sign-in service, and is as long as a
 * key that leaked and was withdrawn may be believed by somebody who is kept
 * from hearing of it.
 */
export const STALE_MS = 24 * 60 * 60_000;

/**
 * How long an unknown `kid` waits for the next look. A rotated key is found
 * after it at the latest; a flood of invented ones costs one fetch each time.
 */
export const COOLDOWN_MS = 30_000;

/** Waits after failures: 1 s, doubled up to this. */
export const MAX_BACK_OFF_MS = 60_000;

/** What {@linkcode createRemoteJwks} works with. */
export interface RemoteJwksOptions {
  url: URL;
  now: () => number;
  log: Log;
  fetch?: typeof fetch | undefined;
  /** How long one fetch may take; 5 s when left out. */
  timeoutMs?: number | undefined;
}

/**
 * The public keys behind a JWKS URL.
 *
 * jose has a remote set of its own. It keeps time by the system's clock only,
 * fetches again for every call while the other side is down, and has no way
 * to use an older set meanwhile; so only its choosing among keys is used.
 */
export function createRemoteJwks(options: RemoteJwksOptions): JwkSource {
  const keys = new RemoteKeys(options);
  return {
    find: async (header, jws) => {
      const pick = await keys.current();
      const jose = await import("jose");
      try {
        return await pick(header, jws);
      } catch (error) {
        if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
        const newer = await keys.newerThan(pick);
        if (newer === null) throw error;
        return await newer(header, jws);
      }
    },
    ready: async () => {
      await keys.current();
    },
  };
}

/** Chooses a key of one set. */
type KeyPicker = ReturnType<typeof createLocalJWKSet>;

class RemoteKeys {
  #pick: KeyPicker | null = null;
  #fetchedAtMs = 0;
  #askedAtMs = 0;
  #failures = 0;
  #asking: Promise<void> | null = null;

  constructor(private readonly options: RemoteJwksOptions) {}

  /** The set to use now; asks for a newer one when it is due. */
  async current(): Promise<KeyPicker> {
    this.#followClock();
    const ageMs = this.options.now() - this.#fetchedAtMs;
    if (this.#pick !== null && ageMs < FRESH_MS) return this.#pick;
    if (this.#asking !== null || this.#waitMs() === 0) {
      const asking = this.#ask();
      // Where the other side is known to be down, an older set answers at
      // once and the attempt goes on beside it; it never rejects.
      if (this.#failures === 0 || !this.#isUsable()) await asking;
    }
    if (this.#pick !== null && this.#isUsable()) return this.#pick;
    throw this.#unavailable();
  }

  /**
   * A newer set for a `kid` that `seen` does not have; null when there is
   * none to be had.
   *
   * @throws {BillingError} `unavailable` when the key may exist, but the
   * other side cannot be asked: a 401 would sign people out after a rotation.
   */
  async newerThan(seen: KeyPicker): Promise<KeyPicker | null> {
    const mayAsk = this.#failures > 0
      ? this.#waitMs() === 0
      : this.#isCooledDown();
    if (this.#pick === seen && (this.#asking !== null || mayAsk)) {
      await this.#ask();
    }
    if (this.#pick !== seen) return this.#pick;
    if (this.#failures > 0) throw this.#unavailable();
    return null;
  }

  /** A clock that was set back starts the waits anew instead of stretching them. */
  #followClock(): void {
    const nowMs = this.options.now();
    this.#fetchedAtMs = Math.min(this.#fetchedAtMs, nowMs);
    this.#askedAtMs = Math.min(this.#askedAtMs, nowMs);
  }

  #isUsable(): boolean {
    return this.#pick !== null &&
      this.options.now() - this.#fetchedAtMs < STALE_MS;
  }

  #isCooledDown(): boolean {
    return this.options.now() - this.#askedAtMs >= COOLDOWN_MS;
  }

  /** Until the next attempt after a failure; 0: now. */
  #waitMs(): number {
    if (this.#failures === 0) return 0;
    const backOffMs = Math.min(
      1000 * 2 ** (this.#failures - 1),
      MAX_BACK_OFF_MS,
    );
    return Math.max(0, this.#askedAtMs + backOffMs - this.options.now());
  }

  /** Callers that come while the other side is being asked share the answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askNow().finally(() => this.#asking = null);
    return this.#asking;
  }

  async #askNow(): Promise<void> {
    const { now, log } = this.options;
    this.#askedAtMs = now();
    try {
      const keys = await fetchJwks(this.options);
      const jose = await import("jose");
      this.#pick = jose.createLocalJWKSet({ keys });
      this.#fetchedAtMs = now();
      if (this.#failures > 0) log.info("token keys can be had again");
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      // The wait is counted from the end of an attempt that took its time.
      this.#askedAtMs = now();
      log.warn("token keys cannot be had", {
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
