import type {
  ApiInvoice,
  ApiSubscription,
  SubscriptionStatus,
} from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import {
  type Attempt,
  type ChargeOptions,
  collect,
  markDelinquent,
} from "./payment_collection.ts";
import { readDunning } from "./dunning.ts";
import { endSubscription } from "./subscription_end.ts";
import { finalizeInvoice } from "./invoice_lifecycle.ts";
import { idOf, unpaused } from "./subscription_objects.ts";
import {
  isLive,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";

/** Finalizes a draft, attempts to collect it and updates its subscription. */
export async function bill(
  tx: BillingTransaction,
  draft: ApiInvoice,
  options: ChargeOptions,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  const open = await finalizeInvoice(tx, draft);
  if (open.status !== "paid") return await charge(tx, open, options);
  await settleInvoice(tx, open);
  return { invoice: open, attempt: { result: "succeeded" } };
}

/** Attempts to collect an open invoice and updates its subscription. */
export async function charge(
  tx: BillingTransaction,
  open: ApiInvoice,
  options: ChargeOptions,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  const done = await collect(tx, open, options);
  if (done.invoice.status === "paid") await settleInvoice(tx, done.invoice);
  else await markPastDue(tx, done.invoice, options);
  return done;
}

/** Recovers or resumes the subscription whose latest invoice has been paid. */
export async function settleInvoice(
  tx: BillingTransaction,
  invoice: ApiInvoice,
): Promise<void> {
  await markDelinquent(tx, false);
  const stored = await subscriptionOf(tx, invoice);
  if (stored === null || stored.object.latest_invoice !== invoice.id) return;
  const { object, extra } = stored;
  if (extra.resumesWith === invoice.id) return resume(tx, stored);
  tx.update(SUBSCRIPTION, object, {
    status: recoveredStatus(object, tx.nowSec),
  });
}

function recoveredStatus(
  { status, trial_end: end }: ApiSubscription,
  nowSec: number,
): SubscriptionStatus {
  const recovers = ["incomplete", "past_due", "unpaid"].includes(status);
  if (!recovers) return status;
  return end !== null && end > nowSec ? "trialing" : "active";
}

function resume(tx: BillingTransaction, { object, extra }: StoredSubscription) {
  const resumed = unpaused(object, "active");
  tx.change(SUBSCRIPTION, resumed, { ...extra, resumesWith: null });
  tx.emit("customer.subscription.resumed", resumed);
  tx.emitUpdate("customer.subscription.updated", object, resumed);
}

async function markPastDue(
  tx: BillingTransaction,
  invoice: ApiInvoice,
  { retries }: ChargeOptions,
) {
  const object = (await subscriptionOf(tx, invoice))?.object;
  if (!object || ["incomplete", "paused"].includes(object.status)) return;
  await markDelinquent(tx, true);
  const status: SubscriptionStatus = object.status === "unpaid"
    ? "unpaid"
    : "past_due";
  if (!retries || invoice.next_payment_attempt !== null) {
    tx.update(SUBSCRIPTION, object, { status });
    return;
  }
  const { onFinalFailure } = await readDunning(tx.context);
  if (onFinalFailure === "cancel") {
    const pastDue = tx.change(SUBSCRIPTION, { ...object, status });
    await endSubscription(tx, pastDue, { reason: "payment_failed" });
  } else tx.update(SUBSCRIPTION, object, { status: onFinalFailure });
}

async function subscriptionOf(
  tx: BillingTransaction,
  { parent }: ApiInvoice,
): Promise<StoredSubscription | null> {
  const id = idOf(parent?.subscription_details?.subscription ?? null);
  const stored = await tx.find(SUBSCRIPTION, id);
  return stored !== null && isLive(stored.object) ? stored : null;
}
