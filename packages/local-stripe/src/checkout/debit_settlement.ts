import type { BillingTransaction } from "../billing/transaction.ts";
import { paidInvoice } from "../billing/payment_collection.ts";
import { voidInvoice } from "../billing/invoice_lifecycle.ts";
import { INVOICE, INVOICE_PAYMENT, PAYMENT_INTENT } from "../store/schema.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "./session.ts";

/** The answers that a customer's banks owe, as steps of the customer's scheduler. */
export async function debitSteps(
  transaction: BillingTransaction,
): Promise<
  { atSec: number; run(transaction: BillingTransaction): Promise<void> }[]
> {
  const list = ["checkout_debits", transaction.customerId];
  const waiting = await transaction.all(CHECKOUT_SESSION, list);
  return waiting.flatMap(({ object: { id }, extra: { debit } }) =>
    debit === null || debit.dueSec === null ? [] : [{
      atSec: debit.dueSec,
      run: (transaction) => settleDebit(transaction, id),
    }]
  );
}

async function settleDebit(
  transaction: BillingTransaction,
  id: string,
): Promise<void> {
  const stored = await transaction.need(CHECKOUT_SESSION, id);
  if (stored.extra.debit === null) return;
  await (stored.extra.debit.succeeds ? receive : bounce)(transaction, stored);
}

async function receive(
  transaction: BillingTransaction,
  stored: StoredSession,
): Promise<void> {
  const { invoice, payment_intent: id } = stored.object;
  if (id !== null) {
    const { object: intent } = await transaction.need(PAYMENT_INTENT, id);
    const succeeded = transaction.change(PAYMENT_INTENT, {
      ...intent,
      amount_received: intent.amount,
      status: "succeeded",
    });
    transaction.emit("payment_intent.succeeded", succeeded);
  }
  if (invoice !== null) await payInvoice(transaction, invoice);
  answer(transaction, stored, { succeeds: true });
}

async function payInvoice(
  transaction: BillingTransaction,
  id: string,
): Promise<void> {
  const { object: open } = await transaction.need(INVOICE, id);
  const paid = transaction.change(INVOICE, {
    ...paidInvoice(open, transaction.nowSec),
    attempt_count: open.attempt_count + 1,
  });
  transaction.emit("invoice.paid", paid);
  transaction.emit("invoice.payment_succeeded", paid);
  const list = ["invoice_payments_by_invoice", id];
  for (
    const { object: payment } of await transaction.all(INVOICE_PAYMENT, list)
  ) {
    const joined = transaction.change(INVOICE_PAYMENT, {
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: transaction.nowSec },
    });
    transaction.emit("invoice_payment.paid", joined);
  }
}

async function bounce(
  transaction: BillingTransaction,
  stored: StoredSession,
): Promise<void> {
  const { invoice, payment_intent: id } = stored.object;
  if (id !== null) {
    const { object: intent } = await transaction.need(PAYMENT_INTENT, id);
    const failed = transaction.change(PAYMENT_INTENT, {
      ...intent,
      status: "requires_payment_method",
    });
    transaction.emit("payment_intent.payment_failed", failed);
  }
  if (invoice !== null) {
    await voidInvoice(
      transaction,
      (await transaction.need(INVOICE, invoice)).object,
    );
  }
  answer(transaction, stored, { succeeds: false });
}

function answer(
  transaction: BillingTransaction,
  stored: StoredSession,
  { succeeds }: { succeeds: boolean },
): void {
  const object = {
    ...stored.object,
    payment_status: succeeds ? "paid" as const : "unpaid" as const,
  };
  const extra = { ...stored.extra, debit: null };
  transaction.change(CHECKOUT_SESSION, object, extra);
  const word = succeeds ? "succeeded" : "failed";
  transaction.emit(
    `checkout.session.async_payment_${word}`,
    presentSession(transaction.context, { object, extra }),
  );
}
