import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { Books } from "./transaction.ts";
import { credits } from "./item_updates.ts";
import { endSubscription } from "./subscription_end.ts";
import { addPending, draftInvoice } from "./invoice_lifecycle.ts";
import { lastPeriodEnd, type SubscriptionRow } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import type { WireSubscription } from "../api/api_types.ts";
import { SUBSCRIPTION } from "../store/schema.ts";

/** Why somebody leaves, as far as they say. */
export interface Leaving {
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
 * @throws {StripeProblem} 400 when a schedule manages it, or for a date that has passed; 501 for a
 * date that would have to be prorated.
 */
export function planEnd(
  books: Books,
  subscription: WireSubscription,
  wish: { at: CancelAt; prorates?: boolean; leaving?: Leaving },
): WireSubscription {
  const { schedule } = subscription;
  if (schedule !== null) {
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${schedule}\`: its cancelation has to be changed there.`,
    );
  }
  const at = endSec(books, subscription, wish);
  const kept = at === null ? null : subscription.cancellation_details;
  return {
    ...subscription,
    cancel_at: at,
    cancel_at_period_end: wish.at === "period_end",
    canceled_at: at === null ? null : books.nowSec,
    cancellation_details: {
      comment: wish.leaving?.comment ?? kept?.comment ?? null,
      feedback: wish.leaving?.feedback ?? kept?.feedback ?? null,
      feedback_option: null,
      reason: at === null ? null : "cancellation_requested",
    },
  };
}

function endSec(
  books: Books,
  subscription: WireSubscription,
  { at, prorates = true }: { at: CancelAt; prorates?: boolean },
): number | null {
  const last = lastPeriodEnd(subscription);
  if (at === null) return null;
  if (at === "min_period_end") {
    const { data } = subscription.items;
    return Math.min(...data.map((item) => item.current_period_end));
  }
  if (typeof at === "string") return last;
  if (at <= books.nowSec) {
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
  books: Books,
  { object, extra }: SubscriptionRow,
  wish: { prorate?: boolean; invoiceNow?: boolean; leaving?: Leaving },
): Promise<WireSubscription> {
  const ended = await endSubscription(books, object, {
    ...wish.leaving,
    reason: "cancellation_requested",
  });
  if (ended.status !== "canceled") return ended;
  if (wish.prorate) {
    const items = new Set(object.items.data.map(({ id }) => id));
    const of = { before: object, items, atSec: books.nowSec };
    for (const entry of await credits(books, extra, of)) {
      await addPending(books, entry);
    }
  }
  return wish.invoiceNow ? await billRest(books, ended) : ended;
}

async function billRest(
  books: Books,
  ended: WireSubscription,
): Promise<WireSubscription> {
  const draft = await draftInvoice(books, {
    reason: "subscription_update",
    currency: ended.currency,
    entries: [],
    subscription: ended,
    takesPending: true,
    advances: false,
  });
  await bill(books, draft, { retries: false });
  return books.change(SUBSCRIPTION, { ...ended, latest_invoice: draft.id });
}
