import type { Books } from "../billing/transaction.ts";
import { settled } from "../billing/payment_collection.ts";
import { atDesk } from "../billing/subscription_actions.ts";
import { finalizeInvoice, voidInvoice } from "../billing/invoice_lifecycle.ts";
import type { Context } from "../context.ts";
import { shortId } from "../store/ids.ts";
import { INVOICE, INVOICE_PAYMENT, PAYMENT_INTENT } from "../store/schema.ts";
import { redeemCoupon } from "./discounts.ts";
import { readSession } from "./session_expiry.ts";
import { complete, type Paid, settleCustomer } from "./card_payment.ts";
import {
  draftFor,
  intentOf,
  openIntent,
  withTerms,
} from "./session_payment.ts";
import {
  CHECKOUT_SESSION,
  type Debit,
  dueTodayMinor,
  type Payer,
  presentSession,
  type SessionRow,
} from "./session.ts";
import type { Sold } from "./session_subscription.ts";
import type { WirePaymentIntent } from "../api/api_types.ts";

/** How long a bank takes over a debit. */
export const DEBIT_SEC = 4 * 86_400;

/**
 * Completes an open session with a bank debit: unpaid, until the bank has answered some days later.
 *
 * @param of `answer`: what the bank will say.
 */
export async function payWithDebit(
  context: Context,
  id: string,
  of: { payer: Payer; answer: "succeeds" | "fails" | "never" },
): Promise<Paid> {
  const found = await readSession(context, id);
  if (found === null || found.object.status !== "open") return "closed";
  const customer = found.object.customer ?? shortId("cus");
  return await atDesk(context, customer, async (books) => {
    const row = await books.find(CHECKOUT_SESSION, id);
    if (row === null || row.object.status !== "open") return "closed";
    await settleCustomer(books, row, of.payer);
    const sold = await askBank(books, row);
    const debit: Debit = {
      dueSec: of.answer === "never" ? null : books.nowSec + DEBIT_SEC,
      succeeds: of.answer === "succeeds",
    };
    await redeemCoupon(books, row);
    complete(books, row, { payer: of.payer, sold, debit });
    return "complete";
  });
}

async function askBank(books: Books, row: SessionRow): Promise<Sold> {
  if (dueTodayMinor(row) === 0) return {}; // no payment was required
  if (!row.object.invoice_creation?.enabled) {
    const intent = processing(books, openIntent(books, row));
    return { payment_intent: intent.id };
  }
  const invoice = await finalizeInvoice(books, await draftFor(books, row));
  const opened = await intentOf(books, invoice);
  // A customer's credit may have paid all of it.
  if (opened === null) return { invoice: invoice.id, payment_status: "paid" };
  const intent = processing(books, withTerms(books, row, opened));
  return { invoice: invoice.id, payment_intent: intent.id };
}

function processing(
  books: Books,
  intent: WirePaymentIntent,
): WirePaymentIntent {
  const asked = books.change(PAYMENT_INTENT, {
    ...intent,
    payment_method_types: ["us_bank_account"],
    status: "processing" as const,
  });
  books.tell("payment_intent.processing", asked);
  return asked;
}

/** The answers that a customer's banks owe, as steps of the customer's clockwork. */
export async function debitSteps(
  books: Books,
): Promise<{ atSec: number; run(books: Books): Promise<void> }[]> {
  const list = ["checkout_debits", books.customerId];
  const waiting = await books.all(CHECKOUT_SESSION, list);
  return waiting.flatMap(({ object: { id }, extra: { debit } }) =>
    debit === null || debit.dueSec === null
      ? []
      : [{ atSec: debit.dueSec, run: (books) => settleDebit(books, id) }]
  );
}

async function settleDebit(books: Books, id: string): Promise<void> {
  const row = await books.need(CHECKOUT_SESSION, id);
  if (row.extra.debit === null) return;
  await (row.extra.debit.succeeds ? receive : bounce)(books, row);
}

async function receive(books: Books, row: SessionRow): Promise<void> {
  const { invoice, payment_intent: id } = row.object;
  if (id !== null) {
    const { object: intent } = await books.need(PAYMENT_INTENT, id);
    const succeeded = books.change(PAYMENT_INTENT, {
      ...intent,
      amount_received: intent.amount,
      status: "succeeded",
    });
    books.tell("payment_intent.succeeded", succeeded);
  }
  if (invoice !== null) await payInvoice(books, invoice);
  answer(books, row, { succeeds: true });
}

async function payInvoice(books: Books, id: string): Promise<void> {
  const { object: open } = await books.need(INVOICE, id);
  const paid = books.change(INVOICE, {
    ...settled(open, books.nowSec),
    attempt_count: open.attempt_count + 1,
  });
  books.tell("invoice.paid", paid);
  books.tell("invoice.payment_succeeded", paid);
  const list = ["invoice_payments_by_invoice", id];
  for (const { object: payment } of await books.all(INVOICE_PAYMENT, list)) {
    const joined = books.change(INVOICE_PAYMENT, {
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: books.nowSec },
    });
    books.tell("invoice_payment.paid", joined);
  }
}

async function bounce(books: Books, row: SessionRow): Promise<void> {
  const { invoice, payment_intent: id } = row.object;
  if (id !== null) {
    const { object: intent } = await books.need(PAYMENT_INTENT, id);
    const failed = books.change(PAYMENT_INTENT, {
      ...intent,
      status: "requires_payment_method",
    });
    books.tell("payment_intent.payment_failed", failed);
  }
  if (invoice !== null) {
    await voidInvoice(books, (await books.need(INVOICE, invoice)).object);
  }
  answer(books, row, { succeeds: false });
}

function answer(
  books: Books,
  row: SessionRow,
  { succeeds }: { succeeds: boolean },
): void {
  const object = {
    ...row.object,
    payment_status: succeeds ? "paid" as const : "unpaid" as const,
  };
  const extra = { ...row.extra, debit: null };
  books.change(CHECKOUT_SESSION, object, extra);
  const word = succeeds ? "succeeded" : "failed";
  books.tell(
    `checkout.session.async_payment_${word}`,
    presentSession(books.context, { object, extra }),
  );
}
