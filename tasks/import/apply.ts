import { linkExistingCustomer } from "@/lib/billing/customers.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import type { Services } from "@/lib/services.ts";
import { postMissedGrants } from "@/lib/wallet/wallet.ts";
import type { ImportRow } from "./match.ts";
import type { ImportRun } from "./run.ts";

/** The result of applying an import. */
export interface Applied {
  linked: number;
  failed: number;
}

/** Stripe is down: stop, and continue with the next run. */
const MAX_FAILURES_IN_A_ROW = 10;
const REPORT_EVERY = 100;

/**
 * Links the matched customers, syncs their organizations and grants the tokens
 * of the current period. An organization is recorded before it is linked, so
 * that a run that was killed in between is completed by the next.
 *
 * @throws {Error} An error of the store. Errors of Stripe are counted instead.
 */
export async function applyImport(
  services: Services,
  run: ImportRun,
  rows: readonly ImportRow[],
): Promise<Applied> {
  const applied: Applied = { linked: 0, failed: 0 };
  let failures = 0;
  const due = dueRows(run, rows);
  const dueIds = new Set(due.map(({ orgId }) => orgId));
  const left = run.progress.unfinished.filter((orgId) => dueIds.has(orgId));
  await run.save({ unfinished: left });
  for (const { orgId, customerId } of due) {
    run.signal?.throwIfAborted();
    if (failures === MAX_FAILURES_IN_A_ROW) break;
    const others = run.progress.unfinished.filter((one) => one !== orgId);
    await run.save({ unfinished: [...others, orgId] });
    if (await tryApply(services, run, { orgId, customerId })) {
      await run.save({ unfinished: others });
      applied.linked += 1;
      failures = 0;
    } else {
      applied.failed += 1;
      failures += 1;
    }
    if (applied.linked % REPORT_EVERY === 0) {
      run.report(`${applied.linked.toLocaleString("en")} linked`);
    }
    await run.pause();
  }
  return applied;
}

interface DueRow {
  orgId: string;
  customerId: string;
}

/** Matched rows, and linked ones that an earlier run has left unfinished. */
function dueRows(run: ImportRun, rows: readonly ImportRow[]): DueRow[] {
  const unfinished = new Set(run.progress.unfinished);
  return rows.flatMap(({ orgId, customerId, status }) => {
    const isDue = status === "matched" ||
      status === "already linked" && unfinished.has(orgId ?? "");
    return isDue && orgId !== null ? [{ orgId, customerId }] : [];
  });
}

async function tryApply(
  services: Services,
  { grants, progress }: ImportRun,
  { orgId, customerId }: DueRow,
): Promise<boolean> {
  const { store, log } = services;
  try {
    // Before the link: a page view after it would post the grant.
    if (!grants) await store.setGrantsAfter(orgId, progress.startedAtMs);
    if (!await linkExistingCustomer(services, orgId, customerId)) {
      throw new Error("Cannot link: the organization has another customer");
    }
    await syncSubscription(services, orgId);
    await postMissedGrants(services, orgId);
    return true;
  } catch (error) {
    log.warn("import of an organization failed", { orgId }, error);
    return false;
  }
}
