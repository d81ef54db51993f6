import type { Context } from "../context.ts";
import { noSuchPath } from "../api/errors.ts";
import type {
  ApiInvoice,
  ApiSchedule,
  ApiSubscription,
} from "../api/api_types.ts";
import { BillingTransaction } from "./transaction.ts";
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
import {
  changeAtPeriodEnd,
  dropSchedule,
  type PhaseItem,
} from "./schedules.ts";
import { type Start, start } from "./subscription_start.ts";
import { DAY_SEC } from "./periods.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";

/**
 * Runs the customer's due steps, then `work` in a transaction, and commits it. Runs `work` again
 * when another commit came first. If it throws, none of its changes are written.
 */
export async function withCustomer<R>(
  context: Context,
  customer: string,
  work: (tx: BillingTransaction) => Promise<R>,
): Promise<R> {
  await catchUp(context, customer);
  return await context.store.untilWritten(async (writes) => {
    const tx = await BillingTransaction.open(context, customer);
    const result = await work(tx);
    tx.commit(writes);
    return result;
  });
}

type SubscriptionWork<R> = (
  tx: BillingTransaction,
  stored: StoredSubscription,
) => Promise<R>;

/**
 * Like `withCustomer`, for one of the customer's subscriptions.
 *
 * @throws {ApiError} 404 if it does not exist.
 */
export async function onSubscription<R>(
  context: Context,
  id: string,
  work: SubscriptionWork<R>,
): Promise<R> {
  const known = await context.store.get(SUBSCRIPTION, id);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, id);
  return await withCustomer(context, known.object.customer, async (tx) => {
    const stored = await findSubscription(tx, id);
    if (stored === null) throw noSuchPath(SUBSCRIPTION.noun, id);
    return await work(tx, stored);
  });
}

/** Like `onSubscription`, and returns the changed subscription. */
export function withSubscription(
  context: Context,
  id: string,
  work: SubscriptionWork<unknown>,
): Promise<ApiSubscription> {
  return onSubscription(context, id, async (tx, stored) => {
    await work(tx, stored);
    return (await findSubscription(tx, id) ?? stored).object;
  });
}

/** Creates a subscription. `trialPeriodDays` counts from the customer's current time. */
export function startSubscription(
  context: Context,
  request: Start & { customer: string; trialPeriodDays?: number },
): Promise<ApiSubscription> {
  const { customer, trialPeriodDays: days, ...rest } = request;
  return withCustomer(context, customer, (tx) => {
    if (days === undefined) return start(tx, rest);
    return start(tx, { ...rest, trialEndSec: tx.nowSec + days * DAY_SEC });
  });
}

/** An action that the portal's pages run on one subscription. */
function action<O extends object>(
  work: (
    tx: BillingTransaction,
    stored: StoredSubscription,
    options: O,
  ) => Promise<unknown>,
) {
  return (
    context: Context,
    { subscription, ...options }: O & { subscription: string },
  ): Promise<ApiSubscription> =>
    // The rest of the members are those of O, which the compiler cannot follow.
    withSubscription(
      context,
      subscription,
      (tx, stored) => work(tx, stored, options as unknown as O),
    );
}

/** Changes the items of a subscription now. */
export const changeSubscription = action<TrialItemUpdate>(changeItems);

/** Pauses a subscription. */
export const pauseSubscription = action<Pause>(pause);

/** Resumes a paused subscription. */
export const resumeSubscription = action<Resume>(resume);

/** Cancels a subscription now, or sets `cancel_at` to the end of its period as the portal does. */
export const cancelSubscription = action<
  CancellationDetails & { at: "period_end" | "now"; prorate?: boolean }
>(async (tx, stored, { at, prorate = false, ...cancellationDetails }) => {
  if (at === "now") {
    await endNow(tx, stored, { cancellationDetails, prorate });
  } else setEnd(tx, stored, { at: "max_period_end", cancellationDetails });
});

/** Schedules other items for the end of the current period. */
export function scheduleChange(
  context: Context,
  { subscription, items }: { subscription: string; items: PhaseItem[] },
): Promise<ApiSchedule> {
  return onSubscription(
    context,
    subscription,
    (tx, { object }) => changeAtPeriodEnd(tx, object, items),
  );
}

/** Discards a scheduled change. */
export function dropScheduledChange(
  context: Context,
  subscription: string,
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    subscription,
    (tx, { object }) => dropSchedule(tx, object),
  );
}

/** Undoes a scheduled cancellation. */
export function keepSubscription(
  context: Context,
  subscription: string,
): Promise<ApiSubscription> {
  return withSubscription(
    context,
    subscription,
    (tx, stored) => Promise.resolve(setEnd(tx, stored, { at: null })),
  );
}

function setEnd(
  tx: BillingTransaction,
  { object }: StoredSubscription,
  options: Parameters<typeof planEnd>[2],
) {
  tx.update(SUBSCRIPTION, object, planEnd(tx, object, options));
}

/** The invoice that a change of items leads to, now or with the next renewal. */
export async function previewChange(
  context: Context,
  { subscription, ...options }: ItemUpdate & { subscription: string },
): Promise<ApiInvoice> {
  const known = await context.store.get(SUBSCRIPTION, subscription);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, subscription);
  await catchUp(context, known.object.customer);
  return await preview(context, known.object, {
    kind: "switch",
    wish: options,
  });
}
