import type Stripe from "stripe";
import type { Context } from "../context.ts";
import { PRICE } from "../store/schema.ts";
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
  const amountMinor = trial && line.recurring ? 0 : line.amountMinor;
  const { discountMinor = 0 } = line;
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

/** The amount due today. During a trial, recurring lines cost nothing. */
export function dueTodayMinor({ extra }: Pick<StoredSession, "extra">): number {
  const trial = hasTrial(extra.subscription);
  return extra.lines.filter(({ recurring }) => !(trial && recurring)).reduce(
    (sum, line) => sum + line.amountMinor,
    0,
  ) - discountMinor({ extra });
}

/** The discount on all lines. */
export function discountMinor({ extra }: Pick<StoredSession, "extra">): number {
  return extra.lines.reduce((sum, line) => sum + (line.discountMinor ?? 0), 0);
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
