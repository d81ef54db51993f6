import type { BillingTransaction } from "../billing/transaction.ts";
import { addPending } from "../billing/invoice_lifecycle.ts";
import { type Entry, productEntry } from "../billing/invoice_lines.ts";
import { DAY_SEC } from "../billing/periods.ts";
import { start } from "../billing/subscription_start.ts";
import { idOf } from "../billing/subscription_objects.ts";
import { PRICE } from "../store/schema.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { dueTodayMinor } from "./session.ts";
import type { Line, StoredSession } from "../store/checkout_session.ts";

/** The members of a session that a purchase sets. */
export type Sold = Partial<
  Pick<
    StoredSession["object"],
    "invoice" | "payment_intent" | "payment_status" | "subscription"
  >
>;

/** The card of a payment. */
export interface PaymentSource {
  method: ApiPaymentMethod | null;
  authenticated: boolean;
}

/** Creates the subscription of a session; one-off lines go onto its first invoice. */
export async function subscribe(
  tx: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const { description, metadata, missingPaymentMethod } =
    stored.extra.subscription ?? {};
  for (const line of stored.extra.lines.filter(({ recurring }) => !recurring)) {
    await addPending(tx, await entryOf(tx, line));
  }
  const trialEndSec = trialEnd(tx, stored);
  const subscription = await start(tx, {
    items: stored.extra.lines.filter(({ recurring }) => recurring).map((
      { price, quantity, metadata },
    ) => ({ price, quantity, metadata })),
    authenticated,
    ...(stored.extra.redemption && { redemption: stored.extra.redemption }),
    automaticTax: stored.object.automatic_tax.enabled,
    session: stored.object.id,
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
  tx: BillingTransaction,
  { extra }: StoredSession,
): number | undefined {
  const { trialEndSec, trialPeriodDays: days } = extra.subscription ?? {};
  if (trialEndSec !== undefined) return trialEndSec;
  return days === undefined ? undefined : tx.nowSec + days * DAY_SEC;
}

/** A line of a session as an invoice entry. */
export async function entryOf(
  tx: BillingTransaction,
  { amountMinor, description, metadata, price: id, quantity }: Line,
): Promise<Entry> {
  const { object: price } = await tx.need(PRICE, id);
  const of = { amountMinor, quantity, atSec: tx.nowSec };
  const entry = await productEntry(tx.context, price, of);
  return { ...entry, description, metadata };
}
