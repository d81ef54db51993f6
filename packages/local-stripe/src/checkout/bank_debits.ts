import type { BillingTransaction } from "../billing/transaction.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { finalizeInvoice } from "../billing/invoice_lifecycle.ts";
import type { Context } from "../context.ts";
import { shortId } from "../store/ids.ts";
import { PAYMENT_INTENT } from "../store/schema.ts";
import { redeemCoupon } from "./discounts.ts";
import { readSession } from "./session_expiry.ts";
import { complete, type Paid, upsertCustomer } from "./card_payment.ts";
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
  type StoredSession,
} from "./session.ts";
import type { Sold } from "./session_subscription.ts";
import type { ApiPaymentIntent } from "../api/api_types.ts";

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
  return await withCustomer(context, customer, async (transaction) => {
    const stored = await transaction.find(CHECKOUT_SESSION, id);
    if (stored === null || stored.object.status !== "open") return "closed";
    await upsertCustomer(transaction, stored, of.payer);
    const sold = await askBank(transaction, stored);
    const debit: Debit = {
      dueSec: of.answer === "never" ? null : transaction.nowSec + DEBIT_SEC,
      succeeds: of.answer === "succeeds",
    };
    await redeemCoupon(transaction, stored);
    complete(transaction, stored, { payer: of.payer, sold, debit });
    return "complete";
  });
}

async function askBank(
  transaction: BillingTransaction,
  stored: StoredSession,
): Promise<Sold> {
  if (dueTodayMinor(stored) === 0) return {}; // no payment was required
  if (!stored.object.invoice_creation?.enabled) {
    const intent = processing(transaction, openIntent(transaction, stored));
    return { payment_intent: intent.id };
  }
  const invoice = await finalizeInvoice(
    transaction,
    await draftFor(transaction, stored),
  );
  const opened = await intentOf(transaction, invoice);
  // A customer's credit may have paid all of it.
  if (opened === null) return { invoice: invoice.id, payment_status: "paid" };
  const intent = processing(
    transaction,
    withTerms(transaction, stored, opened),
  );
  return { invoice: invoice.id, payment_intent: intent.id };
}

function processing(
  transaction: BillingTransaction,
  intent: ApiPaymentIntent,
): ApiPaymentIntent {
  const asked = transaction.change(PAYMENT_INTENT, {
    ...intent,
    payment_method_types: ["us_bank_account"],
    status: "processing" as const,
  });
  transaction.emit("payment_intent.processing", asked);
  return asked;
}
