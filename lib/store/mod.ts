import { withTimeout } from "@/lib/async/timeout.ts";
import {
  isLocal,
  isServerUrl,
  kvFolder,
  PLATFORM_KV,
} from "@/lib/config/kv_path.ts";
import {
  type PendingPurchaseStore,
  pendingPurchaseStore,
} from "./pending_purchases.ts";
import { type RateCounterStore, rateCounterStore } from "./rate_counters.ts";
import { type CheckoutStore, checkoutStore } from "./checkouts.ts";
import { type ActivityStore, activityStore } from "./activity.ts";
import { batchReads } from "./batched_reads.ts";
import { apiKeyStore } from "./api_key_store.ts";
import type { ApiKeyStore } from "./api_keys.ts";
import { type CustomerStore, customerStore } from "./customers.ts";
import { type EventStore, eventStore } from "./events.ts";
import { type ImportStore, importStore } from "./imports.ts";
import { isUnreachable, retryWhileLocked } from "./kv_retry.ts";
import { prepareSchema } from "./schema.ts";
import { type OrganizationStore, organizationStore } from "./organizations.ts";
import { type ServiceKeyStore, serviceKeyStore } from "./service_keys.ts";
import { type SubscriptionStore, subscriptionStore } from "./subscriptions.ts";
import {
  type ReconciliationStore,
  reconciliationStore,
} from "./reconciliation.ts";
import type { ApplyPosting } from "./ledger_types.ts";
import { type StoreLimits, type WalletStore, walletStore } from "./wallets.ts";

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
    ActivityStore,
    ServiceKeyStore,
    OrganizationStore,
    EventStore,
    ImportStore,
    ReconciliationStore,
    WalletStore {
  close(): void;
}

/**
 * Opens Deno KV at the configured path, creates the folder of its file, and
 * migrates its records. Retries while another process sets up the same file.
 *
 * @param open Replaces `Deno.openKv` in tests.
 * @throws {SchemaError} If this version of the app cannot use the records.
 */
export async function openKv(
  kvPath: string,
  open: (path?: string) => Promise<Deno.Kv> = Deno.openKv,
): Promise<Deno.Kv> {
  const folder = kvFolder(kvPath);
  if (folder !== "") await Deno.mkdir(folder, { recursive: true });
  const path = kvPath === PLATFORM_KV ? undefined : kvPath;
  const kv = await retryWhileLocked(() => open(path));
  try {
    // Only a server can be unreachable. A file needs no timer, and a process's
    // first timer takes 6 ms of the start.
    if (isServerUrl(kvPath)) await prepareWhenReachable(kv);
    else await retryWhileLocked(() => prepareSchema(kv));
  } catch (error) {
    kv.close();
    throw error;
  }
  return kv;
}

const START_TIMEOUT_MS = 3_000;

/** A server that is down must not keep the app from starting. */
async function prepareWhenReachable(kv: Deno.Kv): Promise<void> {
  const preparing = retryWhileLocked(() => prepareSchema(kv));
  if (await withTimeout(preparing.then(() => true), START_TIMEOUT_MS)) return;
  const retry = async (error: unknown): Promise<void> => {
    // Unhandled otherwise, which ends the process.
    if (isUnreachable(error)) await prepareSchema(kv).catch(retry);
    else if (!(error instanceof Deno.errors.BadResource)) throw error;
  };
  preparing.catch(retry);
}

/** A denokv server allows ten checks per commit. */
const SERVER_LIMITS: StoreLimits = { checksPerCommit: 10 };
const LOCAL_LIMITS: StoreLimits = { checksPerCommit: 100 };

/** Returns the limits of the store at a configured path. */
export function limitsOf(kvPath: string): StoreLimits {
  return isLocal(kvPath) ? LOCAL_LIMITS : SERVER_LIMITS;
}

/**
 * Creates a store on an open Deno KV, which `close()` closes.
 *
 * @param applyPosting The ledger's rule, applied within a wallet's commit.
 * @param limits By default those of a server, which are the lowest.
 */
export function createStore(
  kv: Deno.Kv,
  applyPosting: ApplyPosting,
  limits: StoreLimits = SERVER_LIMITS,
): Store {
  const batched = batchReads(kv);
  return {
    ...customerStore(batched),
    ...subscriptionStore(batched),
    ...rateCounterStore(batched),
    ...pendingPurchaseStore(batched),
    ...checkoutStore(batched),
    ...apiKeyStore(batched),
    ...activityStore(batched),
    ...serviceKeyStore(batched),
    ...organizationStore(batched),
    ...eventStore(batched),
    ...importStore(batched),
    ...reconciliationStore(batched),
    ...walletStore(batched, applyPosting, limits),
    close: () => kv.close(),
  };
}
