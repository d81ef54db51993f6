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

/**
 * Reads an organization's account, in one call.
 *
 * @throws {Error} An error of the store.
 */
export async function readAccount(
  kv: Deno.Kv,
  orgId: string,
): Promise<Account> {
  const [customer, subscription, wallet] = await withRetry(() =>
    kv.getMany<[unknown, Subscription, Wallet]>([
      key.customer(orgId),
      key.subscription(orgId),
      key.wallet(orgId),
    ])
  );
  return {
    wallet: asWallet(wallet.value),
    subscription: subscription.value,
    stripeCustomerId: asCustomer(customer)?.stripeCustomerId ?? null,
  };
}
