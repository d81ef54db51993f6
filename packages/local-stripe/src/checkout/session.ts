import type Stripe from "stripe";
import type { Context } from "../context.ts";
import { discountAmounts } from "../billing/discounts.ts";
import { taxOn } from "../billing/taxes.ts";
import { PRICE } from "../store/schema.ts";
import type { ListOf } from "../api/pagination.ts";
import type { ApiPrice } from "../api/api_types.ts";
import type {
  ApiCheckoutSession,
  CheckoutExtra,
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
    amount_tax: line.taxMinor,
    amount_total: amountMinor - discountMinor + addedTax(line),
    currency: line.currency,
    description: line.description,
    metadata: line.metadata,
    price: (await store.get(PRICE, line.price))?.object ?? null,
    quantity: line.quantity,
  };
}

/** The amount due today. */
export function dueTodayMinor({ extra }: Pick<StoredSession, "extra">): number {
  return subtotalMinor({ extra }) - discountMinor({ extra }) +
    extra.lines.reduce((sum, line) => sum + addedTax(line), 0);
}

function addedTax({ inclusive, taxMinor }: Line): number {
  return inclusive ? 0 : taxMinor;
}

/** The tax on all lines, added or included. */
export function taxMinor({ extra }: Pick<StoredSession, "extra">): number {
  return extra.lines.reduce((sum, line) => sum + line.taxMinor, 0);
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

type Pricing = Pick<CheckoutExtra, "redemption" | "taxation">;

/** A session with another coupon or tax, and the totals after them. */
export function priced(
  { extra, object }: Pick<StoredSession, "object" | "extra">,
  change: Partial<Pricing>,
): Pick<StoredSession, "object" | "extra"> {
  const { redemption, taxation } = { ...extra, ...change };
  const trial = hasTrial(extra.subscription);
  const amounts = extra.lines.map((line) => todayMinor(line, trial));
  const shares = redemption && discountAmounts(redemption.coupon, amounts);
  const lines = extra.lines.map((line, place) => {
    const discountMinor = shares?.[place] ?? 0;
    const amountMinor = (amounts[place] ?? 0) - discountMinor;
    const { inclusive } = line;
    const taxMinor = taxation ? taxOn(taxation, { amountMinor, inclusive }) : 0;
    return { ...line, discountMinor, taxMinor };
  });
  const next = { ...extra, lines, redemption, taxation };
  return { extra: next, object: { ...object, ...totalsOf(object, next) } };
}

function totalsOf(
  { automatic_tax: automaticTax }: ApiCheckoutSession,
  extra: CheckoutExtra,
): Partial<ApiCheckoutSession> {
  const { redemption, taxation } = extra;
  const total = dueTodayMinor({ extra });
  return {
    amount_subtotal: subtotalMinor({ extra }),
    amount_total: total,
    automatic_tax: automaticTax.enabled
      ? {
        ...automaticTax,
        status: taxation ? "complete" : "requires_location_inputs",
      }
      : automaticTax,
    discounts: redemption === null ? [] : [{
      coupon: redemption.promotionCode ? null : redemption.coupon.id,
      promotion_code: redemption.promotionCode,
    }],
    payment_status: total === 0 ? "no_payment_required" : "unpaid",
    total_details: {
      amount_discount: discountMinor({ extra }),
      amount_shipping: 0,
      amount_tax: taxMinor({ extra }),
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
