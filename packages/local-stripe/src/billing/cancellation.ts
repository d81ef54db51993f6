import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import { credits } from "./item_updates.ts";
import { endSubscription } from "./subscription_end.ts";
import { addAllPending, draftForSubscription } from "./invoice_lifecycle.ts";
import { bill } from "./invoice_settlement.ts";
import { periodBounds } from "./periods.ts";
import { itemIds } from "./subscription_objects.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import type { StoredSubscription } from "../store/schema.ts";

/** The customer's reason for a cancellation. */
export interface CancellationDetails {
  comment?: string | null;
  feedback?: string | null;
}

/** When a subscription ends: at a time, at the end of a period, or not at all (`null`). */
type CancelAt =
  | number
  | "min_period_end"
  | "max_period_end"
  | "period_end"
  | null;

/**
 * A subscription with its cancellation scheduled or undone. With "period_end", the date follows
 * the period (`cancel_at_period_end`); the other values set a fixed date.
 *
 * @throws {ApiError} 400 if a schedule manages it or the date is past; 501 for a date that needs
 * a proration.
 */
export function planEnd(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  options: {
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
  const at = endSec(tx, subscription, options);
  const kept = at === null ? null : subscription.cancellation_details;
  return {
    ...subscription,
    cancel_at: at,
    cancel_at_period_end: options.at === "period_end",
    canceled_at: at === null ? null : tx.nowSec,
    cancellation_details: {
      comment: options.cancellationDetails?.comment ?? kept?.comment ?? null,
      feedback: options.cancellationDetails?.feedback ?? kept?.feedback ?? null,
      feedback_option: null,
      reason: at === null ? null : "cancellation_requested",
    },
  };
}

function endSec(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  { at, prorates = true }: { at: CancelAt; prorates?: boolean },
): number | null {
  const { firstEndSec, lastEndSec } = periodBounds(subscription);
  if (at === null) return null;
  if (at === "min_period_end") return firstEndSec;
  if (typeof at === "string") return lastEndSec;
  if (at <= tx.nowSec) {
    throw invalidRequest("`cancel_at` must be in the future.", {
      param: "cancel_at",
    });
  }
  if (at !== lastEndSec && prorates) {
    throw notImplemented("cancel_at within a period, with prorations");
  }
  return at;
}

/** Ends a subscription now, optionally with a credit for unused time and a final invoice. */
export async function endNow(
  tx: BillingTransaction,
  { object, extra }: StoredSubscription,
  options: {
    prorate?: boolean;
    invoiceNow?: boolean;
    cancellationDetails?: CancellationDetails;
  },
): Promise<ApiSubscription> {
  const ended = await endSubscription(tx, object, {
    ...options.cancellationDetails,
    reason: "cancellation_requested",
  });
  if (ended.status !== "canceled") return ended;
  if (options.prorate) {
    const of = { before: object, items: itemIds(object), atSec: tx.nowSec };
    await addAllPending(tx, await credits(tx, extra, of));
  }
  if (!options.invoiceNow) return ended;
  const draft = await draftForSubscription(tx, ended, {
    reason: "subscription_update",
    entries: [],
  });
  await bill(tx, draft, { retries: false });
  return { ...ended, latest_invoice: draft.id };
}
