import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import {
  addPending,
  draftInvoice,
  finalizeInvoice,
} from "./invoice_lifecycle.ts";
import { type ItemChange, nextItems } from "./item_changes.ts";
import {
  debitOf,
  type Entry,
  remainingTime,
  unusedTime,
} from "./invoice_lines.ts";
import { findSubscription, intervalOf } from "./recurring_prices.ts";
import { endTrial, entriesFor, firstPeriod, followed } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import { type PaymentBehavior, refuseFailed } from "./subscription_start.ts";
import { sameInterval } from "./periods.ts";
import type { ApiSubscription, ApiSubscriptionItem } from "../api/api_types.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";

export type ProrationBehavior = "always_invoice" | "create_prorations" | "none";

/** Another price, another quantity, an item more or less. */
export interface ItemUpdate {
  items: ItemChange[];
  /** "create_prorations" when not given: settled with the next invoice. */
  prorationBehavior?: ProrationBehavior;
  /** The moment that prorations count from; now when not given. */
  prorationSec?: number;
  /** Begin a new period now, even where nothing asks for it. */
  anchorNow?: boolean;
  paymentBehavior?: PaymentBehavior;
  authenticated?: boolean;
}

const CHANGEABLE = new Set(["active", "past_due", "trialing", "unpaid"]);

/**
 * Changes what a subscription is to. The period stays, and what is left of it is prorated by the
 * second; a price that comes round at another pace, or the first that costs something, begins a
 * new period and is billed at once.
 *
 * @throws {ApiError} 400 for items that make no sense; 402 when the payment has to go through
 * and does not; 501 for a subscription that waits for its first payment, or is paused.
 */
export async function updateItems(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  wish: ItemUpdate,
): Promise<void> {
  const { object: before } = stored;
  if (!CHANGEABLE.has(before.status)) {
    throw notImplemented(`changing the items of what is ${before.status}`);
  }
  const data = await nextItems(transaction, before, wish.items);
  const changed = changedItems(before, data);
  if (changed.size === 0 && !wish.anchorNow) {
    return keep(transaction, before, data);
  }
  if (before.status === "trialing") {
    return switchTrial(transaction, stored, data);
  }
  const object = { ...before, items: { ...before.items, data } };
  const of = { ...stored, object };
  if (wish.anchorNow || restarts(before, data, changed)) {
    await restart(transaction, of, { before, wish });
  } else await prorate(transaction, of, { before, wish, changed });
}

