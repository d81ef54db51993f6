import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import {
  PRICE,
  readParam,
  SUBSCRIPTION,
  type SubscriptionExtra,
} from "../store/schema.ts";
import type { ApiPrice, ApiSubscription } from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { planOf } from "./subscription_objects.ts";
import type { Interval } from "./periods.ts";
import type { StoredObject } from "../store/collections.ts";

/** A price that somebody can be subscribed to. */
export type RecurringPrice = ApiPrice & {
  recurring: NonNullable<ApiPrice["recurring"]>;
};

/**
 * The price that a parameter names.
 *
 * @throws {ApiError} 400 when there is none, or when it is sold once or no longer.
 */
export async function readRecurring(
  context: Context,
  named: { id: string; param: string },
): Promise<RecurringPrice> {
  const { object: price } = await readParam(context, PRICE, named);
  const { param } = named;
  if (!price.active) {
    throw invalidRequest(
      `The price specified is inactive. This field only accepts active prices.`,
      { code: "price_inactive", param },
    );
  }
  const { recurring } = price;
  if (recurring === null) {
    throw invalidRequest(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param },
    );
  }
  return { ...price, recurring };
}

/** How often a price comes round. */
export function intervalOf({ recurring, id }: ApiPrice): Interval {
  if (recurring === null) throw new Error(`Cannot renew ${id}: it is no plan`);
  return recurring;
}

/** A subscription as it is shown: its prices as they are now. */
export async function withPrices(
  context: Context,
  subscription: ApiSubscription,
): Promise<ApiSubscription> {
  const data = await Promise.all(subscription.items.data.map(async (item) => {
    const price = (await context.store.get(PRICE, item.price.id))?.object;
    return price ? { ...item, price, plan: planOf(price) } : item;
  }));
  return { ...subscription, items: { ...subscription.items, data } };
}

/**
 * A subscription as the transaction has it, its prices as they are now.
 *
 * @returns `null` when there is none, or when it is another customer's.
 */
export async function findSubscription(
  transaction: BillingTransaction,
  id: string,
): Promise<StoredObject<ApiSubscription, SubscriptionExtra> | null> {
  const stored = await transaction.find(SUBSCRIPTION, id);
  if (stored === null || stored.object.customer !== transaction.customerId) {
    return null;
  }
  return {
    ...stored,
    object: await withPrices(transaction.context, stored.object),
  };
}
