import { invalidRequest, noSuchParam, notImplemented } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import type { BillingTransaction } from "./transaction.ts";
import { addAllPending, draftForSubscription } from "./invoice_lifecycle.ts";
import { activeDiscounts, discountIds, prorationAfter } from "./discounts.ts";
import {
  debitOf,
  type Entry,
  remainingTime,
  unusedTime,
} from "./invoice_lines.ts";
import {
  findSubscription,
  intervalOf,
  readRecurring,
} from "./recurring_prices.ts";
import { endTrial, entriesFor, firstPeriod, withMovedEnd } from "./renewal.ts";
import {
  checkPrices,
  payDraft,
  type PaymentBehavior,
} from "./subscription_start.ts";
import { nextBoundary, periodBounds, sameInterval } from "./periods.ts";
import { itemIds, newItem, planOf, withItems } from "./subscription_objects.ts";
import type { ApiSubscription, ApiSubscriptionItem } from "../api/api_types.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";

export type ProrationBehavior = "always_invoice" | "create_prorations" | "none";

/** A change of the item with this id; without an id, a new item. */
export interface ItemChange {
  id?: string;
  price?: string;
  quantity?: number;
  metadata?: Record<string, string> | null;
  deleted?: boolean;
}

/** A change of a subscription's items, as `POST /v1/subscriptions/{id}` takes it. */
export interface ItemUpdate {
  items: ItemChange[];
  /** Defaults to "create_prorations": settled with the next invoice. */
  prorationBehavior?: ProrationBehavior;
  /** When prorations are calculated from; defaults to now. */
  prorationSec?: number;
  /** Begins a new period now (`billing_cycle_anchor=now`). */
  anchorNow?: boolean;
  paymentBehavior?: PaymentBehavior;
  authenticated?: boolean;
}

const CHANGEABLE = new Set(["active", "past_due", "trialing", "unpaid"]);

/**
 * Changes the items of a subscription. The current period stays and the rest of it is prorated by
 * the second, unless the billing interval changes or a free subscription becomes a paid one: then
 * a new period begins and is billed at once.
 *
 * @throws {ApiError} 400 for invalid items; 402 if the payment has to succeed and fails; 501 for
 * a subscription that is incomplete or paused.
 */
export async function updateItems(
  tx: BillingTransaction,
  stored: StoredSubscription,
  update: ItemUpdate,
): Promise<void> {
  const { object: before, extra } = stored;
  if (!CHANGEABLE.has(before.status)) {
    throw notImplemented(`changing the items of what is ${before.status}`);
  }
  const object = withItems(before, await nextItems(tx, before, update.items));
  const changed = changedItems(before, object);
  const metadataOnly = changed.size === 0 && !update.anchorNow;
  if (metadataOnly || before.status === "trialing") {
    // A trial has been billed nothing, so there is nothing to prorate.
    const next = metadataOnly ? extra : { ...extra, debits: [] };
    tx.update(SUBSCRIPTION, before, { items: object.items }, next);
    return;
  }
  const change = { before, object, extra, update };
  if (update.anchorNow || restarts(before, object, changed)) {
    await restart(tx, change);
  } else await prorate(tx, change, changed);
}

/**
 * The items after these changes; items without a change stay.
 *
 * @throws {ApiError} 400 for an unknown item, an invalid price, or if no item would be left.
 */
export async function nextItems(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  changes: ItemChange[],
): Promise<ApiSubscriptionItem[]> {
  let { data } = subscription.items;
  for (const [place, change] of changes.entries()) {
    const param = `items[${place}]`;
    data = change.id === undefined
      ? [...data, await addedItem(tx, subscription, { change, param })]
      : await replaceItem(tx, data, { change, id: change.id, param });
  }
  if (data.length === 0) {
    throw invalidRequest("A subscription must have at least one active item.", {
      param: "items",
    });
  }
  checkPrices(data.map(({ price }) => price));
  return data;
}

