import { kvFolder, PLATFORM_KV } from "./kv_path.ts";
import {
  type AwaitedPackStore,
  awaitedPackStore,
} from "./store/awaited_packs.ts";
import { type CallCountStore, callCountStore } from "./store/call_counts.ts";
import { type CheckoutStore, checkoutStore } from "./store/checkouts.ts";
import { type CredentialStore, credentialStore } from "./store/credentials.ts";
import { type CustomerStore, customerStore } from "./store/customers.ts";
import { type EventStore, eventStore } from "./store/events.ts";
import { repeatLocked } from "./store/persist.ts";
import {
  type SubscriptionStore,
  subscriptionStore,
} from "./store/subscriptions.ts";
import { type SweepStore, sweepStore } from "./store/sweeps.ts";
import { type WalletStore, walletStore } from "./store/wallets.ts";

export type { AwaitedPack, StoredAwaitedPack } from "./store/awaited_packs.ts";
export type {
  OpenCheckout,
  SoldPack,
  StoredCheckout,
} from "./store/checkouts.ts";
export type {
  ClaimOutcome,
  CustomerClaim,
  CustomerRecord,
  StoredCustomer,
} from "./store/customer_claims.ts";
export type {
  Billing,
  PortalOpened,
  ScheduledChange,
  Subscription,
  SubscriptionStatus,
} from "./store/subscriptions.ts";
export type { StoredSweep, SweepProgress } from "./store/sweeps.ts";
export type { PostOutcome } from "./store/postings.ts";
export type { Account } from "./store/account_reads.ts";
export type { NumberedEntry } from "./store/wallets.ts";

/**
 * The one door to Deno KV: keys are built below `store/` and nowhere else, and
 * every call goes through one bounded retry. Values are plain objects, never
 * an object of an SDK.
 */
export interface Store
  extends
    CustomerStore,
    SubscriptionStore,
    CallCountStore,
    AwaitedPackStore,
    CheckoutStore,
    CredentialStore,
    EventStore,
    SweepStore,
    WalletStore {
  close(): void;
}

/**
 * Opens Deno KV at a path of the configuration, and makes the folder that a
 * file is to lie in. Two processes that start at one time on a new file both
 * want to set it up: one then waits for the other.
 *
 * @param open How a file is opened, where a test has a way of its own.
 */
export async function openKv(
  kvPath: string,
  open: (path?: string) => Promise<Deno.Kv> = Deno.openKv,
): Promise<Deno.Kv> {
  const folder = kvFolder(kvPath);
  if (folder !== "") await Deno.mkdir(folder, { recursive: true });
  const path = kvPath === PLATFORM_KV ? undefined : kvPath;
  return await repeatLocked(() => open(path));
}

/** Wraps an open Deno KV; `close()` closes it. */
export function createStore(kv: Deno.Kv): Store {
  return {
    ...customerStore(kv),
    ...subscriptionStore(kv),
    ...callCountStore(kv),
    ...awaitedPackStore(kv),
    ...checkoutStore(kv),
    ...credentialStore(kv),
    ...eventStore(kv),
    ...sweepStore(kv),
    ...walletStore(kv),
    close: () => kv.close(),
  };
}
