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
import { DAY_SEC, HOUR_SEC } from "./periods.ts";
import { debitSteps } from "../checkout/debit_settlement.ts";
const EXPIRES_SEC = 23 * HOUR_SEC;
const UPCOMING_SEC = 7 * DAY_SEC;

/**
 * What is next to happen to a customer by itself. It is read off the objects, never remembered, so
 * that a crash between two steps loses none and repeats none. Of several at one time the first in
 * this order goes first: an end before a renewal, a new phase before it is billed.
 */
export async function nextStep(
  transaction: BillingTransaction,
): Promise<Step | null> {
  const list = ["subscriptions_live_by_customer", transaction.customerId];
  const subscriptions = await transaction.all(SUBSCRIPTION, list);
  const steps: Step[] = [];
  for (const stored of subscriptions) {
    steps.push(...await stepsOf(transaction, stored));
  }
  const moving = ["invoices_moving", transaction.customerId];
  for (const { object } of await transaction.all(INVOICE, moving)) {
    steps.push(...invoiceSteps(object));
  }
  steps.push(...await debitSteps(transaction));
  steps.push(
    ...await refundSteps(transaction),
    ...await disputeSteps(transaction),
  );
  return steps.reduce<Step | null>(
    (first, step) => first && first.atSec <= step.atSec ? first : step,
    null,
  );
}

async function stepsOf(
  transaction: BillingTransaction,
  stored: StoredSubscription,
): Promise<Step[]> {
  const { object } = stored;
  if (object.status === "incomplete") {
    const atSec = object.created + EXPIRES_SEC;
    return [
      step(
        stored,
        atSec,
        (transaction, { object }) => expire(transaction, object),
      ),
    ];
  }
  const ends = object.cancel_at === null ? [] : [
    step(
      stored,
      object.cancel_at,
      (transaction, { object }) => endSubscription(transaction, object),
    ),
  ];
  if (object.status === "paused") return [...ends, ...comeback(stored)];
  const phase = await phaseSteps(transaction, stored);
  return [...warnings(stored), ...ends, ...phase, periodStep(stored)];
}

function step(
  stored: StoredSubscription,
  atSec: number,
  run: (transaction: BillingTransaction, stored: StoredSubscription) => unknown,
): Step {
  return {
    atSec,
    async run(transaction) {
      const now = await findSubscription(transaction, stored.object.id);
      if (now !== null && isLive(now.object)) await run(transaction, now);
    },
  };
}

function comeback(stored: StoredSubscription): Step[] {
  const { resumeAtSec: atSec } = stored.extra;
  if (atSec === null) return [];
  return [
    step(stored, atSec, (transaction, now) => resume(transaction, now, {})),
  ];
}

async function phaseSteps(
  transaction: BillingTransaction,
  stored: StoredSubscription,
): Promise<Step[]> {
  const { schedule: id } = stored.object;
  const schedule = id === null ? null : await transaction.find(SCHEDULE, id);
  const phase = schedule?.object.current_phase;
  return phase ? [step(stored, phase.end_date, nextPhase)] : [];
}

function periodStep(stored: StoredSubscription): Step {
  const { items, status, trial_end: trialEnd } = stored.object;
  if (status === "trialing" && trialEnd !== null) {
    return step(
      stored,
      trialEnd,
      (transaction, now) => endTrial(transaction, now, { billNow: false }),
    );
  }
  const ends = items.data.map((item) => item.current_period_end);
  return step(stored, Math.min(...ends), renew);
}

function warnings(stored: StoredSubscription): Step[] {
  const { extra, object } = stored;
  if (object.status === "trialing" && object.trial_end !== null) {
    if (extra.trialWarned) return [];
    return [step(stored, object.trial_end - WARNING_SEC, warnOfTrial)];
  }
  const ends = object.items.data.map((item) => item.current_period_end);
  const starts = object.items.data.map((item) => item.current_period_start);
  const end = Math.min(...ends);
  const isShort = end - Math.max(...starts) <= UPCOMING_SEC;
  const isLast = object.cancel_at !== null && object.cancel_at <= end;
  if (isShort || isLast || extra.upcomingForSec === end) return [];
  return [step(stored, end - UPCOMING_SEC, warnOfInvoice)];
}

function warnOfTrial(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
): void {
  transaction.change(SUBSCRIPTION, object, { ...extra, trialWarned: true });
  transaction.emit("customer.subscription.trial_will_end", object);
}

async function warnOfInvoice(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
): Promise<void> {
  const ends = object.items.data.map((item) => item.current_period_end);
  const upcomingForSec = Math.min(...ends);
  transaction.change(SUBSCRIPTION, object, { ...extra, upcomingForSec });
  const { id: _none, ...upcoming } = await previewRenewal(
    transaction.context,
    object,
  );
  transaction.emit("invoice.upcoming", upcoming);
}

function invoiceSteps(invoice: ApiInvoice): Step[] {
  const { automatically_finalizes_at: finalizes, next_payment_attempt: next } =
    invoice;
  const atSec = invoice.status === "draft" ? finalizes : next;
  if (atSec === null) return [];
  return [{
    atSec,
    async run(transaction) {
      const { object } = await transaction.need(INVOICE, invoice.id);
      const how = { retries: true };
      await (object.status === "draft" ? bill : charge)(
        transaction,
        object,
        how,
      );
    },
  }];
}
