import {
  INVOICE,
  isLive,
  SCHEDULE,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type { ApiInvoice } from "../api/api_types.ts";
import type { BillingTransaction, Step } from "./transaction.ts";
import { disputeSteps } from "./dispute_lifecycle.ts";
import { endSubscription, expire } from "./subscription_end.ts";
import { resume } from "./pause.ts";
import { nextPhase } from "./schedule_phases.ts";
import { previewRenewal } from "./preview.ts";
import { findSubscription } from "./recurring_prices.ts";
import { refundSteps } from "./refund_settlement.ts";
import { endTrial, renew } from "./renewal.ts";
import { bill, charge } from "./invoice_settlement.ts";
import { WARNING_SEC } from "./subscription_start.ts";
import { DAY_SEC, HOUR_SEC, periodBounds } from "./periods.ts";
import { debitSteps } from "./debit_settlement.ts";

const EXPIRES_SEC = 23 * HOUR_SEC;
const UPCOMING_SEC = 7 * DAY_SEC;

/**
 * The next step that falls due for a customer. Steps are derived from the stored objects, so
 * a crash neither loses nor repeats one. Of steps due at the same time, the first in this order
 * runs first: a cancellation before a renewal, a new phase before it is billed.
 */
export async function nextStep(tx: BillingTransaction): Promise<Step | null> {
  const list = ["subscriptions_live_by_customer", tx.customerId];
  const steps: Step[] = [];
  for (const stored of await tx.all(SUBSCRIPTION, list)) {
    const found = await subscriptionSteps(tx, stored);
    steps.push(...found.filter((step) => step !== null));
  }
  const moving = ["invoices_moving", tx.customerId];
  for (const { object } of await tx.all(INVOICE, moving)) {
    steps.push(...invoiceSteps(object));
  }
  steps.push(...await debitSteps(tx));
  steps.push(...await refundSteps(tx), ...await disputeSteps(tx));
  return steps.reduce<Step | null>(
    (first, step) => first && first.atSec <= step.atSec ? first : step,
    null,
  );
}

async function subscriptionSteps(
  tx: BillingTransaction,
  { object, extra }: StoredSubscription,
): Promise<(Step | null)[]> {
  const { cancel_at: cancelAt, created, id, status } = object;
  if (status === "incomplete") {
    const atSec = created + EXPIRES_SEC;
    return [step(id, atSec, (tx, { object }) => expire(tx, object))];
  }
  const end = step(
    id,
    cancelAt,
    (tx, { object }) => endSubscription(tx, object),
  );
  if (status === "paused") {
    return [end, step(id, extra.resumeAtSec, (tx, now) => resume(tx, now, {}))];
  }
  const phase = await phaseStep(tx, object);
  return [warningStep({ object, extra }), end, phase, periodStep(object)];
}

function step(
  id: string,
  atSec: number | null,
  run: (tx: BillingTransaction, stored: StoredSubscription) => unknown,
): Step | null {
  return atSec === null ? null : {
    atSec,
    async run(tx) {
      const stored = await findSubscription(tx, id);
      if (stored !== null && isLive(stored.object)) await run(tx, stored);
    },
  };
}

async function phaseStep(
  tx: BillingTransaction,
  { id, schedule }: StoredSubscription["object"],
): Promise<Step | null> {
  const stored = await tx.find(SCHEDULE, schedule);
  return step(id, stored?.object.current_phase?.end_date ?? null, nextPhase);
}

function periodStep(object: StoredSubscription["object"]): Step | null {
  const { id, status, trial_end: trialEnd } = object;
  if (status !== "trialing" || trialEnd === null) {
    return step(id, periodBounds(object).firstEndSec, renew);
  }
  return step(
    id,
    trialEnd,
    (tx, stored) => endTrial(tx, stored, { billNow: false }),
  );
}

function warningStep(
  { object, extra }: Pick<StoredSubscription, "object" | "extra">,
): Step | null {
  const { cancel_at: cancelAt, id, status, trial_end: trialEnd } = object;
  if (status === "trialing" && trialEnd !== null) {
    if (extra.trialWarned) return null;
    return step(id, trialEnd - WARNING_SEC, warnOfTrialEnd);
  }
  const { firstEndSec, lastStartSec } = periodBounds(object);
  const isShort = firstEndSec - lastStartSec <= UPCOMING_SEC;
  const isLast = cancelAt !== null && cancelAt <= firstEndSec;
  if (isShort || isLast || extra.upcomingForSec === firstEndSec) return null;
  return step(id, firstEndSec - UPCOMING_SEC, warnOfInvoice);
}

function warnOfTrialEnd(
  tx: BillingTransaction,
  { object, extra }: StoredSubscription,
) {
  tx.change(SUBSCRIPTION, object, { ...extra, trialWarned: true });
  tx.emit("customer.subscription.trial_will_end", object);
}

async function warnOfInvoice(
  tx: BillingTransaction,
  { object, extra }: StoredSubscription,
) {
  const upcomingForSec = periodBounds(object).firstEndSec;
  tx.change(SUBSCRIPTION, object, { ...extra, upcomingForSec });
  const { id: _id, ...upcoming } = await previewRenewal(tx.context, object);
  tx.emit("invoice.upcoming", upcoming);
}

function invoiceSteps(invoice: ApiInvoice): Step[] {
  const atSec = invoice.status === "draft"
    ? invoice.automatically_finalizes_at
    : invoice.next_payment_attempt;
  if (atSec === null) return [];
  return [{
    atSec,
    async run(tx) {
      const { object } = await tx.need(INVOICE, invoice.id);
      const run = object.status === "draft" ? bill : charge;
      await run(tx, object, { retries: true });
    },
  }];
}
