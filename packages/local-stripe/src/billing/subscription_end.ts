import { INVOICE, isLive, SUBSCRIPTION } from "../store/schema.ts";
import type { BillingTransaction } from "./transaction.ts";
import { releaseSchedule } from "./schedules.ts";
import { halt, voidInvoice } from "./invoice_lifecycle.ts";
import { unpaused } from "./subscription_objects.ts";
import type { ApiSubscription } from "../api/api_types.ts";

type Details = NonNullable<ApiSubscription["cancellation_details"]>;

/**
 * Cancels a subscription now. Its open invoices are no longer collected automatically. An
 * incomplete subscription becomes `incomplete_expired` instead.
 */
export async function endSubscription(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  why: Partial<Details> = {},
): Promise<ApiSubscription> {
  if (subscription.status === "incomplete") {
    return await expire(tx, subscription);
  }
  await releaseSchedule(tx, subscription, "canceled");
  await haltInvoices(tx, subscription.id);
  const details = subscription.cancellation_details;
  const ended = tx.change(SUBSCRIPTION, {
    ...unpaused(subscription, "canceled"),
    canceled_at: subscription.canceled_at ?? tx.nowSec,
    cancellation_details: {
      comment: why.comment ?? details?.comment ?? null,
      feedback: why.feedback ?? details?.feedback ?? null,
      feedback_option: null,
      reason: why.reason ?? details?.reason ?? null,
    },
    ended_at: tx.nowSec,
    pause_collection: null,
    schedule: null,
  });
  tx.emit("customer.subscription.deleted", ended);
  return ended;
}

/** Expires a subscription whose first payment has not been made in time. */
export async function expire(
  tx: BillingTransaction,
  subscription: ApiSubscription,
): Promise<ApiSubscription> {
  const { latest_invoice: first } = subscription;
  const invoice = await tx.find(INVOICE, first);
  if (invoice?.object.status === "open") await voidInvoice(tx, invoice.object);
  return tx.update(SUBSCRIPTION, subscription, {
    ended_at: tx.nowSec,
    status: "incomplete_expired",
  });
}

async function haltInvoices(tx: BillingTransaction, subscription: string) {
  const list = ["invoices_moving", tx.customerId];
  for (const { object } of await tx.all(INVOICE, list)) {
    const owner = object.parent?.subscription_details?.subscription;
    if (owner === subscription) halt(tx, object);
  }
}

/** Cancels all subscriptions of a customer who is being deleted. */
export async function endAll(tx: BillingTransaction): Promise<void> {
  const list = ["subscriptions_live_by_customer", tx.customerId];
  for (const { object } of await tx.all(SUBSCRIPTION, list)) {
    if (isLive(object)) await endSubscription(tx, object);
  }
}
