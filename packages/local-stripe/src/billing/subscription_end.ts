import { INVOICE, isLive, SUBSCRIPTION } from "../store/schema.ts";
import type { Books } from "./transaction.ts";
import { releaseSchedule } from "./schedule_release.ts";
import { halt, voidInvoice } from "./invoice_lifecycle.ts";
import type { WireSubscription } from "../api/api_types.ts";

type Details = NonNullable<WireSubscription["cancellation_details"]>;

/**
 * Ends a subscription for good: it is billed no more, and what was still open is not collected by
 * itself any longer. One whose first payment never came is `incomplete_expired` instead.
 */
export async function endSubscription(
  books: Books,
  subscription: WireSubscription,
  why: Partial<Details> = {},
): Promise<WireSubscription> {
  if (subscription.status === "incomplete") {
    return await expire(books, subscription);
  }
  await releaseSchedule(books, subscription, "canceled");
  await haltInvoices(books, subscription.id);
  const { status_details: _paused, ...rest } = subscription;
  const details = subscription.cancellation_details;
  const ended = books.change(SUBSCRIPTION, {
    ...rest,
    canceled_at: subscription.canceled_at ?? books.nowSec,
    cancellation_details: {
      comment: why.comment ?? details?.comment ?? null,
      feedback: why.feedback ?? details?.feedback ?? null,
      feedback_option: null,
      reason: why.reason ?? details?.reason ?? null,
    },
    ended_at: books.nowSec,
    pause_collection: null,
    schedule: null,
    status: "canceled",
  });
  books.tell("customer.subscription.deleted", ended);
  return ended;
}

/** The first payment did not come in time: the subscription never was. */
export async function expire(
  books: Books,
  subscription: WireSubscription,
): Promise<WireSubscription> {
  const { latest_invoice: first } = subscription;
  const invoice = first === null ? null : await books.find(INVOICE, first);
  if (invoice?.object.status === "open") {
    await voidInvoice(books, invoice.object);
  }
  const expired = books.change(SUBSCRIPTION, {
    ...subscription,
    ended_at: books.nowSec,
    status: "incomplete_expired",
  });
  books.tellUpdate("customer.subscription.updated", subscription, expired);
  return expired;
}

async function haltInvoices(books: Books, subscription: string): Promise<void> {
  const moving = await books.all(INVOICE, [
    "invoices_moving",
    books.customerId,
  ]);
  for (const { object } of moving) {
    const owner = object.parent?.subscription_details?.subscription;
    if (owner === subscription) halt(books, object);
  }
}

/** Ends all that a customer is subscribed to, as when the customer itself is deleted. */
export async function endAll(books: Books): Promise<void> {
  const list = ["subscriptions_live_by_customer", books.customerId];
  for (const { object } of await books.all(SUBSCRIPTION, list)) {
    if (isLive(object)) await endSubscription(books, object);
  }
}
