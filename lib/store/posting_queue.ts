import { BillingError } from "@/lib/errors.ts";
import { isLocked } from "./kv_retry.ts";
import type { Posting } from "./ledger_types.ts";
import {
  commitBatches,
  type PostingTarget,
  type PostOutcome,
  type QueuedPosting,
  type WalletBatch,
} from "./postings.ts";

/** A wallet needs one check, and a denokv server allows ten per commit. */
const WALLETS_PER_COMMIT = 10;
/**
 * Deno KV allows 80 KiB of keys per commit: 200 charges with the longest
 * organization id. They stay below its 1,000 writes per commit.
 */
const POSTINGS_PER_COMMIT = 200;
/** More would only split the queue into smaller commits. */
const MAX_COMMITS = 2;
const MAX_QUEUED_PER_WALLET = 2_000;
const MAX_QUEUED = 20_000;

/**
 * Queues postings per wallet, in order of arrival. A commit costs a sync to
 * disk, so the postings of a wallet share one, and so do up to ten wallets.
 * A wallet is never part of two commits at once.
 */
export class PostingQueue {
  /** By organization, longest waiting first. */
  readonly #queues = new Map<string, QueuedPosting[]>();
  /** Organizations whose wallet is part of a running commit. */
  readonly #busy = new Set<string>();
  #queued = 0;
  #commits = 0;

  constructor(private readonly target: PostingTarget) {}

  /** The postings that are not committed yet. */
  get size(): number {
    return this.#queued;
  }

  /**
   * Resolves when the posting is durable or refused.
   *
   * @throws {BillingError} `rate_limited` if the wallet's queue is full;
   * `unavailable` if all queues together are full, or if other processes keep
   * writing to the wallet. Nothing was posted.
   * @throws {RangeError} If the tokens are not a positive safe integer.
   * @throws {Error} An error of the store. The posting may be committed, and
   * its source makes a retry safe.
   */
  post(orgId: string, posting: Posting, nowMs: number): Promise<PostOutcome> {
    const queue = this.#queues.get(orgId) ?? [];
    const refusal = this.#refusal(queue.length);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const id = `le_${crypto.randomUUID().replaceAll("-", "")}`;
      queue.push({ posting, id, nowMs, resolve, reject });
      this.#queues.set(orgId, queue);
      this.#queued += 1;
      this.#startCommits();
    });
  }

  #refusal(queuedForWallet: number): BillingError | null {
    const retry = { retryAfterSec: 1 };
    if (queuedForWallet >= MAX_QUEUED_PER_WALLET) {
      const message = "Too many postings are queued for this wallet";
      return new BillingError("rate_limited", message, retry);
    }
    if (this.#queued < MAX_QUEUED) return null;
    return new BillingError(
      "unavailable",
      "Too many postings are queued",
      retry,
    );
  }

  #startCommits(): void {
    while (this.#commits < MAX_COMMITS) {
      const batches = this.#takeBatches();
      if (batches.length === 0) return;
      this.#commits += 1;
      void this.#commit(batches);
    }
  }

  /** Removes the next commit's postings from the queues of idle wallets. */
  #takeBatches(): WalletBatch[] {
    const batches: WalletBatch[] = [];
    let room = POSTINGS_PER_COMMIT;
    for (const [orgId, queue] of this.#queues) {
      if (room === 0 || batches.length === WALLETS_PER_COMMIT) break;
      if (this.#busy.has(orgId)) continue;
      const waiting = queue.splice(0, room);
      room -= waiting.length;
      batches.push({ orgId, waiting });
      this.#busy.add(orgId);
      // The rest of the queue goes behind the other wallets.
      this.#queues.delete(orgId);
      if (queue.length > 0) this.#queues.set(orgId, queue);
    }
    return batches;
  }

  async #commit(batches: WalletBatch[]): Promise<void> {
    try {
      if (!await this.#tryCommit(batches)) {
        await Promise.all(batches.map((batch) => this.#commitAlone(batch)));
      }
    } catch (error) {
      for (const batch of batches) rejectAll(batch, error);
    } finally {
      for (const { orgId, waiting } of batches) {
        this.#busy.delete(orgId);
        this.#queued -= waiting.length;
      }
      this.#commits -= 1;
      this.#startCommits();
    }
  }

  /**
   * Retries one wallet by itself after a conflict with another process, so the
   * other wallets of the commit don't wait for it. Waits are random up to a
   * limit that doubles, about two seconds in total. Never throws.
   */
  async #commitAlone(batch: WalletBatch): Promise<void> {
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        await waitRandomly(attempt);
        if (await this.#tryCommit([batch])) return;
      }
      const retry = { retryAfterSec: 1 };
      throw new BillingError("unavailable", "The wallet is busy", retry);
    } catch (error) {
      rejectAll(batch, error);
    }
  }

  /** A file locked by another process is treated as a conflict. */
  async #tryCommit(batches: WalletBatch[]): Promise<boolean> {
    try {
      return await commitBatches(this.target, batches);
    } catch (error) {
      if (isLocked(error)) return false;
      throw error;
    }
  }
}

const MAX_ATTEMPTS = 16;
const FIRST_WAIT_MS = 2;
const MAX_WAIT_MS = 200;

async function waitRandomly(attempt: number): Promise<void> {
  const limitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS);
  await new Promise((done) => setTimeout(done, Math.random() * limitMs));
}

function rejectAll({ waiting }: WalletBatch, error: unknown): void {
  for (const { reject } of waiting) reject(error);
}
