import { addMonths, dayName, monthName, monthStart } from "./calendar.ts";
import type { Grant } from "./ledger.ts";
import { findPlan, FREE_PLAN, type Plan } from "@/lib/billing/plans.ts";
import type { Services } from "@/lib/services.ts";
import type { Account, Subscription } from "@/lib/store/mod.ts";
import { isPaid } from "@/lib/billing/subscription.ts";

/**
 * Posts the tokens that are due by the calendar alone, with no payment to
 * tell of them: the free plan's each month, from its first day in UTC on, and
 * a yearly plan's for the months after the paid one. Whoever looks at the
 * wallet first has it done, or the sweep; once for each month, by its source.
 *
 * @param account As it was just read.
 * @returns The account with what was due.
 * @throws {Error} What the store throws.
 */
export async function postDueGrants(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
  account: Account,
): Promise<Account> {
  let { wallet } = account;
  for (const grant of dueGrants(account, now())) {
    ({ wallet } = await store.post(orgId, grant, now()));
  }
  return { ...account, wallet };
}

/**
 * What is due to an account. Of a plan whose tokens expire this is the
 * present month's alone: those of months that nobody looked at are gone.
 *
 * @param planOf Tells a plan by its id, where it is not the catalogue's.
 */
export function dueGrants(
  { subscription, wallet }: Account,
  nowMs: number,
  planOf: (id: string) => Plan | undefined = findPlan,
): Grant[] {
  const due = isPaid(subscription)
    ? laterMonths(subscription, nowMs, planOf)
    : [freeMonth(nowMs)];
  return due.filter(({ periodStartMs }) => periodStartMs > wallet.grantedForMs);
}

function freeMonth(nowMs: number): Grant {
  return grantOf(FREE_PLAN, {
    source: `free:${monthName(nowMs)}`,
    periodStartMs: monthStart(nowMs),
  });
}

export const MONTHS_A_YEAR = 12;

/**
 * The months of a paid year after its first, which its invoice granted. While
 * a renewal is not paid yet (`past_due`) its year has not begun.
 */
function laterMonths(
  subscription: Subscription,
  nowMs: number,
  planOf: (id: string) => Plan | undefined,
): Grant[] {
  const { id, interval, status, currentPeriodEndMs } = subscription;
  const plan = planOf(subscription.plan ?? "");
  if (plan === undefined || interval !== "year" || status !== "active") {
    return [];
  }
  const begun = [];
  for (let month = 1; month < MONTHS_A_YEAR; month++) {
    const startMs = addMonths(currentPeriodEndMs, month - MONTHS_A_YEAR);
    if (startMs <= nowMs) begun.push(startMs);
  }
  const counting = plan.rollsOver ? begun : begun.slice(-1);
  return counting.map((startMs) => monthOfYear(plan, id, startMs));
}

/** A later month of a paid year. */
export function monthOfYear(
  plan: Plan,
  subscriptionId: string,
  periodStartMs: number,
): Grant {
  const source = `month:${subscriptionId}:${dayName(periodStartMs)}`;
  return grantOf(plan, { source, periodStartMs });
}

/** A month's tokens of a plan. */
export function grantOf(
  plan: Plan,
  { source, periodStartMs }: { source: string; periodStartMs: number },
): Grant {
  return {
    kind: "grant",
    tokens: plan.tokensPerMonth,
    description: `${plan.name} plan: tokens of the month`,
    rollsOver: plan.rollsOver,
    ...{ source, periodStartMs },
  };
}

/** How long a process believes that nothing is due, in milliseconds. */
const BELIEVED_MS = 60_000;
const MAX_ORGANIZATIONS = 10_000;

/**
 * Remembers for whom nothing was due lately, so that a charge need not look
 * each time. It never outlives the month, and forgetting costs one read.
 */
export class GrantCheckCache {
  /** In the order of their times, as each is new when it is set. */
  readonly #untilMs = new Map<string, number>();

  knows(orgId: string, nowMs: number): boolean {
    return nowMs < (this.#untilMs.get(orgId) ?? 0);
  }

  note(orgId: string, nowMs: number): void {
    this.#untilMs.delete(orgId);
    const [oldest] = this.#untilMs.keys();
    if (oldest !== undefined && this.#untilMs.size >= MAX_ORGANIZATIONS) {
      this.#untilMs.delete(oldest);
    }
    const nextMonthMs = addMonths(monthStart(nowMs), 1);
    this.#untilMs.set(orgId, Math.min(nowMs + BELIEVED_MS, nextMonthMs));
  }
}
