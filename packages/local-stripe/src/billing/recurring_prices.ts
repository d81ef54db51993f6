import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import {
  PRICE,
  readParam,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type { ApiPrice, ApiSubscription } from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { planOf } from "./subscription_objects.ts";
import type { Interval } from "./periods.ts";

/** A recurring price. */
export type RecurringPrice = ApiPrice & {
  recurring: NonNullable<ApiPrice["recurring"]>;
};

/**
 * Reads the recurring price that a parameter names.
 *
 * @throws {ApiError} 400 if it does not exist, or is inactive or one-time.
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

/** The billing interval of a recurring price. */
export function intervalOf({ recurring, id }: ApiPrice): Interval {
  if (recurring === null) {
    throw new Error(`Cannot renew ${id}: it is a one-time price`);
  }
  return recurring;
}

/** A subscription with the current state of its prices. */
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
 * Finds a subscription of the transaction's customer, with the current state of its prices.
 *
 * @returns `null` if it does not exist or belongs to another customer.
 */
export async function findSubscription(
  tx: BillingTransaction,
  id: string,
): Promise<StoredSubscription | null> {
  const stored = await tx.find(SUBSCRIPTION, id);
  if (stored === null || stored.object.customer !== tx.customerId) {
    return null;
  }
  return { ...stored, object: await withPrices(tx.context, stored.object) };
}