async function replaceItem(
  tx: BillingTransaction,
  data: ApiSubscriptionItem[],
  of: { change: ItemChange; id: string; param: string },
): Promise<ApiSubscriptionItem[]> {
  const { change, id, param } = of;
  const item = data.find((one) => one.id === id);
  if (item === undefined) {
    throw noSuchParam("subscription item", id, `${param}[id]`);
  }
  if (change.deleted) return data.filter((one) => one !== item);
  const named = { id: change.price ?? "", param: `${param}[price]` };
  const price = change.price === undefined
    ? item.price
    : await readRecurring(tx.context, named);
  const next = {
    ...item,
    metadata: mergeMetadata(item.metadata, change.metadata),
    plan: planOf(price),
    price,
    quantity: change.quantity ?? item.quantity,
  };
  return data.map((one) => one === item ? next : one);
}

async function addedItem(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  { change, param }: { change: ItemChange; param: string },
): Promise<ApiSubscriptionItem> {
  const named = { id: change.price ?? "", param: `${param}[price]` };
  const price = await readRecurring(tx.context, named);
  const item = newItem(subscription.id, {
    price,
    quantity: change.quantity ?? 1,
    metadata: mergeMetadata({}, change.metadata),
    createdSec: tx.nowSec,
    period: periodFor(subscription, price, tx.nowSec),
  });
  tx.point(["subscription_item", item.id], subscription.id);
  return item;
}

// A new item shares the period of an item with the same interval; otherwise it ends at the anchor.
function periodFor(
  { billing_cycle_anchor: anchor, items, trial_end: trial }: ApiSubscription,
  price: Parameters<typeof intervalOf>[0],
  nowSec: number,
): { startSec: number; endSec: number } {
  const every = intervalOf(price);
  const sibling = items.data.find((item) =>
    sameInterval(intervalOf(item.price), every)
  );
  if (sibling !== undefined) {
    const { current_period_start: startSec, current_period_end: endSec } =
      sibling;
    return { startSec, endSec };
  }
  if (trial !== null && trial > nowSec) {
    return { startSec: nowSec, endSec: trial };
  }
  return { startSec: nowSec, endSec: nextBoundary(anchor, every, nowSec) };
}

/** Ids of the items that are new, removed, or have another price or quantity. */
function changedItems(
  before: ApiSubscription,
  after: ApiSubscription,
): Set<string> {
  const states = ({ items }: ApiSubscription) =>
    new Map(
      items.data.map(({ id, price, quantity }) =>
        [id, `${price.id} ${quantity}`] as const
      ),
    );
  const [old, now] = [states(before), states(after)];
  return new Set(
    [...old.keys(), ...now.keys()].filter((id) => old.get(id) !== now.get(id)),
  );
}

function restarts(
  { items: old }: ApiSubscription,
  { items }: ApiSubscription,
  changed: Set<string>,
): boolean {
  const isFree = (all: ApiSubscriptionItem[]) =>
    all.every(({ price }) => price.unit_amount === 0);
  if (isFree(old.data) && !isFree(items.data)) return true;
  return items.data.some((item) => {
    const previous = old.data.find(({ id }) => id === item.id);
    return changed.has(item.id) && previous !== undefined &&
      !sameInterval(intervalOf(previous.price), intervalOf(item.price));
  });
}

interface Change extends Pick<StoredSubscription, "object" | "extra"> {
  before: ApiSubscription;
  update: ItemUpdate;
}

async function restart(
  tx: BillingTransaction,
  { before, object, extra, update }: Change,
) {
  if (update.prorationBehavior !== "none") {
    const atSec = update.prorationSec ?? tx.nowSec;
    const of = { before, items: itemIds(before), atSec };
    await addAllPending(tx, await credits(tx, extra, of));
  }
  const after = withMovedEnd({
    ...firstPeriod(object, tx.nowSec),
    status: object.status,
  });
  const entries = await entriesFor(tx, after, itemIds(after));
  const debits = entries.map(debitOf);
  const next = { ...extra, debits };
  await billNow(tx, { before, object: after, extra: next, update }, entries);
}

