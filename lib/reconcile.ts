import {
  deleteOrganization,
  endBilling,
} from "@/lib/billing/organization_deletion.ts";
import {
  checkLinkedAccount,
  UnknownCustomerError,
} from "@/lib/billing/missing_customer.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import type { ReconciliationProgress } from "@/lib/store/reconciliation.ts";
import { applyMissedPayments } from "@/lib/wallet/missed_payments.ts";
import { checkPendingPurchases } from "@/lib/wallet/purchases.ts";
import { postMissedGrants } from "@/lib/wallet/wallet.ts";
import type { Services } from "./services.ts";

/** The pace of a reconciliation, and a signal to stop it. */
export interface ReconcileOptions {
  /** Milliseconds between two organizations; 200 by default. */
  paceMs?: number;
  /** Stops after the current organization; the next run resumes there. */
  signal?: AbortSignal;
}

/** The result of a reconciliation. */
export interface ReconcileReport {
  organizations: number;
  /** Organizations whose stored subscription differed from Stripe's. */
  drifted: number;
  failed: number;
  /** False if the run stopped early; the next run resumes there. */
  finished: boolean;
}

/** Up to 15 calls a second, of the 100 that Stripe allows. */
const PACE_MS = 200;
/** Organizations per page; progress is stored after each page. */
const PAGE_SIZE = 20;
/** Longer than a page takes when Stripe responds slowly. */
const LEASE_MS = 5 * 60_000;
/** Stripe is down: stop, and resume with the next run. */
const MAX_FAILURES_IN_A_ROW = 10;

/**
 * Syncs every organization that has a customer, posts missed grants, purchases
 * and refunds, checks pending purchases, and completes deletions. This repairs
 * the effects of missed events. A lease keeps it to one run per store; a run
 * that stopped early is resumed.
 *
 * @returns Null if another process is reconciling the store.
 * @throws {Error} An error of the store, or of the check that the key is for
 * the account of the linked customers. Later errors of Stripe are counted.
 */
export async function reconcile(
  services: Services,
  options: ReconcileOptions = {},
): Promise<ReconcileReport | null> {
  await checkLinkedAccount(services);
  const lease = await takeLease(services);
  if (lease === null) return null;
  const report = { organizations: 0, drifted: 0, failed: 0, finished: false };
  await reconcileDeletions(services, options);
  await reconcilePages(services, { lease, report, options });
  services.log.info("reconciliation ended", { ...report });
  return report;
}

/** Longer than any delayed payment takes. */
const LATE_PAYMENT_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Completes deletions that were interrupted, and ends billing that appeared
 * afterwards without an event.
 */
async function reconcileDeletions(
  services: Services,
  { signal, paceMs = PACE_MS }: ReconcileOptions,
): Promise<void> {
  const { store, log, now } = services;
  let cursor: string | null = null;
  do {
    const page = await store.listDeletions({ limit: PAGE_SIZE, cursor });
    for (const { orgId, deletion } of page.deletions) {
      if (signal?.aborted) return;
      const { completedAtMs, requestedAtMs } = deletion;
      const isLate = now() - requestedAtMs > LATE_PAYMENT_MS;
      if (completedAtMs !== null && isLate) continue;
      try {
        if (completedAtMs === null) await deleteOrganization(services, orgId);
        else await endBilling(services, orgId, deletion);
      } catch (error) {
        log.warn("reconciliation of a deletion failed", { orgId }, error);
      }
      await new Promise((done) => setTimeout(done, paceMs));
    }
    cursor = page.cursor;
  } while (cursor !== null);
}

interface Lease {
  progress: ReconciliationProgress;
  /** Versionstamp of the stored progress. */
  version: string;
}

async function takeLease(
  { store, now }: Services,
): Promise<Lease | null> {
  const former = await store.readReconciliation();
  if (former !== null && now() < former.leaseUntilMs) return null;
  const progress = {
    cursor: former?.cursor ?? null,
    leaseUntilMs: now() + LEASE_MS,
  };
  const formerVersion = former?.versionstamp ?? null;
  const version = await store.writeReconciliation(progress, formerVersion);
  return version === null ? null : { progress, version };
}

interface Run {
  lease: Lease;
  report: ReconcileReport;
  options: ReconcileOptions;
}

async function reconcilePages(services: Services, run: Run): Promise<void> {
  const { store, now } = services;
  let { progress, version } = run.lease;
  for (;;) {
    const { cursor } = progress;
    const page = await store.listCustomers({ limit: PAGE_SIZE, cursor });
    if (!await reconcilePage(services, page.customers, run)) {
      // Releases the lease; the next run starts again with this page.
      await store.writeReconciliation(
        { ...progress, leaseUntilMs: 0 },
        version,
      );
      return;
    }
    if (page.cursor === null) break;
    const leaseUntilMs = now() + LEASE_MS;
    progress = { ...progress, cursor: page.cursor, leaseUntilMs };
    const next = await store.writeReconciliation(progress, version);
    if (next === null) return; // the lease expired and another process took it
    version = next;
  }
  await store.writeReconciliation(null, version);
  run.report.finished = true;
}

/** @returns True to continue with the next page. */
async function reconcilePage(
  services: Services,
  customers: readonly { orgId: string }[],
  { report, options }: Run,
): Promise<boolean> {
  let failures = 0;
  for (const { orgId } of customers) {
    if (options.signal?.aborted) return false;
    const outcome = await reconcileOne(services, orgId);
    report.organizations += 1;
    if (outcome === "drifted") report.drifted += 1;
    if (outcome === "failed" || outcome === "unknown") report.failed += 1;
    failures = outcome === "failed" ? failures + 1 : 0;
    if (failures === MAX_FAILURES_IN_A_ROW) return false;
    await new Promise((done) => setTimeout(done, options.paceMs ?? PACE_MS));
  }
  return true;
}

/** @returns `unknown` if Stripe responds, but does not have the customer. */
async function reconcileOne(
  services: Services,
  orgId: string,
): Promise<"in_sync" | "drifted" | "failed" | "unknown"> {
  try {
    const { changed: drifted } = await syncSubscription(services, orgId);
    await postMissedGrants(services, orgId);
    await checkPendingPurchases(services, orgId);
    await applyMissedPayments(services, orgId);
    if (!drifted) return "in_sync";
    services.log.warn("subscription had drifted", { orgId });
    return "drifted";
  } catch (error) {
    services.log.warn("reconciliation failed", { orgId }, error);
    return error instanceof UnknownCustomerError ? "unknown" : "failed";
  }
}
