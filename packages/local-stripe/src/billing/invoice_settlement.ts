import type {
  SubscriptionStatus,
  WireInvoice,
  WireSubscription,
} from "../api/api_types.ts";
import type { Books } from "./transaction.ts";
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
  books: Books,
  draft: WireInvoice,
  trial: Trial,
): Promise<{ invoice: WireInvoice; attempt: Attempt }> {
  const open = await finalizeInvoice(books, draft);
  if (open.status === "paid") {
    await settle(books, open);
    return { invoice: open, attempt: { result: "succeeded" } };
  }
  return await charge(books, open, trial);
}

/** Tries to collect an open invoice, with what that means for its subscription. */
export async function charge(
  books: Books,
  open: WireInvoice,
  trial: Trial,
): Promise<{ invoice: WireInvoice; attempt: Attempt }> {
  const done = await collect(books, open, trial);
  if (done.invoice.status === "paid") await settle(books, done.invoice);
  else await suffer(books, done.invoice, trial);
  return done;
}

/** A paid invoice puts its subscription in order, when it is the latest one. */
export async function settle(
  books: Books,
  invoice: WireInvoice,
): Promise<void> {
  await markDelinquent(books, false);
  const row = await subscriptionOf(books, invoice);
  if (row === null || row.object.latest_invoice !== invoice.id) return;
  const { object: before, extra } = row;
  if (extra.resumesWith === invoice.id) return resume(books, row);
  const status = mended(before, books.nowSec);
  if (status === before.status) return;
  const after = books.change(SUBSCRIPTION, { ...before, status });
  books.tellUpdate("customer.subscription.updated", before, after);
}

function mended(
  { status, trial_end: end }: WireSubscription,
  nowSec: number,
): SubscriptionStatus {
  const mends = ["incomplete", "past_due", "unpaid"].includes(status);
  if (!mends) return status;
  return end !== null && end > nowSec ? "trialing" : "active";
}

function resume(
  books: Books,
  { object, extra }: NonNullable<Awaited<ReturnType<typeof subscriptionOf>>>,
): void {
  const { status_details: _paused, ...rest } = object;
  const after = books.change(SUBSCRIPTION, { ...rest, status: "active" }, {
    ...extra,
    resumesWith: null,
  });
  books.tell("customer.subscription.resumed", after);
  books.tellUpdate("customer.subscription.updated", object, after);
}

async function suffer(
  books: Books,
  invoice: WireInvoice,
  trial: Trial,
): Promise<void> {
  const row = await subscriptionOf(books, invoice);
  if (row === null || ["incomplete", "paused"].includes(row.object.status)) {
    return;
  }
  await markDelinquent(books, true);
  const before = row.object;
  const status: SubscriptionStatus = before.status === "unpaid"
    ? "unpaid"
    : "past_due";
  const after = books.change(SUBSCRIPTION, { ...before, status });
  const isFinal = trial.retries && invoice.next_payment_attempt === null;
  if (isFinal) return await giveUp(books, before, after);
  books.tellUpdate("customer.subscription.updated", before, after);
}

async function giveUp(
  books: Books,
  before: WireSubscription,
  pastDue: WireSubscription,
): Promise<void> {
  const { onFinalFailure } = await readDunning(books.context);
  if (onFinalFailure === "cancel") {
    await endSubscription(books, pastDue, { reason: "payment_failed" });
    return;
  }
  const status = onFinalFailure;
  const after = books.change(SUBSCRIPTION, { ...pastDue, status });
  books.tellUpdate("customer.subscription.updated", before, after);
}

async function subscriptionOf(books: Books, { parent }: WireInvoice) {
  const id = idOf(parent?.subscription_details?.subscription ?? null);
  const row = id === null ? null : await books.find(SUBSCRIPTION, id);
  return row !== null && isLive(row.object) ? row : null;
}