async function prorate(
  tx: BillingTransaction,
  { before, object, extra, update }: Change,
  changed: Set<string>,
) {
  const atSec = update.prorationSec ?? tx.nowSec;
  checkProrationDate(before, atSec);
  const after = withMovedEnd(object);
  if (update.prorationBehavior === "none") {
    tx.update(SUBSCRIPTION, before, after);
    return;
  }
  const spent = await credits(tx, extra, { before, items: changed, atSec });
  const gained = await charges(tx, after, { items: changed, atSec });
  await addAllPending(tx, [...spent, ...gained]);
  const others = extra.debits.filter(({ item }) => !changed.has(item));
  const next = { ...extra, debits: [...others, ...gained.map(debitOf)] };
  if (update.prorationBehavior === "always_invoice") {
    await billNow(tx, { before, object: after, extra: next, update }, []);
    return;
  }
  tx.change(SUBSCRIPTION, after, next);
  tx.emitSubscriptionUpdate(before, after);
}

function checkProrationDate(before: ApiSubscription, atSec: number) {
  const { firstStartSec, lastEndSec } = periodBounds(before);
  if (atSec >= firstStartSec && atSec <= lastEndSec) return;
  throw invalidRequest(
    "The proration date has to lie within the current period.",
    { param: "proration_date" },
  );
}

/** Credits for the unused time that these items were billed for. */
export async function credits(
  tx: BillingTransaction,
  extra: StoredSubscription["extra"],
  of: { before: ApiSubscription; items: Set<string>; atSec: number },
): Promise<Entry[]> {
  const found = await Promise.all(extra.debits.map((debit) => {
    const item = of.before.items.data.find(({ id }) => id === debit.item);
    if (item === undefined || !of.items.has(item.id)) return null;
    return unusedTime(tx.context, debit, { item, atSec: of.atSec });
  }));
  return found.filter((entry) => entry !== null);
}

/** Charges for the rest of these items' current periods. */
export async function charges(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  of: { items: Set<string>; atSec: number },
): Promise<Entry[]> {
  const { items } = subscription;
  const discounts = await activeDiscounts(tx, discountIds(subscription));
  const charged = items.data.filter(({ id }) => of.items.has(id));
  const found = await Promise.all(
    charged.map((item) => remainingTime(tx.context, item, of.atSec)),
  );
  return found.filter((entry) => entry !== null).map((entry) => ({
    ...entry,
    amountMinor: prorationAfter(discounts, entry.amountMinor),
  }));
}

async function billNow(
  tx: BillingTransaction,
  { before, object, extra, update }: Change,
  entries: Entry[],
) {
  const prorationSec = update.prorationSec ?? tx.nowSec;
  const reason = "subscription_update";
  const terms = { entries, prorationSec, reason } as const;
  const draft = await draftForSubscription(tx, object, terms, extra);
  const { authenticated = false, paymentBehavior } = update;
  const options = { authenticated, retries: true };
  await payDraft(tx, draft, { paymentBehavior, ...options });
  const stored = await tx.need(SUBSCRIPTION, object.id);
  tx.emitSubscriptionUpdate(before, stored.object);
}

/** A change of items that may end a trial, as in the customer portal. */
export interface TrialItemUpdate extends ItemUpdate {
  /** Whether to end a trial; ignored without one. */
  endTrial?: boolean;
}

/**
 * Changes the items of a subscription. If that ends its trial, the first paid period begins now
 * and is billed in full.
 *
 * @throws {ApiError} As `updateItems` does.
 */
export async function changeItems(
  tx: BillingTransaction,
  stored: StoredSubscription,
  update: TrialItemUpdate,
): Promise<void> {
  await updateItems(tx, stored, update);
  if (!update.endTrial || stored.object.status !== "trialing") return;
  const changed = await findSubscription(tx, stored.object.id);
  await endTrial(tx, changed ?? stored, { billNow: true });
}
