// What the hosted pages, Checkout and the API ask of billing. Each of these first does what has
// fallen due, then its own work in one transaction; what throws leaves nothing behind.

import type { Context } from "../context.ts";
import { noSuchPath } from "../api/errors.ts";
import type {
  ApiInvoice,
  ApiSchedule,
  ApiSubscription,
} from "../api/api_types.ts";
import { type BillingTransaction, withTransaction } from "./transaction.ts";
import { type CancellationDetails, endNow, planEnd } from "./cancellation.ts";
import {
  changeItems,
  type ItemUpdate,
  type TrialItemUpdate,
} from "./item_updates.ts";
import { catchUp } from "./scheduler.ts";
import { type Pause, pause, type Resume, resume } from "./pause.ts";
import { findSubscription } from "./recurring_prices.ts";
import { previewChange as preview } from "./preview.ts";
import { type Sale, sell, type Sold } from "./sales.ts";
import {
  changeAtPeriodEnd,
  dropSchedule,
  type PhaseItem,
} from "./schedules.ts";
import { type Start, start } from "./subscription_start.ts";
import { DAY_SEC } from "./periods.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";

export { advanceCustomer, catchUp, catchUpAll } from "./scheduler.ts";
export { customerNow } from "./customer_account.ts";
export { chargeCard } from "./card_charge.ts";
export type { CardOutcome } from "./card_charge.ts";

/** Works on a customer's billing as it is now. */
export async function withCustomer<R>(
  context: Context,
  customer: string,
  work: (transaction: BillingTransaction) => Promise<R>,
): Promise<R> {
  await catchUp(context, customer);
  return await withTransaction(context, { customer }, work);
}

/**
 * Works on a subscription.
 *
 * @throws {ApiError} 404 when there is none.
 */
export async function onSubscription<R>(
  context: Context,
  id: string,
  work: (
    transaction: BillingTransaction,
    stored: StoredSubscription,
  ) => Promise<R>,
): Promise<R> {
  const known = await context.store.get(SUBSCRIPTION, id);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, id);
  return await withCustomer(
    context,
    known.object.customer,
    async (transaction) => {
      const stored = await findSubscription(transaction, id);
      if (stored === null) throw noSuchPath(SUBSCRIPTION.noun, id);
      return await work(transaction, stored);
    },
  );
}

/** Works on a subscription, and says what it is afterwards. */
export function withSubscription(
  context: Context,
  id: string,
  work: (
    transaction: BillingTransaction,
    stored: StoredSubscription,
  ) => Promise<unknown>,
): Promise<ApiSubscription> {
  return onSubscription(context, id, async (transaction, stored) => {
    await work(transaction, stored);
    return (await findSubscription(transaction, id) ?? stored).object;
  });
}

/** Begins a subscription. `trialPeriodDays` counts from the customer's own now. */
export function startSubscription(
  context: Context,
  request: Start & { customer: string; trialPeriodDays?: number },
): Promise<ApiSubscription> {
  const { customer, trialPeriodDays: days, ...rest } = request;
  return withCustomer(context, customer, (transaction) =>
    start(transaction, {
      ...rest,
      ...(days !== undefined &&
        { trialEndSec: transaction.nowSec + days * DAY_SEC }),
    }));
}

/** Changes what a subscription is to, at once. */
export function changeSubscription(
  context: Context,
  wish: TrialItemUpdate & { subscription: string },
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (transaction, stored) => changeItems(transaction, stored, wish),
  );
}

/** Changes what a subscription is to when its period ends, as a downgrade does. */
export function scheduleChange(
  context: Context,
  wish: { subscription: string; items: PhaseItem[] },
): Promise<ApiSchedule> {
  return onSubscription(
    context,
    wish.subscription,
    (transaction, { object }) =>
      changeAtPeriodEnd(transaction, object, wish.items),
  );
}

/** Gives up a change that is scheduled. */
export function dropScheduledChange(
  context: Context,
  subscription: string,
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    subscription,
    (transaction, { object }) => dropSchedule(transaction, object),
  );
}

/** Ends a subscription, now or when its period does: then with a date, as the portal's way is. */
export function cancelSubscription(
  context: Context,
  wish: CancellationDetails & {
    subscription: string;
    at: "period_end" | "now";
    prorate?: boolean;
  },
): Promise<ApiSubscription> {
  const { comment, feedback, prorate } = wish;
  const cancellationDetails: CancellationDetails = {
    ...(comment !== undefined && { comment }),
    ...(feedback !== undefined && { feedback }),
  };
  return withSubscription(
    context,
    wish.subscription,
    async (transaction, stored) => {
      if (wish.at === "now") {
        await endNow(transaction, stored, {
          cancellationDetails,
          prorate: prorate ?? false,
        });
        return;
      }
      const { object: before } = stored;
      const after = planEnd(transaction, before, {
        at: "max_period_end",
        cancellationDetails,
      });
      transaction.change(SUBSCRIPTION, after);
      transaction.emitUpdate("customer.subscription.updated", before, after);
    },
  );
}

/** Takes a planned end back. */
export function keepSubscription(
  context: Context,
  subscription: string,
): Promise<ApiSubscription> {
  return withSubscription(context, subscription, (transaction, { object }) => {
    const after = planEnd(transaction, object, { at: null });
    transaction.change(SUBSCRIPTION, after);
    transaction.emitUpdate("customer.subscription.updated", object, after);
    return Promise.resolve();
  });
}

/** Stops billing for a while. */
export function pauseSubscription(
  context: Context,
  wish: Pause & { subscription: string },
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (transaction, stored) => pause(transaction, stored, wish),
  );
}

/** Ends a pause. */
export function resumeSubscription(
  context: Context,
  wish: Resume & { subscription: string },
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (transaction, stored) => resume(transaction, stored, wish),
  );
}

/** The invoice that a change would lead to: what it costs now, or with the next one. */
export async function previewChange(
  context: Context,
  wish: ItemUpdate & { subscription: string },
): Promise<ApiInvoice> {
  const known = await context.store.get(SUBSCRIPTION, wish.subscription);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, wish.subscription);
  await catchUp(context, known.object.customer);
  const of = { kind: "switch", wish } as const;
  return await preview(context, known.object, of);
}

/** Sells something once: a payment, its charge, and an invoice if wanted. */
export function sellOnce(
  context: Context,
  sale: Sale & { customer: string },
): Promise<Sold> {
  return withCustomer(
    context,
    sale.customer,
    (transaction) => sell(transaction, sale),
  );
}
