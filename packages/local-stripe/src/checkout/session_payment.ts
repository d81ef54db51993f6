import type { BillingTransaction } from "../billing/transaction.ts";
import { paymentProblem } from "../billing/card_charge.ts";
import { tryCard } from "../billing/payment_collection.ts";
import { draftInvoice } from "../billing/invoice_lifecycle.ts";
import { newPaymentIntent } from "../billing/payment_objects.ts";
import { bill } from "../billing/invoice_settlement.ts";
import { refuseFailed } from "../billing/subscription_start.ts";
import {
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
} from "../store/schema.ts";
import type { ApiInvoice, ApiPaymentIntent } from "../api/api_types.ts";
import {
  entryOf,
  type PaymentSource,
  type Sold,
} from "./session_subscription.ts";
import { dueTodayMinor, isGuest, type StoredSession } from "./session.ts";

/** Sells what a session of mode payment is for: with an invoice where it asks for one. */
export async function sellTo(
  transaction: BillingTransaction,
  stored: StoredSession,
  source: PaymentSource,
): Promise<Sold> {
  if (dueTodayMinor(stored) === 0) return {}; // no payment was required
  return stored.object.invoice_creation?.enabled
    ? await sellInvoiced(transaction, stored, source)
    : await sellPlain(transaction, stored, source);
}

async function sellPlain(
  transaction: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const intent = openIntent(transaction, stored);
  if (method === null) throw new TypeError("Cannot sell: there is no card");
  const card = await transaction.need(PAYMENT_METHOD, method.id);
  const trial = { authenticated };
  const outcome = tryCard(transaction, { intent, method: card, trial });
  if (outcome.result !== "succeeded") throw paymentProblem(outcome);
  return { payment_intent: intent.id, payment_status: "paid" };
}

/** A payment for a session, that nobody has tried yet. */
export function openIntent(
  transaction: BillingTransaction,
  stored: StoredSession,
): ApiPaymentIntent {
  const { payment } = stored.extra;
  const blank = newPaymentIntent({
    amountMinor: dueTodayMinor(stored),
    createdSec: transaction.nowSec,
    currency: stored.object.currency ?? "usd",
    customer: isGuest(stored) ? null : transaction.customerId,
    description: payment?.description ?? null,
    metadata: payment?.metadata ?? {},
  });
  const usage = payment?.setupFutureUsage ?? null;
  const intent = { ...blank, setup_future_usage: usage };
  transaction.insert(PAYMENT_INTENT, intent, null);
  transaction.emit("payment_intent.created", intent);
  return intent;
}

async function sellInvoiced(
  transaction: BillingTransaction,
  stored: StoredSession,
  { method, authenticated }: PaymentSource,
): Promise<Sold> {
  const draft = await draftFor(transaction, stored);
  const { attempt } = await bill(transaction, draft, {
    authenticated,
    retries: false,
    ...(method !== null && { method: method.id }),
  });
  refuseFailed(attempt, "authentication_required");
  const intent = await intentOf(transaction, draft);
  return {
    invoice: draft.id,
    payment_intent: intent && withTerms(transaction, stored, intent).id,
    payment_status: "paid",
  };
}

/** The invoice of what a session sells. */
export async function draftFor(
  transaction: BillingTransaction,
  stored: StoredSession,
): Promise<ApiInvoice> {
  const data = stored.object.invoice_creation?.invoice_data;
  return await draftInvoice(transaction, {
    reason: "manual",
    currency: stored.object.currency ?? "usd",
    entries: await Promise.all(
      stored.extra.lines.map((line) => entryOf(transaction, line)),
    ),
    takesPending: false,
    advances: false,
    fields: {
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      metadata: data?.metadata ?? {},
    },
  });
}

/** The payment that was opened for an invoice; of nothing there is none. */
export async function intentOf(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): Promise<ApiPaymentIntent | null> {
  const list = ["invoice_payments_by_invoice", invoice.id];
  const [payment] = await transaction.all(INVOICE_PAYMENT, list);
  const id = payment?.object.payment.payment_intent;
  return id ? (await transaction.need(PAYMENT_INTENT, id)).object : null;
}

/** The payment with what its session wants it to say. */
export function withTerms(
  transaction: BillingTransaction,
  { extra }: StoredSession,
  intent: ApiPaymentIntent,
): ApiPaymentIntent {
  const { description, metadata = {} } = extra.payment ?? {};
  return transaction.change(PAYMENT_INTENT, {
    ...intent,
    description: description ?? intent.description,
    metadata: { ...intent.metadata, ...metadata },
  });
}
