import type { ApiCharge, ApiPaymentIntent } from "../api/api_types.ts";
import { depositCharge } from "./balance_transactions.ts";
import type { BillingTransaction, Step } from "./transaction.ts";
import { settlePayments } from "./payment_collection.ts";
import { voidInvoice } from "./invoice_lifecycle.ts";
import { newDebitCharge } from "./payment_objects.ts";
import { CHARGE, INVOICE, PAYMENT_INTENT } from "../store/schema.ts";
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
  if (intent !== null && !await settleIntent(tx, intent, succeeds)) {
    tx.change(CHECKOUT_SESSION, stored.object, {
      ...stored.extra,
      debit: null,
    });
    return;
  }
  if (invoice !== null) {
    const { object } = await tx.need(INVOICE, invoice);
    // It may have been paid otherwise or voided in the meantime.
    if (object.status === "open") {
      await (succeeds ? settlePayments : voidInvoice)(tx, object);
    }
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

/** @returns False if the payment was canceled, as with a void invoice. */
async function settleIntent(
  tx: BillingTransaction,
  id: string,
  succeeds: boolean,
): Promise<boolean> {
  const { object: intent } = await tx.need(PAYMENT_INTENT, id);
  if (intent.status === "canceled") return false;
  if (intent.status !== "processing") return true;
  const charge = succeeds ? chargeDebit(tx, intent) : null;
  if (charge !== null) tx.emit("charge.succeeded", charge);
  const settled = tx.change(PAYMENT_INTENT, {
    ...intent,
    ...(charge !== null && { latest_charge: charge.id }),
    amount_received: succeeds ? intent.amount : intent.amount_received,
    status: succeeds ? "succeeded" : "requires_payment_method",
  });
  const event = succeeds ? "succeeded" : "payment_failed";
  tx.emit(`payment_intent.${event}`, settled);
  return true;
}

function chargeDebit(
  tx: BillingTransaction,
  intent: ApiPaymentIntent,
): ApiCharge {
  const blank = newDebitCharge(intent);
  const balance_transaction = depositCharge(tx, blank);
  return tx.insert(CHARGE, { ...blank, balance_transaction }, null);
}
