import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { chooseMethod } from "./payment_collection.ts";
import { endSubscription } from "./subscription_end.ts";
import { draftInvoice } from "./invoice_lifecycle.ts";
import { debitOf, type Entry, periodEntry } from "./invoice_lines.ts";
import { intervalOf } from "./recurring_prices.ts";
import { bill } from "./invoice_settlement.ts";
import { boundary, nextBoundary } from "./periods.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";
import { pauseFor } from "./subscription_objects.ts";

/** The next period of every item whose period is over, on a draft that is charged an hour later. */
export async function renew(
  transaction: BillingTransaction,
  stored: StoredSubscription,
): Promise<ApiInvoice> {
  const { object: before } = stored;
  const due = before.items.data.filter((item) =>
    item.current_period_end <= transaction.nowSec
  );
  const startSec = Math.min(...due.map((item) => item.current_period_start));
  const data = before.items.data.map((item) => {
    if (!due.includes(item)) return item;
    const start = item.current_period_end;
    const every = intervalOf(item.price);
    const end = nextBoundary(before.billing_cycle_anchor, every, start);
    return { ...item, current_period_start: start, current_period_end: end };
  });
  const renewed = { ...before, items: { ...before.items, data } };
  const ids = new Set(due.map(({ id }) => id));
  return await billPeriods(transaction, { ...stored, object: renewed }, {
    before,
    items: ids,
    period: { startSec, endSec: transaction.nowSec },
    reason: "subscription_cycle",
  });
}

async function billPeriods(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
  of: {
    before: ApiSubscription;
    items: Set<string>;
    period: { startSec: number; endSec: number };
    reason: "subscription_cycle" | "subscription_update";
  },
): Promise<ApiInvoice> {
  const entries = await entriesFor(transaction, object, of.items);
  // An unpaid subscription goes on being invoiced, but nobody tries to collect.
  const advances = object.status !== "unpaid" &&
    of.reason === "subscription_cycle";
  const draft = await draftInvoice(transaction, {
    reason: of.reason,
    currency: object.currency,
    entries,
    subscription: object,
    takesPending: true,
    advances,
    period: of.period,
  });
  const others = extra.debits.filter(({ item, endSec }) =>
    !of.items.has(item) && endSec > transaction.nowSec
  );
  const debits = [...others, ...entries.map(debitOf)];
  const after = transaction.change(
    SUBSCRIPTION,
    followed({ ...object, latest_invoice: draft.id }),
    { ...extra, debits },
  );
  transaction.emitMerged("customer.subscription.updated", of.before, after);
  return draft;
}

/** What the current periods of these items cost. */
export function entriesFor(
  transaction: BillingTransaction,
  { items }: ApiSubscription,
  ids: ReadonlySet<string>,
): Promise<Entry[]> {
  return Promise.all(
    items.data.filter(({ id }) => ids.has(id))
      .map((item) => periodEntry(transaction.context, item, { trial: false })),
  );
}

/** A cancellation "at the period's end" follows the period when that moves. */
export function followed(subscription: ApiSubscription): ApiSubscription {
  if (!subscription.cancel_at_period_end) return subscription;
  return { ...subscription, cancel_at: lastPeriodEnd(subscription) };
}

/** When the last of its items' periods ends. */
export function lastPeriodEnd({ items }: ApiSubscription): number {
  return Math.max(...items.data.map((item) => item.current_period_end));
}

/**
 * Ends a trial: the first paid period begins, or what was agreed on for a customer without a card.
 *
 * @param how `billNow`: somebody ended it by hand, so that the invoice is charged at once.
 */
export async function endTrial(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  how: { billNow: boolean },
): Promise<void> {
  const { object: before } = stored;
  const missing = before.trial_settings?.end_behavior.missing_payment_method;
  if (missing !== "create_invoice" && await hasNoMethod(transaction, before)) {
    if (missing === "pause") return pauseTrial(transaction, stored);
    await endSubscription(transaction, {
      ...before,
      canceled_at: transaction.nowSec,
    });
    return;
  }
  const begun = firstPeriod(before, transaction.nowSec);
  const ids = new Set(begun.items.data.map(({ id }) => id));
  const startSec = before.trial_start ?? transaction.nowSec;
  const period = { startSec, endSec: transaction.nowSec };
  const reason = how.billNow ? "subscription_update" : "subscription_cycle";
  const of = { before, items: ids, period, reason } as const;
  const draft = await billPeriods(
    transaction,
    { ...stored, object: begun },
    of,
  );
  if (how.billNow) await bill(transaction, draft, { retries: true });
}

async function hasNoMethod(
  transaction: BillingTransaction,
  { id }: ApiSubscription,
): Promise<boolean> {
  const parent = {
    type: "subscription_details",
    quote_details: null,
    subscription_details: { metadata: null, subscription: id },
  };
  const draft = { default_payment_method: null, parent };
  return await chooseMethod(transaction, draft) === null;
}

function pauseTrial(
  transaction: BillingTransaction,
  stored: StoredSubscription,
): void {
  const after = transaction.change(
    SUBSCRIPTION,
    pauseFor(
      stored.object,
      "trial_end_without_payment_method",
      transaction.nowSec,
    ),
  );
  transaction.emit("customer.subscription.paused", after);
  transaction.emitUpdate("customer.subscription.updated", stored.object, after);
}

/** All items begin their first period now. */
export function firstPeriod(
  subscription: ApiSubscription,
  nowSec: number,
): ApiSubscription {
  const data = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: nowSec,
    current_period_end: boundary(nowSec, intervalOf(item.price), 1),
  }));
  const end = subscription.trial_end;
  return {
    ...subscription,
    billing_cycle_anchor: nowSec,
    items: { ...subscription.items, data },
    status: "active",
    trial_end: end === null ? null : Math.min(end, nowSec),
  };
}
