import { invalidRequest, noSuchParam } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import type { BillingTransaction } from "./transaction.ts";
import { intervalOf, readRecurring } from "./recurring_prices.ts";
import { checkPrices } from "./subscription_start.ts";
import { newItem, planOf } from "./subscription_objects.ts";
import { nextBoundary, sameInterval } from "./periods.ts";
import type { ApiSubscription, ApiSubscriptionItem } from "../api/api_types.ts";

/** What is to become of one item: with an id of that one, without it of a new one. */
export interface ItemChange {
  id?: string;
  price?: string;
  quantity?: number;
  metadata?: Record<string, string> | null;
  deleted?: boolean;
}

/**
 * The items after these changes; what is not named stays.
 *
 * @throws {ApiError} 400 for an item that is not there, a price that cannot be, or when
 * nothing would be left.
 */
export async function nextItems(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  changes: ItemChange[],
): Promise<ApiSubscriptionItem[]> {
  let data = subscription.items.data;
  for (const [place, change] of changes.entries()) {
    const at = { place, subscription };
    data = change.id === undefined
      ? [...data, await added(transaction, change, at)]
      : await replaced(transaction, data, { ...at, change, id: change.id });
  }
  if (data.length === 0) {
    throw invalidRequest(
      "A subscription must have at least one active item.",
      { param: "items" },
    );
  }
  checkPrices(data.map(({ price }) => price));
  return data;
}

interface At {
  place: number;
  subscription: ApiSubscription;
}

async function replaced(
  transaction: BillingTransaction,
  data: ApiSubscriptionItem[],
  of: At & { change: ItemChange; id: string },
): Promise<ApiSubscriptionItem[]> {
  const { change, id, place } = of;
  const item = data.find((one) => one.id === id);
  if (item === undefined) {
    throw noSuchParam("subscription item", id, `items[${place}][id]`);
  }
  if (change.deleted) return data.filter((one) => one !== item);
  const price = change.price === undefined
    ? item.price
    : await readRecurring(transaction.context, {
      id: change.price,
      param: `items[${place}][price]`,
    });
  const next = {
    ...item,
    metadata: mergeMetadata(item.metadata, change.metadata),
    plan: planOf(price),
    price,
    quantity: change.quantity ?? item.quantity,
  };
  return data.map((one) => one === item ? next : one);
}

async function added(
  transaction: BillingTransaction,
  change: ItemChange,
  { place, subscription }: At,
): Promise<ApiSubscriptionItem> {
  const price = await readRecurring(transaction.context, {
    id: change.price ?? "",
    param: `items[${place}][price]`,
  });
  const item = newItem(subscription.id, {
    price,
    quantity: change.quantity ?? 1,
    metadata: mergeMetadata({}, change.metadata),
    createdSec: transaction.nowSec,
    period: periodFor(subscription, price, transaction.nowSec),
  });
  transaction.point(["subscription_item", item.id], subscription.id);
  return item;
}

// It joins the others that come round at the same pace; otherwise it keeps to the anchor.
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
    return {
      startSec: sibling.current_period_start,
      endSec: sibling.current_period_end,
    };
  }
  if (trial !== null && trial > nowSec) {
    return { startSec: nowSec, endSec: trial };
  }
  return { startSec: nowSec, endSec: nextBoundary(anchor, every, nowSec) };
}