// Metadata of an item is nothing to be paid for.
function keep(
  transaction: BillingTransaction,
  before: ApiSubscription,
  data: ApiSubscriptionItem[],
): void {
  const after = { ...before, items: { ...before.items, data } };
  transaction.change(SUBSCRIPTION, after);
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

/** Ids of the items that are new, gone, or another price or quantity. */
function changedItems(
  { items }: ApiSubscription,
  data: ApiSubscriptionItem[],
): Set<string> {
  const text = (item: ApiSubscriptionItem) =>
    `${item.id} ${item.price.id} ${item.quantity}`;
  const before = new Set(items.data.map(text));
  const after = new Set(data.map(text));
  return new Set([
    ...items.data.filter((item) => !after.has(text(item))).map(({ id }) => id),
    ...data.filter((item) => !before.has(text(item))).map(({ id }) => id),
  ]);
}

function restarts(
  { items }: ApiSubscription,
  data: ApiSubscriptionItem[],
  changed: Set<string>,
): boolean {
  const isFree = (all: ApiSubscriptionItem[]) =>
    all.every(({ price }) => price.unit_amount === 0);
  if (isFree(items.data) && !isFree(data)) return true;
  return data.some((item) => {
    const old = items.data.find(({ id }) => id === item.id);
    return changed.has(item.id) && old !== undefined &&
      !sameInterval(intervalOf(old.price), intervalOf(item.price));
  });
}

// Nothing has been paid in a trial, so that there is nothing to prorate.
function switchTrial(
  transaction: BillingTransaction,
  { object: before, extra }: StoredSubscription,
  data: ApiSubscriptionItem[],
): void {
  const after = { ...before, items: { ...before.items, data } };
  transaction.change(SUBSCRIPTION, after, { ...extra, debits: [] });
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

interface Change {
  before: ApiSubscription;
  wish: ItemUpdate;
}

async function restart(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
  { before, wish }: Change,
): Promise<void> {
  const all = new Set(before.items.data.map(({ id }) => id));
  if (wish.prorationBehavior !== "none") {
    const of = {
      before,
      items: all,
      atSec: wish.prorationSec ?? transaction.nowSec,
    };
    for (const entry of await credits(transaction, extra, of)) {
      await addPending(transaction, entry);
    }
  }
  const begun = followed({
    ...firstPeriod(object, transaction.nowSec),
    status: object.status,
  });
  const now = new Set(begun.items.data.map(({ id }) => id));
  const entries = await entriesFor(transaction, begun, now);
  const debits = entries.map(debitOf);
  transaction.change(SUBSCRIPTION, begun, { ...extra, debits });
  await billNow(transaction, begun, { before, wish, entries });
}

async function prorate(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
  of: Change & { changed: Set<string> },
): Promise<void> {
  const { before, wish, changed } = of;
  const atSec = wish.prorationSec ?? transaction.nowSec;
  checkProrationDate(before, atSec);
  const after = followed(object);
  if (wish.prorationBehavior === "none") {
    transaction.change(SUBSCRIPTION, after);
    transaction.emitUpdate("customer.subscription.updated", before, after);
    return;
  }
  const spent = await credits(transaction, extra, {
    before,
    items: changed,
    atSec,
  });
  const gained = await charges(transaction, after, { items: changed, atSec });
  for (const entry of [...spent, ...gained]) {
    await addPending(transaction, entry);
  }
  const others = extra.debits.filter(({ item }) => !changed.has(item));
  const debits = [...others, ...gained.map(debitOf)];
  transaction.change(SUBSCRIPTION, after, { ...extra, debits });
  if (wish.prorationBehavior === "always_invoice") {
    await billNow(transaction, after, { before, wish, entries: [] });
  } else transaction.emitMerged("customer.subscription.updated", before, after);
}

function checkProrationDate(
  { items }: ApiSubscription,
  atSec: number,
): void {
  const starts = items.data.map((item) => item.current_period_start);
  const ends = items.data.map((item) => item.current_period_end);
  if (atSec >= Math.min(...starts) && atSec <= Math.max(...ends)) return;
  throw invalidRequest(
    "The proration date has to lie within the current period.",
    { param: "proration_date" },
  );
}

/** Credits for what these items were billed for and will not use. */
export async function credits(
  transaction: BillingTransaction,
  extra: StoredSubscription["extra"],
  of: { before: ApiSubscription; items: Set<string>; atSec: number },
): Promise<Entry[]> {
  const found = await Promise.all(extra.debits.map((debit) => {
    const item = of.before.items.data.find(({ id }) => id === debit.item);
    if (item === undefined || !of.items.has(item.id)) return null;
    return unusedTime(transaction.context, debit, { item, atSec: of.atSec });
  }));
  return found.filter((entry) => entry !== null);
}

/** What these items cost for the rest of their periods. */
export async function charges(
  transaction: BillingTransaction,
  { items }: ApiSubscription,
  of: { items: Set<string>; atSec: number },
): Promise<Entry[]> {
  const found = await Promise.all(
    items.data.filter(({ id }) => of.items.has(id))
      .map((item) => remainingTime(transaction.context, item, of.atSec)),
  );
  return found.filter((entry) => entry !== null);
}

async function billNow(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  { before, wish, entries }: Change & { entries: Entry[] },
): Promise<void> {
  const prorationSec = wish.prorationSec ?? transaction.nowSec;
  const draft = await draftInvoice(transaction, {
    reason: "subscription_update",
    currency: subscription.currency,
    entries,
    subscription,
    takesPending: true,
    advances: false,
    prorationSec,
  });
  const latest = { ...subscription, latest_invoice: draft.id };
  transaction.change(SUBSCRIPTION, latest);
  await pay(transaction, draft, wish);
  const stored = await transaction.need(SUBSCRIPTION, subscription.id);
  transaction.emitMerged(
    "customer.subscription.updated",
    before,
    stored.object,
  );
}

async function pay(
  transaction: BillingTransaction,
  draft: Awaited<ReturnType<typeof draftInvoice>>,
  wish: ItemUpdate,
): Promise<void> {
  if (wish.paymentBehavior === "default_incomplete" && draft.amount_due > 0) {
    await finalizeInvoice(transaction, draft);
    return;
  }
  const authenticated = wish.authenticated ?? false;
  const { attempt } = await bill(
    transaction,
    { ...draft, auto_advance: true },
    {
      authenticated,
      retries: true,
    },
  );
  if (wish.paymentBehavior === "error_if_incomplete") {
    refuseFailed(attempt, "subscription_payment_intent_requires_action");
  }
}

/** A change of items that may end a trial, as the portal's does. */
export interface TrialItemUpdate extends ItemUpdate {
  /** Whether a trial is over with the change; without a trial it says nothing. */
  endTrial?: boolean;
}

/**
 * Changes what a subscription is to. Where that ends its trial, the first paid period begins now:
 * it is billed in full, and nothing is prorated for what was left of the trial.
 *
 * @throws {ApiError} As `updateItems` does.
 */
export async function changeItems(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  wish: TrialItemUpdate,
): Promise<void> {
  await updateItems(transaction, stored, wish);
  if (!wish.endTrial || stored.object.status !== "trialing") return;
  const changed = await findSubscription(transaction, stored.object.id);
  await endTrial(transaction, changed ?? stored, { billNow: true });
}
