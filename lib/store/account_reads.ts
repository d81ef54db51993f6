import type { Wallet } from "@/lib/wallet/ledger.ts";
import { asCustomer } from "./customers.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { asWallet } from "./postings.ts";
import type { Subscription } from "./subscriptions.ts";

/** What an organization has, as read at one time. */
export interface Account {
  wallet: Wallet;
  /** Null: never subscribed, as far as is known. */
  subscription: Subscription | null;
  hasCustomer: boolean;
}

/** Of three keys each; Deno KV reads no more than ten at once. */
const ACCOUNTS_A_READ = 3;

/**
 * Joins reads of accounts: those asked for while a read is on its way begin
 * together when it has ended, each organization once. A read costs a way to
 * another thread and back, so many at a time are answered several times as
 * fast, and a single one no later. None is older than its question.
 */
export class AccountLoader {
  #waiting = new Set<string>();
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<Map<string, Account>> | null = null;

  constructor(private readonly kv: Deno.Kv) {}

  /** @throws {Error} What the store throws, to all whose read it was. */
  async read(orgId: string): Promise<Account> {
    this.#waiting.add(orgId);
    const accounts = await (this.#next ??= this.#afterCurrent());
    const account = accounts.get(orgId);
    if (account === undefined) throw new TypeError("An account was not read");
    return account;
  }

  async #afterCurrent(): Promise<Map<string, Account>> {
    // Whoever asked for the current one hears of its failure.
    await this.#current.catch(() => {});
    const orgIds = [...this.#waiting];
    this.#waiting.clear();
    this.#next = null;
    const reading = readAll(this.kv, orgIds);
    this.#current = reading;
    return await reading;
  }
}

async function readAll(
  kv: Deno.Kv,
  orgIds: readonly string[],
): Promise<Map<string, Account>> {
  const reads: Promise<[string, Account][]>[] = [];
  for (let first = 0; first < orgIds.length; first += ACCOUNTS_A_READ) {
    reads.push(readSome(kv, orgIds.slice(first, first + ACCOUNTS_A_READ)));
  }
  return new Map((await Promise.all(reads)).flat());
}

/** What belongs to one account is of one read, so that it fits together. */
async function readSome(
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
      throw new TypeError("The store read less than it was asked for");
    }
    return [orgId, {
      wallet: asWallet(wallet.value as Wallet | null),
      subscription: subscription.value as Subscription | null,
      hasCustomer: asCustomer(customer) !== null,
    }];
  });
}
