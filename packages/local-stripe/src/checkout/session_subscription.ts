import type { BillingTransaction } from "../billing/transaction.ts";
import { addPending } from "../billing/invoice_lifecycle.ts";
import { start } from "../billing/subscription_start.ts";
import { idOf } from "../billing/subscription_objects.ts";
import { PRICE } from "../store/schema.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { dueTodayMinor, type Line, type StoredSession } from "./session.ts";

const DAY_SEC = 86_400;

/** What a session led to. */
export type Sold = Partial<
  Pick<
    StoredSession["object"],
    "invoice" | "payment_intent" | "payment_status" | "subscription"
  >
>;

/** What it is paid with. */
export interface PaymentSource {
  method: ApiPaymentMethod | null;
  authenticated: boolean;
}

/** Begins the subscription that a session sells; what is bought once goes onto its first invoice. */
export async function subscribe(
  transaction: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const { description, metadata, missingPaymentMethod } =
    stored.extra.subscription ?? {};
  for (const line of stored.extra.lines.filter(({ recurring }) => !recurring)) {
    await addPending(transaction, await entryOf(transaction, line));
  }
  const trialEndSec = trialEnd(transaction, stored);
  const subscription = await start(transaction, {
    items: stored.extra.lines.filter(({ recurring }) => recurring)
      .map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
    authenticated,
    paymentBehavior: "error_if_incomplete",
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(method !== null && { defaultPaymentMethod: method.id }),
    ...(missingPaymentMethod !== undefined && { missingPaymentMethod }),
    ...(trialEndSec !== undefined && { trialEndSec }),
  });
  return {
    invoice: idOf(subscription.latest_invoice),
    payment_status: dueTodayMinor(stored) > 0 ? "paid" : "no_payment_required",
    subscription: subscription.id,
  };
}

function trialEnd(
  transaction: BillingTransaction,
  { extra }: StoredSession,
): number | undefined {
  const { trialEndSec, trialPeriodDays: days } = extra.subscription ?? {};
  if (trialEndSec !== undefined) return trialEndSec;
  return days === undefined ? undefined : transaction.nowSec + days * DAY_SEC;
}

/** A line as something to be billed. */
export async function entryOf(transaction: BillingTransaction, line: Line) {
  const { object: price } = await transaction.need(PRICE, line.price);
  return {
    amountMinor: line.amountMinor,
    currency: line.currency,
    description: line.description,
    startSec: transaction.nowSec,
    endSec: transaction.nowSec,
    quantity: line.quantity,
    unitDecimal: price.unit_amount_decimal,
    price: { id: price.id, product: price.product },
    metadata: line.metadata,
    subscription: null,
    item: null,
    proration: false,
  };
}
