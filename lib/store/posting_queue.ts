import { BillingError } from "@/lib/errors.ts";
import type { Posting } from "@/lib/wallet/ledger.ts";
import { isLocked } from "./kv_retry.ts";
import {
  commitBatches,
  type PostOutcome,
  type QueuedPosting,
  type WalletBatch,
} from "./postings.ts";

/** A denokv server takes 10 checks a commit, and a wallet needs one. */
const WALLETS_A_COMMIT = 10;
/**
 * Deno KV takes 80 KiB of keys a commit: what two hundred charges have in an
 * organization with the longest id. Its 1,000 writes are more than theirs.
 */
const POSTINGS_A_COMMIT = 200;
/** More would only share what waits among smaller commits. */
const MAX_COMMITS = 2;
const MAX_WAITING_A_WALLET = 2_000;
const MAX_WAITING = 20_000;

/**
 * Postings wait here for their wallet, in the order in which they came. What
 * waits for one wallet is committed together, and up to ten wallets share a
 * commit, as each costs a sync to disk. No wallet is in two commits at once.
 */
export class PostingQueue {
  /** By organization, the one that has waited longest first. */
  readonly #waiting = new Map<string, QueuedPosting[]>();
  readonly #busy = new Set<string>();
  #count = 0;
  #commits = 0;

  constructor(private readonly kv: Deno.Kv) {}

  /**
   * Settles when the posting is durable, or refused.
   *
   * @throws {BillingError} `rate_limited` when too many wait for the wallet,
   * `unavailable` when too many wait at all or other processes write to the
   * wallet without a pause; nothing was posted then.
   * @throws {Error} What the store throws: it may have been posted, and its
   * source makes it safe to ask again.
   */
  post(orgId: string, posting: Posting, nowMs: number): Promise<PostOutcome> {
    const line = this.#waiting.get(orgId) ?? [];
    const full = this.#refusal(line.length);
    if (full !== null) return Promise.reject(full);
    return new Promise((resolve, reject) => {
      const id = `le_${crypto.randomUUID().replaceAll("-", "")}`;
      line.push({ posting, id, nowMs, resolve, reject });
      this.#waiting.set(orgId, line);
      this.#count += 1;
      this.#start();
    });
  }

  #refusal(inLine: number): BillingError | null {
    const retry = { retryAfterSec: 1 };
    if (inLine >= MAX_WAITING_A_WALLET) {
      const message = "Too many postings wait for this wallet";
      return new BillingError("rate_limited", message, retry);
    }
    if (this.#count < MAX_WAITING) return null;
    return new BillingError("unavailable", "Too many postings wait", retry);
  }

  #start(): void {
    while (this.#commits < MAX_COMMITS) {
      const batches = this.#take();
      if (batches.length === 0) return;
      this.#commits += 1;
      void this.#settle(batches);
    }
  }

  /** What one commit holds, of the wallets that no other is busy with. */
  #take(): WalletBatch[] {
    const batches: WalletBatch[] = [];
    let room = POSTINGS_A_COMMIT;
    for (const [orgId, line] of this.#waiting) {
      if (room === 0 || batches.length === WALLETS_A_COMMIT) break;
      if (this.#busy.has(orgId)) continue;
      const waiting = line.splice(0, room);
      room -= waiting.length;
      batches.push({ orgId, waiting });
      this.#busy.add(orgId);
      // Who still waits goes behind the other wallets.
      this.#waiting.delete(orgId);
      if (line.length > 0) this.#waiting.set(orgId, line);
    }
    return batches;
  }

  async #settle(batches: WalletBatch[]): Promise<void> {
    try {
      if (!await tryCommit(this.kv, batches)) {
        await Promise.all(batches.map((batch) => commitAlone(this.kv, batch)));
      }
    } catch (error) {
      for (const batch of batches) rejectAll(batch, error);
    } finally {
      for (const { orgId, waiting } of batches) {
        this.#busy.delete(orgId);
        this.#count -= waiting.length;
      }
      this.#commits -= 1;
      this.#start();
    }
  }
}

const MAX_ATTEMPTS = 16;
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 200;

/**
 * Another process writes to one of the wallets. Each is read again and tried
 * by itself, so that the others need not wait for it; the waits are random up
 * to a bound that doubles, some two seconds in all. Never throws.
 */
async function commitAlone(kv: Deno.Kv, batch: WalletBatch): Promise<void> {
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await waitRandomly(attempt);
      if (await tryCommit(kv, [batch])) return;
    }
    const retry = { retryAfterSec: 1 };
    throw new BillingError("unavailable", "The wallet is busy", retry);
  } catch (error) {
    rejectAll(batch, error);
  }
}

async function waitRandomly(attempt: number): Promise<void> {
  const boundMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  await new Promise((done) => setTimeout(done, Math.random() * boundMs));
}

function rejectAll({ waiting }: WalletBatch, error: unknown): void {
  for (const { reject } of waiting) reject(error);
}

/** A file that another process keeps locked is one more wallet in use. */
async function tryCommit(
  kv: Deno.Kv,
  batches: WalletBatch[],
): Promise<boolean> {
  try {
    return await commitBatches(kv, batches);
  } catch (error) {
    if (isLocked(error)) return false;
    throw error;
  }
}
