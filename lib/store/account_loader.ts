import { asCustomer } from "./customers.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import type { Wallet } from "./ledger_types.ts";
import { asWallet } from "./postings.ts";
import type { Subscription } from "./subscriptions.ts";

/** An organization's tokens and billing state, from one consistent read. */
export interface Account {
  wallet: Wallet;
  /** Null if the organization never subscribed. */
  subscription: Subscription | null;
  /** Null without a customer. */
  stripeCustomerId: string | null;
}

/** An account has three keys, and Deno KV reads ten at once. */
const ACCOUNTS_PER_READ = 3;

/**
 * Batches reads of accounts: requests that arrive during a read share the
 * next one, and each organization is read once. A read crosses to another
 * thread and back, so batching multiplies throughput without delaying a single
 * read. No result is older than its request.
 */
export class AccountLoader {
  #waiting = new Set<string>();
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<Map<string, Account>> | null = null;

  constructor(private readonly kv: Deno.Kv) {}

  /** @throws {Error} An error of the store, for every request of the batch. */
  async read(orgId: string): Promise<Account> {
    this.#waiting.add(orgId);
    const accounts = await (this.#next ??= this.#readNext());
    const account = accounts.get(orgId);
    if (account === undefined) throw new TypeError("An account was not read");
    return account;
  }

  async #readNext(): Promise<Map<string, Account>> {
    // Its own callers handle a failure of the current read.
    await this.#current.catch(() => {});
    const orgIds = [...this.#waiting];
    this.#waiting.clear();
    this.#next = null;
    const reading = readAccounts(this.kv, orgIds);
    this.#current = reading;
    return await reading;
  }
}

async function readAccounts(
  kv: Deno.Kv,
  orgIds: readonly string[],
): Promise<Map<string, Account>> {
  const reads: Promise<[string, Account][]>[] = [];
  for (let first = 0; first < orgIds.length; first += ACCOUNTS_PER_READ) {
    reads.push(readChunk(kv, orgIds.slice(first, first + ACCOUNTS_PER_READ)));
  }
  return new Map((await Promise.all(reads)).flat());
}

/** One `getMany` per chunk: the keys of an account are read consistently. */
async function readChunk(
  kv: Deno.Kv,
  orgIds: readonly string[],
): Promise<[string, Account][]> {
  const entries = await withRetry(() =>
    kv.getMany(orgIds.flatMap((orgId) => [
      key.customer(orgId),
      key.subscription(orgId),
      key.wallet(orgId),
    ]))
  );
  return orgIds.map((orgId, index) => {
    const [customer, subscription, wallet] = entries.slice(index * 3);
    if (!customer || !subscription || !wallet) {
      throw new TypeError("The store returned fewer entries than requested");
    }
    return [orgId, {
      wallet: asWallet(wallet.value as Wallet | null),
      subscription: subscription.value as Subscription | null,
      stripeCustomerId: asCustomer(customer)?.stripeCustomerId ?? null,
    }];
  });
}
