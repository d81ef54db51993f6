/** How long a verified token is remembered at most; the contract's figure. */
export const REMEMBERED_MS = 60_000;

/** How many tokens are remembered; the contract's figure. */
export const MAX_REMEMBERED = 10_000;

/** What is remembered of a token that passed every check. */
interface Memory<Session> {
  session: Session;
  verifiedAtMs: number;
  usableUntilMs: number;
}

/** A verdict to remember; times in milliseconds since the Unix epoch. */
export interface CachedResult<Session> {
  session: Session;
  verifiedAtMs: number;
  /** From when on the token itself is no good: `exp`, or too old an `iat`. */
  endsAtMs: number;
}

/**
 * Remembers which tokens passed, so that a token seen before costs a look-up
 * and not a signature check.
 *
 * The key is the whole text of the token. That is safe here, where it would
 * not be for telling tokens apart: a hit asks for the very bytes that were
 * verified, signature included, and any other spelling of the same token only
 * misses. Only tokens that passed are entered, so nobody can fill the memory
 * with inventions.
 *
 * @see The HTTP contract, "Who is calling": 60 s, 10,000 of them.
 */
export class TokenCache<Session> {
  // A Map keeps the order of insertion, so its first entry is its oldest.
  readonly #memories = new Map<string, Memory<Session>>();

  /** How many tokens are remembered, those that ran out included. */
  get size(): number {
    return this.#memories.size;
  }

  /**
   * The session of a token that passed before, or null.
   *
   * A clock that was set back to before the verification is no hit either:
   * the entry would live longer than it was given.
   */
  recall(token: string, nowMs: number): Session | null {
    const memory = this.#memories.get(token);
    if (memory === undefined) return null;
    if (nowMs < memory.usableUntilMs && nowMs >= memory.verifiedAtMs) {
      return memory.session;
    }
    this.#memories.delete(token);
    return null;
  }

  /** Remembers a verdict until the token ends, {@linkcode REMEMBERED_MS} at most. */
  remember(token: string, verdict: CachedResult<Session>): void {
    const { session, verifiedAtMs, endsAtMs } = verdict;
    const usableUntilMs = Math.min(endsAtMs, verifiedAtMs + REMEMBERED_MS);
    // Within the leeway a token passes although it has ended.
    if (usableUntilMs <= verifiedAtMs) return;
    this.#memories.delete(token); // so that it is entered as the newest
    this.#memories.set(detached(token), {
      session,
      verifiedAtMs,
      usableUntilMs,
    });
    if (this.#memories.size > MAX_REMEMBERED) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const token of this.#memories.keys()) {
      this.#memories.delete(token);
      return;
    }
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A token cut from a header may be a view that keeps the whole header in
 * memory, other cookies included; a copy keeps only itself.
 */
function detached(token: string): string {
  return decoder.decode(encoder.encode(token));
}
