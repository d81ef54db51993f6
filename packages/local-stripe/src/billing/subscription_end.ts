import { INVOICE, isLive, SUBSCRIPTION } from "../store/schema.ts";
import type { BillingTransaction } from "./transaction.ts";
import { releaseSchedule } from "./schedule_release.ts";
import { halt, voidInvoice } from "./invoice_lifecycle.ts";
import type { ApiSubscription } from "../api/api_types.ts";

type Details = NonNullable<ApiSubscription["cancellation_details"]>;

/**
 * Ends a subscription for good: it is billed no more, and what was still open is not collected by
 * itself any longer. One whose first payment never came is `incomplete_expired` instead.
 */
export async function endSubscription(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  why: Partial<Details> = {},
): Promise<ApiSubscription> {
  if (subscription.status === "incomplete") {
    return await expire(transaction, subscription);
  }
  await releaseSchedule(transaction, subscription, "canceled");
  await haltInvoices(transaction, subscription.id);
  const { status_details: _paused, ...rest } = subscription;
  const details = subscription.cancellation_details;
  const ended = transaction.change(SUBSCRIPTION, {
    ...rest,
    canceled_at: subscription.canceled_at ?? transaction.nowSec,
    cancellation_details: {
      comment: why.comment ?? details?.comment ?? null,
      feedback: why.feedback ?? details?.feedback ?? null,
      feedback_option: null,
      reason: why.reason ?? details?.reason ?? null,
    },
    ended_at: transaction.nowSec,
    pause_collection: null,
    schedule: null,
    status: "canceled",
  });
  transaction.emit("customer.subscription.deleted", ended);
  return ended;
}

/** The first payment did not come in time: the subscription never was. */
export async function expire(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
): Promise<ApiSubscription> {
  const { latest_invoice: first } = subscription;
  const invoice = first === null
    ? null
    : await transaction.find(INVOICE, first);
  if (invoice?.object.status === "open") {
    await voidInvoice(transaction, invoice.object);
  }
  const expired = transaction.change(SUBSCRIPTION, {
    ...subscription,
    ended_at: transaction.nowSec,
    status: "incomplete_expired",
  });
  transaction.emitUpdate(
    "customer.subscription.updated",
    subscription,
    expired,
  );
  return expired;
}

async function haltInvoices(
  transaction: BillingTransaction,
  subscription: string,
): Promise<void> {
  const moving = await transaction.all(INVOICE, [
    "invoices_moving",
    transaction.customerId,
  ]);
  for (const { object } of moving) {
    const owner = object.parent?.subscription_details?.subscription;
    if (owner === subscription) halt(transaction, object);
  }
}

/** Ends all that a customer is subscribed to, as when the customer itself is deleted. */
export async function endAll(transaction: BillingTransaction): Promise<void> {
  const list = ["subscriptions_live_by_customer", transaction.customerId];
  for (const { object } of await transaction.all(SUBSCRIPTION, list)) {
    if (isLive(object)) await endSubscription(transaction, object);
  }
}
