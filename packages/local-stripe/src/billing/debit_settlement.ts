import type { BillingTransaction, Step } from "./transaction.ts";
import { settlePayments } from "./payment_collection.ts";
import { voidInvoice } from "./invoice_lifecycle.ts";
import { INVOICE, PAYMENT_INTENT } from "../store/schema.ts";
import { CHECKOUT_SESSION, presentSession } from "../store/checkout_session.ts";

/** The pending bank debits of a customer's sessions, as steps of the scheduler. */
export async function debitSteps(tx: BillingTransaction): Promise<Step[]> {
  const list = ["checkout_debits", tx.customerId];
  const pending = await tx.all(CHECKOUT_SESSION, list);
  return pending.flatMap(({ object: { id }, extra: { debit } }) => {
    if (debit === null || debit.dueSec === null) return [];
    return [{ atSec: debit.dueSec, run: (tx) => settleDebit(tx, id) }];
  });
}

async function settleDebit(tx: BillingTransaction, id: string) {
  const stored = await tx.need(CHECKOUT_SESSION, id);
  if (stored.extra.debit === null) return;
  const { succeeds } = stored.extra.debit;
  const { invoice, payment_intent: intent } = stored.object;
  if (intent !== null) await settleIntent(tx, intent, succeeds);
  if (invoice !== null) {
    const { object } = await tx.need(INVOICE, invoice);
    // The customer may have paid it with a card in the meantime.
    const isOpen = object.status === "open";
    if (isOpen) await (succeeds ? settlePayments : voidInvoice)(tx, object);
  }
  const payment_status = succeeds ? "paid" as const : "unpaid" as const;
  const object = { ...stored.object, payment_status };
  const extra = { ...stored.extra, debit: null };
  tx.change(CHECKOUT_SESSION, object, extra);
  tx.emit(
    `checkout.session.async_payment_${succeeds ? "succeeded" : "failed"}`,
    presentSession(tx.context, { object, extra }),
  );
}

async function settleIntent(
  tx: BillingTransaction,
  id: string,
  succeeds: boolean,
) {
  const { object: intent } = await tx.need(PAYMENT_INTENT, id);
  const settled = tx.change(PAYMENT_INTENT, {
    ...intent,
    amount_received: succeeds ? intent.amount : intent.amount_received,
    status: succeeds ? "succeeded" : "requires_payment_method",
  });
  const event = succeeds ? "succeeded" : "payment_failed";
  tx.emit(`payment_intent.${event}`, settled);
}
