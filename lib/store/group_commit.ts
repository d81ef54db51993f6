import { BillingError } from "@/lib/errors.ts";
import { withRetry } from "./kv_retry.ts";

/** A value to set, whatever stands there now. */
export interface Write {
  key: Deno.KvKey;
  value: unknown;
  /** When Deno KV may drop it; values carry their own expiry as well. */
  expireInMs: number;
}

/** Of Deno KV's 1,000 a commit. */
const WRITES_A_COMMIT = 500;
const MAX_WAITING = 20_000;

/**
 * Joins small writes that need no check: one commit is on its way at a time,
 * and the next takes all that waits by then. Each costs a sync to disk, which
 * reads wait behind, so a burst is written several times as fast, and a
 * single write no later.
 */
export class GroupCommit {
  /** By key, as of several writes to one the last counts. */
  #waiting = new Map<string, Write>();
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** @param delayMs How long the first of a group waits for others. */
  constructor(private readonly kv: Deno.Kv, private readonly delayMs = 0) {}

  /**
   * Settles when the write is durable.
   *
   * @throws {BillingError} `unavailable` when too many wait; otherwise what
   * the commit threw, to everybody who was part of it.
   */
  set(write: Write): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(overrun());
    this.#waiting.set(JSON.stringify(write.key), write);
    return this.#next ??= this.#afterCurrent();
  }

  async #afterCurrent(): Promise<void> {
    // Whoever is part of the current one hears of its failure.
    await this.#current.catch(() => {});
    if (this.delayMs > 0) {
      await new Promise((done) => setTimeout(done, this.delayMs));
    }
    const batch = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#next = null;
    this.#current = commitAll(this.kv, batch);
    await this.#current;
  }
}

async function commitAll(kv: Deno.Kv, batch: Write[]): Promise<void> {
  for (let first = 0; first < batch.length; first += WRITES_A_COMMIT) {
    const commit = kv.atomic();
    for (const write of batch.slice(first, first + WRITES_A_COMMIT)) {
      commit.set(write.key, write.value, { expireIn: write.expireInMs });
    }
    await withRetry(() => commit.commit());
  }
}

function overrun(): BillingError {
  return new BillingError("unavailable", "Too much is waiting to be stored", {
    retryAfterSec: 1,
  });
}
