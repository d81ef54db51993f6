import type { BillingTransaction } from "../billing/transaction.ts";
import { paymentProblem } from "../billing/card_charge.ts";
import { intentOf, tryCard } from "../billing/payment_collection.ts";
import { draftInvoice, finalizeInvoice } from "../billing/invoice_lifecycle.ts";
import { addDiscount } from "../billing/discounts.ts";
import { newPaymentIntent } from "../billing/payment_objects.ts";
import { bill } from "../billing/invoice_settlement.ts";
import { refuseFailed } from "../billing/subscription_start.ts";
import { PAYMENT_INTENT, PAYMENT_METHOD } from "../store/schema.ts";
import type { ApiInvoice, ApiPaymentIntent } from "../api/api_types.ts";
import {
  entryOf,
  type PaymentSource,
  type Sold,
} from "./session_subscription.ts";
import { dueTodayMinor, isGuest } from "./session.ts";
import type { StoredSession } from "../store/checkout_session.ts";

/**
 * Pays a session in payment mode by card, with an invoice if `invoice_creation` is enabled.
 *
 * @throws {ApiError} 402 if the card is declined or needs authentication.
 */
export async function sellTo(
  tx: BillingTransaction,
  stored: StoredSession,
  source: PaymentSource,
): Promise<Sold> {
  if (dueTodayMinor(stored) === 0) return {};
  return stored.object.invoice_creation?.enabled
    ? await sellInvoiced(tx, stored, source)
    : await sellPlain(tx, stored, source);
}

async function sellPlain(
  tx: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const intent = openIntent(tx, stored);
  if (method === null) throw new TypeError("Cannot pay: there is no card");
  const card = await tx.need(PAYMENT_METHOD, method.id);
  const options = { authenticated };
  const outcome = tryCard(tx, { intent, method: card, options });
  if (outcome.result !== "succeeded") throw paymentProblem(outcome);
  return { payment_intent: intent.id, payment_status: "paid" };
}

async function sellInvoiced(
  tx: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const draft = await draftFor(tx, stored);
  const { attempt } = await bill(tx, draft, {
    authenticated,
    retries: false,
    ...(method !== null && { method: method.id }),
  });
  refuseFailed(attempt, "authentication_required");
  const intent = await intentOf(tx, draft.id);
  return {
    invoice: draft.id,
    payment_intent: intent && withTerms(tx, stored, intent).id,
    payment_status: "paid",
  };
}

/** Starts a bank debit of a session in payment mode: its payment intent is `processing`. */
export async function payByDebit(
  tx: BillingTransaction,
  stored: StoredSession,
): Promise<Sold> {
  if (dueTodayMinor(stored) === 0) return {};
  if (!stored.object.invoice_creation?.enabled) {
    return { payment_intent: debit(tx, openIntent(tx, stored)) };
  }
  const draft = await draftFor(tx, stored);
  const { id: invoice } = await finalizeInvoice(tx, draft);
  const intent = await intentOf(tx, invoice);
  // The customer's balance may have covered the full amount.
  if (intent === null) return { invoice, payment_status: "paid" };
  return { invoice, payment_intent: debit(tx, withTerms(tx, stored, intent)) };
}

function debit(tx: BillingTransaction, intent: ApiPaymentIntent): string {
  const processing = tx.change(PAYMENT_INTENT, {
    ...intent,
    payment_method_types: ["us_bank_account"],
    status: "processing" as const,
  });
  tx.emit("payment_intent.processing", processing);
  return intent.id;
}

function openIntent(
  tx: BillingTransaction,
  stored: StoredSession,
): ApiPaymentIntent {
  const { payment } = stored.extra;
  const blank = newPaymentIntent({
    amountMinor: dueTodayMinor(stored),
    createdSec: tx.nowSec,
    currency: stored.object.currency ?? "usd",
    customer: isGuest(stored) ? null : tx.customerId,
    description: payment?.description ?? null,
    metadata: payment?.metadata ?? {},
  });
  const usage = payment?.setupFutureUsage ?? null;
  const intent = { ...blank, setup_future_usage: usage };
  tx.insert(PAYMENT_INTENT, intent, null);
  tx.emit("payment_intent.created", intent);
  return intent;
}

async function draftFor(
  tx: BillingTransaction,
  { extra, object }: StoredSession,
): Promise<ApiInvoice> {
  const data = object.invoice_creation?.invoice_data;
  const { redemption } = extra;
  const owner = { checkout_session: object.id };
  return await draftInvoice(tx, {
    automaticTax: object.automatic_tax.enabled,
    discounts: redemption ? [await addDiscount(tx, redemption, owner)] : [],
    reason: "manual",
    currency: object.currency ?? "usd",
    entries: await Promise.all(extra.lines.map((line) => entryOf(tx, line))),
    takesPending: false,
    advances: false,
    fields: {
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      metadata: data?.metadata ?? {},
    },
  });
}

/** Applies `payment_intent_data` to the payment intent of an invoice. */
function withTerms(
  tx: BillingTransaction,
  { extra }: StoredSession,
  intent: ApiPaymentIntent,
): ApiPaymentIntent {
  const { description, metadata = {} } = extra.payment ?? {};
  return tx.change(PAYMENT_INTENT, {
    ...intent,
    description: description ?? intent.description,
    metadata: { ...intent.metadata, ...metadata },
  });
}
