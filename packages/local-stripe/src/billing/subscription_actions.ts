// What the hosted pages, Checkout and the API ask of billing. Each of these first does what has
// fallen due, then its own work in one transaction; what throws leaves nothing behind.

import type { Context } from "../context.ts";
import { noSuchPath } from "../api/errors.ts";
import type {
  WireInvoice,
  WireSchedule,
  WireSubscription,
} from "../api/api_types.ts";
import { type Books, withBooks } from "./transaction.ts";
import { endNow, type Leaving, planEnd } from "./cancellation.ts";
import { changeItems, type Switch, type TrialSwitch } from "./item_updates.ts";
import { catchUp } from "./scheduler.ts";
import { type Pause, pause, type Resume, resume } from "./pause.ts";
import { findSubscription } from "./recurring_prices.ts";
import { previewChange as preview } from "./preview.ts";
import type { SubscriptionRow } from "./renewal.ts";
import { type Sale, sell, type Sold } from "./sales.ts";
import {
  changeAtPeriodEnd,
  dropSchedule,
  type PhaseItem,
} from "./schedules.ts";
import { type Start, start } from "./subscription_start.ts";
import { DAY_SEC } from "./periods.ts";
import { SUBSCRIPTION } from "../store/schema.ts";

export { advanceCustomer, catchUp, catchUpAll } from "./scheduler.ts";
export { customerNow } from "./customer_account.ts";
export { chargeCard } from "./card_charge.ts";
export type { CardOutcome } from "./card_charge.ts";

/** Works on a customer's books as they are now. */
export async function atDesk<R>(
  context: Context,
  customer: string,
  work: (books: Books) => Promise<R>,
): Promise<R> {
  await catchUp(context, customer);
  return await withBooks(context, { customer }, work);
}

/**
 * Works on a subscription.
 *
 * @throws {StripeProblem} 404 when there is none.
 */
export async function onSubscription<R>(
  context: Context,
  id: string,
  work: (books: Books, row: SubscriptionRow) => Promise<R>,
): Promise<R> {
  const known = await context.store.get(SUBSCRIPTION, id);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, id);
  return await atDesk(context, known.object.customer, async (books) => {
    const row = await findSubscription(books, id);
    if (row === null) throw noSuchPath(SUBSCRIPTION.noun, id);
    return await work(books, row);
  });
}

/** Works on a subscription, and says what it is afterwards. */
export function withSubscription(
  context: Context,
  id: string,
  work: (books: Books, row: SubscriptionRow) => Promise<unknown>,
): Promise<WireSubscription> {
  return onSubscription(context, id, async (books, row) => {
    await work(books, row);
    return (await findSubscription(books, id) ?? row).object;
  });
}

/** Begins a subscription. `trialPeriodDays` counts from the customer's own now. */
export function startSubscription(
  context: Context,
  request: Start & { customer: string; trialPeriodDays?: number },
): Promise<WireSubscription> {
  const { customer, trialPeriodDays: days, ...rest } = request;
  return atDesk(context, customer, (books) =>
    start(books, {
      ...rest,
      ...(days !== undefined &&
        { trialEndSec: books.nowSec + days * DAY_SEC }),
    }));
}

/** Changes what a subscription is to, at once. */
export function changeSubscription(
  context: Context,
  wish: TrialSwitch & { subscription: string },
): Promise<WireSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (books, row) => changeItems(books, row, wish),
  );
}

/** Changes what a subscription is to when its period ends, as a downgrade does. */
export function scheduleChange(
  context: Context,
  wish: { subscription: string; items: PhaseItem[] },
): Promise<WireSchedule> {
  return onSubscription(
    context,
    wish.subscription,
    (books, { object }) => changeAtPeriodEnd(books, object, wish.items),
  );
}

/** Gives up a change that is scheduled. */
export function dropScheduledChange(
  context: Context,
  subscription: string,
): Promise<WireSubscription> {
  return withSubscription(
    context,
    subscription,
    (books, { object }) => dropSchedule(books, object),
  );
}

/** Ends a subscription, now or when its period does: then with a date, as the portal's way is. */
export function cancelSubscription(
  context: Context,
  wish: Leaving & {
    subscription: string;
    at: "period_end" | "now";
    prorate?: boolean;
  },
): Promise<WireSubscription> {
  const { comment, feedback, prorate } = wish;
  const leaving: Leaving = {
    ...(comment !== undefined && { comment }),
    ...(feedback !== undefined && { feedback }),
  };
  return withSubscription(context, wish.subscription, async (books, row) => {
    if (wish.at === "now") {
      await endNow(books, row, { leaving, prorate: prorate ?? false });
      return;
    }
    const { object: before } = row;
    const after = planEnd(books, before, { at: "max_period_end", leaving });
    books.change(SUBSCRIPTION, after);
    books.tellUpdate("customer.subscription.updated", before, after);
  });
}

/** Takes a planned end back. */
export function keepSubscription(
  context: Context,
  subscription: string,
): Promise<WireSubscription> {
  return withSubscription(context, subscription, (books, { object }) => {
    const after = planEnd(books, object, { at: null });
    books.change(SUBSCRIPTION, after);
    books.tellUpdate("customer.subscription.updated", object, after);
    return Promise.resolve();
  });
}

/** Stops billing for a while. */
export function pauseSubscription(
  context: Context,
  wish: Pause & { subscription: string },
): Promise<WireSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (books, row) => pause(books, row, wish),
  );
}

/** Ends a pause. */
export function resumeSubscription(
  context: Context,
  wish: Resume & { subscription: string },
): Promise<WireSubscription> {
  return withSubscription(
    context,
    wish.subscription,
    (books, row) => resume(books, row, wish),
  );
}

/** The invoice that a change would lead to: what it costs now, or with the next one. */
export async function previewChange(
  context: Context,
  wish: Switch & { subscription: string },
): Promise<WireInvoice> {
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
  return atDesk(context, sale.customer, (books) => sell(books, sale));
}
