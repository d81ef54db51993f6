/** The longest time that a verified token is cached. */
export const CACHED_MS = 60_000;

/** The most tokens that are cached. */
export const MAX_CACHED = 10_000;

interface Entry<Session> {
  session: Session;
  verifiedAtMs: number;
  usableUntilMs: number;
}

/** A verified session; times in milliseconds since the Unix epoch. */
interface CachedResult<Session> {
  session: Session;
  verifiedAtMs: number;
  /** When the token becomes invalid, by `exp` or the maximum age of `iat`. */
  endsAtMs: number;
}

/**
 * Caches verified session tokens, so that a repeated token costs no signature
 * check.
 *
 * The key is the complete token, signature included, so only the exact bytes
 * that were verified hit; another spelling of the same token misses. Only
 * verified tokens are cached, so forged ones cannot fill the cache.
 */
export class TokenCache<Session> {
  // A Map keeps the insertion order, so its first entry is the oldest.
  readonly #entries = new Map<string, Entry<Session>>();

  /** The number of entries, including expired ones. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Returns the session of a cached token, or null.
   *
   * Misses if the clock was set back to before the verification: the entry
   * would otherwise outlive its time.
   */
  get(token: string, nowMs: number): Session | null {
    const entry = this.#entries.get(token);
    if (entry === undefined) return null;
    if (nowMs < entry.usableUntilMs && nowMs >= entry.verifiedAtMs) {
      return entry.session;
    }
    this.#entries.delete(token);
    return null;
  }

  /** Caches a session until its token ends, at most {@linkcode CACHED_MS}. */
  set(token: string, result: CachedResult<Session>): void {
    const { session, verifiedAtMs, endsAtMs } = result;
    const usableUntilMs = Math.min(endsAtMs, verifiedAtMs + CACHED_MS);
    // The clock tolerance accepts tokens that have already ended.
    if (usableUntilMs <= verifiedAtMs) return;
    this.#entries.delete(token); // so that it becomes the newest
    this.#entries.set(detached(token), {
      session,
      verifiedAtMs,
      usableUntilMs,
    });
    if (this.#entries.size > MAX_CACHED) this.#deleteOldest();
  }

  #deleteOldest(): void {
    for (const token of this.#entries.keys()) {
      this.#entries.delete(token);
      return;
    }
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Copies a string. A token cut from a header can be a view that keeps the
 * entire header in memory, other cookies included.
 */
function detached(token: string): string {
  return decoder.decode(encoder.encode(token));
}
