import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { chooseMethod } from "./payment_collection.ts";
import { endSubscription } from "./subscription_end.ts";
import { draftForSubscription } from "./invoice_lifecycle.ts";
import { debitOf, type Entry, periodEntry } from "./invoice_lines.ts";
import { intervalOf } from "./recurring_prices.ts";
import { bill } from "./invoice_settlement.ts";
import { boundary, nextBoundary, periodBounds } from "./periods.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";
import { itemIds, paused, withItems } from "./subscription_objects.ts";

/** Begins the next period of every item whose period has ended, with a draft invoice. */
export async function renew(
  tx: BillingTransaction,
  { object: before, extra }: StoredSubscription,
): Promise<ApiInvoice> {
  const due = before.items.data.filter((item) =>
    item.current_period_end <= tx.nowSec
  );
  const data = before.items.data.map((item) => {
    if (!due.includes(item)) return item;
    const start = item.current_period_end;
    const every = intervalOf(item.price);
    const end = nextBoundary(before.billing_cycle_anchor, every, start);
    return { ...item, current_period_start: start, current_period_end: end };
  });
  const { firstStartSec } = periodBounds({ items: { data: due } });
  const object = withItems(before, data);
  return await billPeriods(tx, { before, object, extra }, {
    items: new Set(due.map(({ id }) => id)),
    period: { startSec: firstStartSec, endSec: tx.nowSec },
    reason: "subscription_cycle",
  });
}

async function billPeriods(
  tx: BillingTransaction,
  { before, object, extra }: Pick<StoredSubscription, "object" | "extra"> & {
    before: ApiSubscription;
  },
  of: {
    items: Set<string>;
    period: { startSec: number; endSec: number };
    reason: "subscription_cycle" | "subscription_update";
  },
): Promise<ApiInvoice> {
  const { items, period, reason } = of;
  const entries = await entriesFor(tx, object, items);
  const others = extra.debits.filter(({ item, endSec }) =>
    !items.has(item) && endSec > tx.nowSec
  );
  const debits = [...others, ...entries.map(debitOf)];
  const after = withMovedEnd(object);
  // An unpaid subscription is invoiced, but its drafts are not finalized.
  const advances = object.status !== "unpaid" &&
    reason === "subscription_cycle";
  const terms = { advances, entries, period, reason };
  const draft = await draftForSubscription(tx, after, terms, {
    ...extra,
    debits,
  });
  const renewed = await tx.need(SUBSCRIPTION, after.id);
  tx.emitSubscriptionUpdate(before, renewed.object);
  return draft;
}

/** Invoice entries for the current periods of the given items. */
export function entriesFor(
  tx: BillingTransaction,
  { items }: ApiSubscription,
  ids: ReadonlySet<string>,
): Promise<Entry[]> {
  const billed = items.data.filter(({ id }) => ids.has(id));
  return Promise.all(
    billed.map((item) => periodEntry(tx.context, item, { trial: false })),
  );
}

/** A subscription whose `cancel_at_period_end` date follows its changed period. */
export function withMovedEnd(subscription: ApiSubscription): ApiSubscription {
  if (!subscription.cancel_at_period_end) return subscription;
  return { ...subscription, cancel_at: lastPeriodEnd(subscription) };
}

/** The latest end of the items' current periods, in seconds since the epoch. */
export function lastPeriodEnd(subscription: ApiSubscription): number {
  return periodBounds(subscription).lastEndSec;
}

/**
 * Ends a trial: begins the first paid period, or applies
 * `trial_settings.end_behavior.missing_payment_method` for a customer without a payment method.
 *
 * @param how `billNow`: charge the invoice at once, as when a request ends the trial early.
 */
export async function endTrial(
  tx: BillingTransaction,
  { object: before, extra }: StoredSubscription,
  { billNow }: { billNow: boolean },
): Promise<void> {
  const missing = before.trial_settings?.end_behavior.missing_payment_method;
  if (missing !== "create_invoice" && await hasNoMethod(tx, before)) {
    if (missing === "pause") return pauseTrial(tx, before);
    await endSubscription(tx, { ...before, canceled_at: tx.nowSec });
    return;
  }
  const object = firstPeriod(before, tx.nowSec);
  const startSec = before.trial_start ?? tx.nowSec;
  const draft = await billPeriods(tx, { before, object, extra }, {
    items: itemIds(object),
    period: { startSec, endSec: tx.nowSec },
    reason: billNow ? "subscription_update" : "subscription_cycle",
  });
  if (billNow) await bill(tx, draft, { retries: true });
}

async function hasNoMethod(
  tx: BillingTransaction,
  { id }: ApiSubscription,
): Promise<boolean> {
  const parent = {
    type: "subscription_details",
    quote_details: null,
    subscription_details: { metadata: null, subscription: id },
  };
  const draft = { default_payment_method: null, parent };
  return await chooseMethod(tx, draft) === null;
}

function pauseTrial(tx: BillingTransaction, before: ApiSubscription) {
  const reason = "trial_end_without_payment_method";
  const after = tx.change(SUBSCRIPTION, paused(before, reason, tx.nowSec));
  tx.emit("customer.subscription.paused", after);
  tx.emitUpdate("customer.subscription.updated", before, after);
}

/** A subscription whose items all begin their first period now. */
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
    ...withItems(subscription, data),
    billing_cycle_anchor: nowSec,
    status: "active",
    trial_end: end === null ? null : Math.min(end, nowSec),
  };
}
