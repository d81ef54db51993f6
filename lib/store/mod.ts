import { kvFolder, PLATFORM_KV } from "@/lib/config/kv_path.ts";
import {
  type PendingPurchaseStore,
  pendingPurchaseStore,
} from "./pending_purchases.ts";
import { type RateCounterStore, rateCounterStore } from "./rate_counters.ts";
import { type CheckoutStore, checkoutStore } from "./checkouts.ts";
import { type ApiKeyStore, apiKeyStore } from "./api_keys.ts";
import { type CustomerStore, customerStore } from "./customers.ts";
import { type EventStore, eventStore } from "./events.ts";
import { retryWhileLocked } from "./kv_retry.ts";
import { type OrganizationStore, organizationStore } from "./organizations.ts";
import { type ServiceKeyStore, serviceKeyStore } from "./service_keys.ts";
import { type SubscriptionStore, subscriptionStore } from "./subscriptions.ts";
import {
  type ReconciliationStore,
  reconciliationStore,
} from "./reconciliation.ts";
import type { ApplyPosting } from "./ledger_types.ts";
import { type WalletStore, walletStore } from "./wallets.ts";

/**
 * All access to Deno KV. Only this folder builds keys, and all calls use
 * one bounded retry. Values are plain objects, never an SDK's.
 */
export interface Store
  extends
    CustomerStore,
    SubscriptionStore,
    RateCounterStore,
    PendingPurchaseStore,
    CheckoutStore,
    ApiKeyStore,
    ServiceKeyStore,
    OrganizationStore,
    EventStore,
    ReconciliationStore,
    WalletStore {
  close(): void;
}

/**
 * Opens Deno KV at the configured path, and creates the folder of its file.
 * Retries while another process sets up the same new file.
 *
 * @param open Replaces `Deno.openKv` in tests.
 */
export async function openKv(
  kvPath: string,
  open: (path?: string) => Promise<Deno.Kv> = Deno.openKv,
): Promise<Deno.Kv> {
  const folder = kvFolder(kvPath);
  if (folder !== "") await Deno.mkdir(folder, { recursive: true });
  const path = kvPath === PLATFORM_KV ? undefined : kvPath;
  return await retryWhileLocked(() => open(path));
}

/**
 * Creates a store on an open Deno KV, which `close()` closes.
 *
 * @param applyPosting The ledger's rule, applied within a wallet's commit.
 */
export function createStore(kv: Deno.Kv, applyPosting: ApplyPosting): Store {
  return {
    ...customerStore(kv),
    ...subscriptionStore(kv),
    ...rateCounterStore(kv),
    ...pendingPurchaseStore(kv),
    ...checkoutStore(kv),
    ...apiKeyStore(kv),
    ...serviceKeyStore(kv),
    ...organizationStore(kv),
    ...eventStore(kv),
    ...reconciliationStore(kv),
    ...walletStore(kv, applyPosting),
    close: () => kv.close(),
  };
}
