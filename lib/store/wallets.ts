import { type Account, readAccount } from "./accounts.ts";
import { key } from "./keys.ts";
import { listPage, type PageOptions } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import type {
  ApplyPosting,
  LedgerEntry,
  Posting,
  Wallet,
} from "./ledger_types.ts";
import { PostingQueue } from "./posting_queue.ts";
import { RecentWallets } from "./recent_wallets.ts";
import { asWallet, type PostOutcome } from "./postings.ts";
import { notDeleted, organizationDeleted } from "./tombstones.ts";

/** An entry and its number in its ledger; numbers start at 1, without gaps. */
export interface NumberedEntry extends LedgerEntry {
  seq: number;
}

/** A page of wallets. */
export interface WalletPage {
  wallets: { orgId: string; wallet: Wallet }[];
  /** Cursor of the next page; null after the last one. */
  cursor: string | null;
}

/** Limits that differ between a file and a server. */
export interface StoreLimits {
  /** The most checks in a commit. */
  checksPerCommit: number;
}

/** Wallets and their ledgers. A wallet changes by postings only. */
export interface WalletStore {
  /** Reads wallet, subscription and customer state at once. */
  readAccount(orgId: string): Promise<Account>;
  readWallet(orgId: string): Promise<Wallet>;
  /**
   * Posts to an organization's wallet, once per source. Concurrent postings
   * share a commit.
   *
   * @throws {BillingError} `rate_limited` or `unavailable` if the queue is
   * full or the wallet is contended; `not_found` if the organization was
   * deleted. Nothing was posted.
   * @throws {RangeError} If the tokens are not a positive safe integer, or
   * the balance would not be one.
   * @throws {Error} An error of the store. Retry: the source makes it safe.
   */
  post(
    orgId: string,
    posting: Posting,
    nowMs: number,
  ): Promise<PostOutcome>;
  /** The postings that wait for a commit in this process. */
  queuedPostings(): number;
  /**
   * Periods that began until this time no longer grant tokens.
   *
   * @throws {BillingError} `not_found` if the organization was deleted.
   */
  setGrantsAfter(orgId: string, grantsAfterMs: number): Promise<void>;
  /** Returns the entry of a source, or null if it was never posted. */
  readPosted(orgId: string, source: string): Promise<LedgerEntry | null>;
  /** Lists at most `limit` entries of a ledger, newest first. */
  listEntries(
    orgId: string,
    options: { limit: number; beforeSeq: number },
  ): Promise<NumberedEntry[]>;
  /** Lists wallets in the order of their organizations. */
  listWallets(options: PageOptions): Promise<WalletPage>;
  /** Returns the next organization that has a ledger, or null at the end. */
  nextLedger(afterOrgId: string | null): Promise<string | null>;
}

export function walletStore(
  kv: Deno.Kv,
  applyPosting: ApplyPosting,
  { checksPerCommit }: StoreLimits,
): WalletStore {
  const recent = new RecentWallets();
  const queue = new PostingQueue({ kv, applyPosting, checksPerCommit, recent });
  return {
    readAccount: (orgId) => readAccount(kv, orgId),
    async readWallet(orgId) {
      const { value } = await withRetry(() =>
        kv.get<Wallet>(key.wallet(orgId))
      );
      return asWallet(value);
    },
    post: (orgId, posting, nowMs) => queue.post(orgId, posting, nowMs),
    queuedPostings: () => queue.size,
    setGrantsAfter: (orgId, grantsAfterMs) =>
      setGrantsAfter(kv, orgId, grantsAfterMs),
    readPosted: (orgId, source) => readPosted(kv, orgId, source),
    listEntries: (orgId, options) => listEntries(kv, orgId, options),
    listWallets: (options) => listWallets(kv, options),
    nextLedger: (afterOrgId) => nextLedger(kv, afterOrgId),
  };
}

const MAX_ATTEMPTS = 10;

async function setGrantsAfter(
  kv: Deno.Kv,
  orgId: string,
  grantsAfterMs: number,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const [read, deletion] = await withRetry(() =>
      kv.getMany<[Wallet, unknown]>([key.wallet(orgId), key.deletion(orgId)])
    );
    if (deletion.value !== null) throw organizationDeleted(orgId);
    const wallet = { ...asWallet(read.value), grantsAfterMs };
    const commit = kv.atomic().check(read).check(notDeleted(orgId))
      .set(read.key, wallet);
    if ((await withRetry(() => commit.commit())).ok) return;
  }
  throw new Error("Cannot change a wallet: too many concurrent changes");
}

async function readPosted(
  kv: Deno.Kv,
  orgId: string,
  source: string,
): Promise<LedgerEntry | null> {
  const { value: seq } = await withRetry(() =>
    kv.get<number>(key.ledgerSource(orgId, source))
  );
  if (seq === null) return null;
  const { value } = await withRetry(() =>
    kv.get<LedgerEntry>(key.ledgerEntry(orgId, seq))
  );
  return value;
}

async function listEntries(
  kv: Deno.Kv,
  orgId: string,
  { limit, beforeSeq }: { limit: number; beforeSeq: number },
): Promise<NumberedEntry[]> {
  const range = {
    prefix: key.ledger(orgId),
    end: key.ledgerEntry(orgId, beforeSeq),
  };
  const page = await withRetry(() =>
    Array.fromAsync(
      kv.list<LedgerEntry>(range, { limit, batchSize: limit, reverse: true }),
    )
  );
  return page.map(({ key, value }) => ({ ...value, seq: Number(key[2]) }));
}

async function listWallets(
  kv: Deno.Kv,
  options: PageOptions,
): Promise<WalletPage> {
  const page = await listPage<Wallet>(kv, key.wallets, options);
  return {
    wallets: page.entries.map(({ key, value }) => ({
      orgId: String(key[1]),
      wallet: asWallet(value),
    })),
    cursor: page.cursor,
  };
}

/** Reads one entry, however long the skipped ledger is. */
async function nextLedger(
  kv: Deno.Kv,
  afterOrgId: string | null,
): Promise<string | null> {
  const range = afterOrgId === null
    ? { prefix: key.ledgers }
    : { prefix: key.ledgers, start: key.ledgerEntry(afterOrgId, Infinity) };
  const [first] = await withRetry(() =>
    Array.fromAsync(kv.list(range, { limit: 1, batchSize: 1 }))
  );
  return first === undefined ? null : String(first.key[1]);
}
