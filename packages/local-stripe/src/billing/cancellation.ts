import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import { credits } from "./item_updates.ts";
import { endSubscription } from "./subscription_end.ts";
import { addPending, draftInvoice } from "./invoice_lifecycle.ts";
import { lastPeriodEnd } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";

/** Why somebody leaves, as far as they say. */
export interface CancellationDetails {
  comment?: string | null;
  feedback?: string | null;
}

/** When a subscription is to end: at a time, at a period's end, or (null) not at all. */
export type CancelAt =
  | number
  | "min_period_end"
  | "max_period_end"
  | "period_end"
  | null;

/**
 * Sets or takes back the end of a subscription. "period_end" is the API's `cancel_at_period_end`
 * and moves with the period; the others are a date that stays.
 *
 * @throws {ApiError} 400 when a schedule manages it, or for a date that has passed; 501 for a
 * date that would have to be prorated.
 */
export function planEnd(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  wish: {
    at: CancelAt;
    prorates?: boolean;
    cancellationDetails?: CancellationDetails;
  },
): ApiSubscription {
  const { schedule } = subscription;
  if (schedule !== null) {
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${schedule}\`: its cancelation has to be changed there.`,
    );
  }
  const at = endSec(transaction, subscription, wish);
  const kept = at === null ? null : subscription.cancellation_details;
  return {
    ...subscription,
    cancel_at: at,
    cancel_at_period_end: wish.at === "period_end",
    canceled_at: at === null ? null : transaction.nowSec,
    cancellation_details: {
      comment: wish.cancellationDetails?.comment ?? kept?.comment ?? null,
      feedback: wish.cancellationDetails?.feedback ?? kept?.feedback ?? null,
      feedback_option: null,
      reason: at === null ? null : "cancellation_requested",
    },
  };
}

function endSec(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  { at, prorates = true }: { at: CancelAt; prorates?: boolean },
): number | null {
  const last = lastPeriodEnd(subscription);
  if (at === null) return null;
  if (at === "min_period_end") {
    const { data } = subscription.items;
    return Math.min(...data.map((item) => item.current_period_end));
  }
  if (typeof at === "string") return last;
  if (at <= transaction.nowSec) {
    throw invalidRequest("`cancel_at` must be in the future.", {
      param: "cancel_at",
    });
  }
  if (at !== last && prorates) {
    throw notImplemented("cancel_at within a period, with prorations");
  }
  return at;
}

/** Ends a subscription now; what it has paid for and will not use is credited if asked for. */
export async function endNow(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
  wish: {
    prorate?: boolean;
    invoiceNow?: boolean;
    cancellationDetails?: CancellationDetails;
  },
): Promise<ApiSubscription> {
  const ended = await endSubscription(transaction, object, {
    ...wish.cancellationDetails,
    reason: "cancellation_requested",
  });
  if (ended.status !== "canceled") return ended;
  if (wish.prorate) {
    const items = new Set(object.items.data.map(({ id }) => id));
    const of = { before: object, items, atSec: transaction.nowSec };
    for (const entry of await credits(transaction, extra, of)) {
      await addPending(transaction, entry);
    }
  }
  return wish.invoiceNow ? await billRest(transaction, ended) : ended;
}

async function billRest(
  transaction: BillingTransaction,
  ended: ApiSubscription,
): Promise<ApiSubscription> {
  const draft = await draftInvoice(transaction, {
    reason: "subscription_update",
    currency: ended.currency,
    entries: [],
    subscription: ended,
    takesPending: true,
    advances: false,
  });
  await bill(transaction, draft, { retries: false });
  return transaction.change(SUBSCRIPTION, {
    ...ended,
    latest_invoice: draft.id,
  });
}
