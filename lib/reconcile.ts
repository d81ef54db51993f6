import { checkPendingPurchases } from "@/lib/wallet/purchases.ts";
import type { Services } from "./services.ts";
import type { ReconciliationProgress } from "@/lib/store/mod.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { grantMissed } from "@/lib/wallet/wallet.ts";

/** How a sweep goes, and when it ends early. */
export interface ReconcileOptions {
  /** Milliseconds from one organization to the next; 200 if left out. */
  paceMs?: number;
  /** Ends it after the organization in hand; the next goes on from there. */
  signal?: AbortSignal;
}

/** What a sweep has found. */
export interface ReconcileReport {
  organizations: number;
  /** Those for whom the store said something else than Stripe. */
  drifted: number;
  failed: number;
  /** False: it was broken off, and the next one goes on from there. */
  finished: boolean;
}

/** Of the hundred calls a second that Stripe allows, these five. */
const PACE_MS = 200;
/** Organizations between two notes of how far it has come. */
const PAGE = 20;
/** Longer than a page takes, with Stripe as slow as we let it be. */
const LEASE_MS = 5 * 60_000;
/** Stripe is down then: going on would only count failures. */
const MAX_FAILURES_IN_A_ROW = 10;

/**
 * Syncs every organization that has a customer, one after the other at a
 * pace, and so repairs what no event ever told. One sweep at a time on a
 * store: one that was broken off is taken up where it was.
 *
 * @returns Null while another process is at it.
 * @throws {Error} What the store throws; Stripe's failures are counted.
 */
export async function sweep(
  services: Services,
  options: ReconcileOptions = {},
): Promise<ReconcileReport | null> {
  const lease = await takeLease(services);
  if (lease === null) return null;
  const report = { organizations: 0, drifted: 0, failed: 0, finished: false };
  await sweepPages(services, { lease, report, options });
  services.log.info("sweep ended", { ...report });
  return report;
}

/** The sweep as we hold it. */
interface Lease {
  progress: ReconciliationProgress;
  version: string;
}

async function takeLease(
  { store, now }: Services,
): Promise<Lease | null> {
  const former = await store.readSweep();
  if (former !== null && now() < former.leaseUntilMs) return null;
  const progress = {
    sweepId: former?.sweepId ?? crypto.randomUUID(),
    cursor: former?.cursor ?? null,
    leaseUntilMs: now() + LEASE_MS,
  };
  const formerVersion = former?.versionstamp ?? null;
  const version = await store.writeSweep(progress, formerVersion);
  return version === null ? null : { progress, version };
}

/** A sweep under way. */
interface Sweep {
  lease: Lease;
  report: ReconcileReport;
  options: ReconcileOptions;
}

async function sweepPages(services: Services, sweep: Sweep): Promise<void> {
  const { store, now } = services;
  let { progress, version } = sweep.lease;
  for (;;) {
    const { cursor } = progress;
    const page = await store.listCustomers({ limit: PAGE, cursor });
    if (!await sweepPage(services, page.customers, sweep)) {
      // Given back, and to be gone on with from the start of this page.
      await store.writeSweep({ ...progress, leaseUntilMs: 0 }, version);
      return;
    }
    if (page.cursor === null) break;
    const leaseUntilMs = now() + LEASE_MS;
    progress = { ...progress, cursor: page.cursor, leaseUntilMs };
    const next = await store.writeSweep(progress, version);
    if (next === null) return; // somebody else believed that we had ended
    version = next;
  }
  await store.writeSweep(null, version);
  sweep.report.finished = true;
}

/** @returns Whether to go on after it. */
async function sweepPage(
  services: Services,
  customers: readonly { orgId: string }[],
  { report, options }: Sweep,
): Promise<boolean> {
  let failures = 0;
  for (const { orgId } of customers) {
    if (options.signal?.aborted) return false;
    const outcome = await sweepOne(services, orgId);
    report.organizations += 1;
    if (outcome !== "in_step") report[outcome] += 1;
    failures = outcome === "failed" ? failures + 1 : 0;
    if (failures === MAX_FAILURES_IN_A_ROW) return false;
    await new Promise((done) => setTimeout(done, options.paceMs ?? PACE_MS));
  }
  return true;
}

async function sweepOne(
  services: Services,
  orgId: string,
): Promise<"in_step" | "drifted" | "failed"> {
  try {
    const { changed: drifted } = await syncSubscription(services, orgId);
    await grantMissed(services, orgId);
    await checkPendingPurchases(services, orgId);
    if (!drifted) return "in_step";
    services.log.warn("subscription had drifted", { orgId });
    return "drifted";
  } catch (error) {
    services.log.warn("not swept", { orgId }, error);
    return "failed";
  }
}
