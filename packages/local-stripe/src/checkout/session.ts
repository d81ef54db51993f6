import type Stripe from "stripe";
import type { Context } from "../context.ts";
import { discountAmounts } from "../billing/discounts.ts";
import { PRICE, type Redemption } from "../store/schema.ts";
import type { ListOf } from "../api/pagination.ts";
import type { ApiPrice } from "../api/api_types.ts";
import type {
  Line,
  StoredSession,
  SubscriptionTerms,
} from "../store/checkout_session.ts";

/** A line item of a session; its price is read when the line is shown. */
type ApiLineItem = Omit<Stripe.LineItem, "price"> & { price: ApiPrice | null };

/** The line items as the API shows them. */
export async function lineItemsOf(
  context: Context,
  stored: StoredSession,
): Promise<ListOf<ApiLineItem>> {
  const trial = hasTrial(stored.extra.subscription);
  const data = await Promise.all(
    stored.extra.lines.map((line) => lineItemOf(context, line, trial)),
  );
  return {
    object: "list",
    data,
    has_more: false,
    url: `/v1/checkout/sessions/${stored.object.id}/line_items`,
  };
}

async function lineItemOf(
  { store }: Context,
  line: Line,
  trial: boolean,
): Promise<ApiLineItem> {
  const amountMinor = todayMinor(line, trial);
  const { discountMinor } = line;
  return {
    id: line.id,
    object: "item",
    adjustable_quantity: null,
    amount_discount: discountMinor,
    amount_subtotal: amountMinor,
    amount_tax: 0,
    amount_total: amountMinor - discountMinor,
    currency: line.currency,
    description: line.description,
    metadata: line.metadata,
    price: (await store.get(PRICE, line.price))?.object ?? null,
    quantity: line.quantity,
  };
}

/** The amount due today. */
export function dueTodayMinor({ extra }: Pick<StoredSession, "extra">): number {
  return subtotalMinor({ extra }) - discountMinor({ extra });
}

/** The amount due today, before the discount. */
export function subtotalMinor({ extra }: Pick<StoredSession, "extra">): number {
  const trial = hasTrial(extra.subscription);
  return extra.lines.reduce((sum, line) => sum + todayMinor(line, trial), 0);
}

/** The discount on all lines. */
export function discountMinor({ extra }: Pick<StoredSession, "extra">): number {
  return extra.lines.reduce((sum, line) => sum + line.discountMinor, 0);
}

// During a trial, recurring lines cost nothing.
function todayMinor({ amountMinor, recurring }: Line, trial: boolean): number {
  return trial && recurring ? 0 : amountMinor;
}

/** A session with another coupon or none, and the totals after it. */
export function withRedemption(
  { extra, object }: Pick<StoredSession, "object" | "extra">,
  redemption: Redemption | null,
): Pick<StoredSession, "object" | "extra"> {
  const trial = hasTrial(extra.subscription);
  const amounts = extra.lines.map((line) => todayMinor(line, trial));
  const shares = redemption && discountAmounts(redemption.coupon, amounts);
  const lines = extra.lines.map((line, place) => ({
    ...line,
    discountMinor: shares?.[place] ?? 0,
  }));
  const next = { ...extra, lines, redemption };
  const total = dueTodayMinor({ extra: next });
  return {
    extra: next,
    object: {
      ...object,
      amount_subtotal: subtotalMinor({ extra: next }),
      amount_total: total,
      discounts: redemption === null ? [] : [{
        coupon: redemption.promotionCode ? null : redemption.coupon.id,
        promotion_code: redemption.promotionCode,
      }],
      payment_status: total === 0 ? "no_payment_required" : "unpaid",
      total_details: {
        amount_discount: discountMinor({ extra: next }),
        amount_shipping: 0,
        amount_tax: 0,
      },
    },
  };
}

/** Whether the subscription begins with a trial. */
export function hasTrial(terms: SubscriptionTerms | null): boolean {
  return terms !== null &&
    (terms.trialEndSec !== undefined || terms.trialPeriodDays !== undefined);
}

/** Whether the page collects a payment method. */
export function asksForMethod(stored: Pick<StoredSession, "object" | "extra">) {
  return stored.object.payment_method_collection !== "if_required" ||
    dueTodayMinor(stored) > 0;
}

/** Whether the payer stays a guest: a paid one-off purchase that saves nothing has no customer. */
export function isGuest(
  { object, extra }: Pick<StoredSession, "object" | "extra">,
) {
  return dueTodayMinor({ extra }) > 0 && object.mode === "payment" &&
    object.customer === null &&
    object.customer_creation !== "always" &&
    !object.invoice_creation?.enabled && !extra.payment?.setupFutureUsage;
}
