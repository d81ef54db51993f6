import type {
  ApiInvoice,
  ApiSubscription,
  SubscriptionStatus,
} from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import {
  type Attempt,
  collect,
  markDelinquent,
  type Trial,
} from "./payment_collection.ts";
import { readDunning } from "./dunning.ts";
import { endSubscription } from "./subscription_end.ts";
import { finalizeInvoice } from "./invoice_lifecycle.ts";
import { idOf } from "./subscription_objects.ts";
import { isLive, SUBSCRIPTION } from "../store/schema.ts";

/** Finalizes a draft and tries to be paid, with what that means for its subscription. */
export async function bill(
  transaction: BillingTransaction,
  draft: ApiInvoice,
  trial: Trial,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  const open = await finalizeInvoice(transaction, draft);
  if (open.status === "paid") {
    await settleInvoice(transaction, open);
    return { invoice: open, attempt: { result: "succeeded" } };
  }
  return await charge(transaction, open, trial);
}

/** Tries to collect an open invoice, with what that means for its subscription. */
export async function charge(
  transaction: BillingTransaction,
  open: ApiInvoice,
  trial: Trial,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  const done = await collect(transaction, open, trial);
  if (done.invoice.status === "paid") {
    await settleInvoice(transaction, done.invoice);
  } else await markPastDue(transaction, done.invoice, trial);
  return done;
}

/** A paid invoice puts its subscription in order, when it is the latest one. */
export async function settleInvoice(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): Promise<void> {
  await markDelinquent(transaction, false);
  const stored = await subscriptionOf(transaction, invoice);
  if (stored === null || stored.object.latest_invoice !== invoice.id) return;
  const { object: before, extra } = stored;
  if (extra.resumesWith === invoice.id) return resume(transaction, stored);
  const status = recoveredStatus(before, transaction.nowSec);
  if (status === before.status) return;
  const after = transaction.change(SUBSCRIPTION, { ...before, status });
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

function recoveredStatus(
  { status, trial_end: end }: ApiSubscription,
  nowSec: number,
): SubscriptionStatus {
  const mends = ["incomplete", "past_due", "unpaid"].includes(status);
  if (!mends) return status;
  return end !== null && end > nowSec ? "trialing" : "active";
}

function resume(
  transaction: BillingTransaction,
  { object, extra }: NonNullable<Awaited<ReturnType<typeof subscriptionOf>>>,
): void {
  const { status_details: _paused, ...rest } = object;
  const after = transaction.change(
    SUBSCRIPTION,
    { ...rest, status: "active" },
    {
      ...extra,
      resumesWith: null,
    },
  );
  transaction.emit("customer.subscription.resumed", after);
  transaction.emitUpdate("customer.subscription.updated", object, after);
}

async function markPastDue(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
  trial: Trial,
): Promise<void> {
  const stored = await subscriptionOf(transaction, invoice);
  if (
    stored === null || ["incomplete", "paused"].includes(stored.object.status)
  ) {
    return;
  }
  await markDelinquent(transaction, true);
  const before = stored.object;
  const status: SubscriptionStatus = before.status === "unpaid"
    ? "unpaid"
    : "past_due";
  const after = transaction.change(SUBSCRIPTION, { ...before, status });
  const isFinal = trial.retries && invoice.next_payment_attempt === null;
  if (isFinal) return await giveUp(transaction, before, after);
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

async function giveUp(
  transaction: BillingTransaction,
  before: ApiSubscription,
  pastDue: ApiSubscription,
): Promise<void> {
  const { onFinalFailure } = await readDunning(transaction.context);
  if (onFinalFailure === "cancel") {
    await endSubscription(transaction, pastDue, { reason: "payment_failed" });
    return;
  }
  const status = onFinalFailure;
  const after = transaction.change(SUBSCRIPTION, { ...pastDue, status });
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

async function subscriptionOf(
  transaction: BillingTransaction,
  { parent }: ApiInvoice,
) {
  const id = idOf(parent?.subscription_details?.subscription ?? null);
  const stored = id === null ? null : await transaction.find(SUBSCRIPTION, id);
  return stored !== null && isLive(stored.object) ? stored : null;
}
