import type { LedgerEntry, Posting, Wallet } from "@/lib/wallet/ledger.ts";
import { type Account, AccountLoader } from "./account_reads.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { asWallet, type PostOutcome } from "./postings.ts";
import { PostingQueue } from "./posting_queue.ts";

/** An entry with its number in its ledger, from 1 on without a gap. */
export interface NumberedEntry extends LedgerEntry {
  seq: number;
}

/** Wallets of a page of the store, and where the next page begins. */
export interface WalletPage {
  wallets: { orgId: string; wallet: Wallet }[];
  /** Null after the last page. */
  cursor: string | null;
}

/** Wallets and their ledgers. A wallet changes by its postings alone. */
export interface WalletStore {
  /** Wallet, subscription and whether there is a customer, in one read. */
  readAccount(orgId: string): Promise<Account>;
  readWallet(orgId: string): Promise<Wallet>;
  /**
   * Posts to an organization's wallet, once for the posting's source.
   * Postings that meet on a wallet share a commit.
   *
   * @throws {BillingError} `rate_limited` or `unavailable` when too many
   * wait: nothing was posted.
   * @throws {RangeError} For tokens that are not whole, or too many.
   * @throws {Error} What the store throws: ask again, its source makes it safe.
   */
  post(
    orgId: string,
    posting: Posting,
    nowMs: number,
  ): Promise<PostOutcome>;
  /** The entry that a source was posted by; null while it was not. */
  readPosted(orgId: string, source: string): Promise<LedgerEntry | null>;
  /** Entries of a ledger, newest first, at most `limit`. */
  listEntries(
    orgId: string,
    options: { limit: number; beforeSeq: number },
  ): Promise<NumberedEntry[]>;
  /** Wallets in the order of their organizations, at most `limit`. */
  listWallets(
    options: { limit: number; cursor: string | null },
  ): Promise<WalletPage>;
  /** The first organization after this one that has a ledger, or null. */
  nextLedger(afterOrgId: string | null): Promise<string | null>;
}

export function walletStore(kv: Deno.Kv): WalletStore {
  const queue = new PostingQueue(kv);
  const accounts = new AccountLoader(kv);
  return {
    readAccount: (orgId) => accounts.read(orgId),
    async readWallet(orgId) {
      const { value } = await withRetry(() =>
        kv.get<Wallet>(key.wallet(orgId))
      );
      return asWallet(value);
    },
    post: (orgId, posting, nowMs) => queue.post(orgId, posting, nowMs),
    readPosted: (orgId, source) => readPosted(kv, orgId, source),
    listEntries: (orgId, options) => listEntries(kv, orgId, options),
    listWallets: (options) => listWallets(kv, options),
    nextLedger: (afterOrgId) => nextLedger(kv, afterOrgId),
  };
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
  { limit, cursor }: { limit: number; cursor: string | null },
): Promise<WalletPage> {
  const options = {
    limit,
    batchSize: limit,
    ...(cursor !== null && { cursor }),
  };
  return await withRetry(async () => {
    const entries = kv.list<Wallet>({ prefix: key.wallets }, options);
    const page = await Array.fromAsync(entries);
    return {
      wallets: page.map(({ key, value }) => ({
        orgId: String(key[1]),
        wallet: asWallet(value),
      })),
      cursor: page.length < limit ? null : entries.cursor,
    };
  });
}

/** One short read, however long the ledger in between is. */
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
