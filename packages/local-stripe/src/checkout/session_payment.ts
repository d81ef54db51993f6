import type { Books } from "../billing/transaction.ts";
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
import type { WireInvoice, WirePaymentIntent } from "../api/api_types.ts";
import { entryOf, type Sold, type Tender } from "./session_subscription.ts";
import { dueTodayMinor, isGuest, type SessionRow } from "./session.ts";

/** Sells what a session of mode payment is for: with an invoice where it asks for one. */
export async function sellTo(
  books: Books,
  row: SessionRow,
  tender: Tender,
): Promise<Sold> {
  if (dueTodayMinor(row) === 0) return {}; // no payment was required
  return row.object.invoice_creation?.enabled
    ? await sellInvoiced(books, row, tender)
    : await sellPlain(books, row, tender);
}

async function sellPlain(
  books: Books,
  row: SessionRow,
  { method, authenticated }: Tender,
): Promise<Sold> {
  const intent = openIntent(books, row);
  if (method === null) throw new TypeError("Cannot sell: there is no card");
  const card = await books.need(PAYMENT_METHOD, method.id);
  const trial = { authenticated };
  const outcome = tryCard(books, { intent, method: card, trial });
  if (outcome.result !== "succeeded") throw paymentProblem(outcome);
  return { payment_intent: intent.id, payment_status: "paid" };
}

/** A payment for a session, that nobody has tried yet. */
export function openIntent(books: Books, row: SessionRow): WirePaymentIntent {
  const { payment } = row.extra;
  const blank = newPaymentIntent({
    amountMinor: dueTodayMinor(row),
    createdSec: books.nowSec,
    currency: row.object.currency ?? "usd",
    customer: isGuest(row) ? null : books.customerId,
    description: payment?.description ?? null,
    metadata: payment?.metadata ?? {},
  });
  const usage = payment?.setupFutureUsage ?? null;
  const intent = { ...blank, setup_future_usage: usage };
  books.insert(PAYMENT_INTENT, intent, null);
  books.tell("payment_intent.created", intent);
  return intent;
}

async function sellInvoiced(
  books: Books,
  row: SessionRow,
  { method, authenticated }: Tender,
): Promise<Sold> {
  const draft = await draftFor(books, row);
  const { attempt } = await bill(books, draft, {
    authenticated,
    retries: false,
    ...(method !== null && { method: method.id }),
  });
  refuseFailed(attempt, "authentication_required");
  const intent = await intentOf(books, draft);
  return {
    invoice: draft.id,
    payment_intent: intent && withTerms(books, row, intent).id,
    payment_status: "paid",
  };
}

/** The invoice of what a session sells. */
export async function draftFor(
  books: Books,
  row: SessionRow,
): Promise<WireInvoice> {
  const data = row.object.invoice_creation?.invoice_data;
  return await draftInvoice(books, {
    reason: "manual",
    currency: row.object.currency ?? "usd",
    entries: await Promise.all(
      row.extra.lines.map((line) => entryOf(books, line)),
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
  books: Books,
  invoice: WireInvoice,
): Promise<WirePaymentIntent | null> {
  const list = ["invoice_payments_by_invoice", invoice.id];
  const [payment] = await books.all(INVOICE_PAYMENT, list);
  const id = payment?.object.payment.payment_intent;
  return id ? (await books.need(PAYMENT_INTENT, id)).object : null;
}

/** The payment with what its session wants it to say. */
export function withTerms(
  books: Books,
  { extra }: SessionRow,
  intent: WirePaymentIntent,
): WirePaymentIntent {
  const { description, metadata = {} } = extra.payment ?? {};
  return books.change(PAYMENT_INTENT, {
    ...intent,
    description: description ?? intent.description,
    metadata: { ...intent.metadata, ...metadata },
  });
}
