import type { ApiInvoice, ApiPaymentMethod } from "../../api/api_types.ts";
import { charge } from "../../billing/invoice_settlement.ts";
import {
  type Attempt,
  chooseMethod,
  intentOf,
} from "../../billing/payment_collection.ts";
import { withCustomer } from "../../billing/subscription_actions.ts";
import { idOf } from "../../billing/subscription_objects.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import { BillingTransaction } from "../../billing/transaction.ts";
import type { Context } from "../../context.ts";
import { attached } from "../../store/objects.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  type StoredPaymentMethod,
} from "../../store/schema.ts";
import { type ActionResult, resultOfAttempt } from "../action_result.ts";
import type { NewMethod } from "../card_entry.ts";

/** Whether a bank debit of the invoice is still processing. */
export async function isProcessing(
  context: Context,
  { customer, id, status }: ApiInvoice,
): Promise<boolean> {
  if (status !== "open") return false;
  const tx = await BillingTransaction.open(context, customer);
  return (await intentOf(tx, id))?.status === "processing";
}

/** The saved card to which the invoice would be charged; `null` without one. */
export async function findSavedCard(
  context: Context,
  invoice: ApiInvoice,
): Promise<ApiPaymentMethod | null> {
  const tx = await BillingTransaction.open(context, invoice.customer);
  return (await chooseMethod(tx, invoice))?.object ?? null;
}

/** The card that awaits authentication by its bank; `null` without one. */
export async function findPendingCard(
  context: Context,
  invoice: ApiInvoice,
): Promise<ApiPaymentMethod | null> {
  const tx = await BillingTransaction.open(context, invoice.customer);
  return (await pendingCard(tx, invoice))?.object ?? null;
}

/** Charges an open invoice to the saved card. */
export function payWithSavedCard(
  context: Context,
  invoice: ApiInvoice,
): Promise<ActionResult> {
  return payIfOpen(
    context,
    invoice,
    async (tx, open) => (await charge(tx, open, { retries: false })).attempt,
  );
}

/**
 * Charges an open invoice to a new card, and attaches the card to the customer if that succeeds.
 *
 * @throws {ApiError} 402 for a card that always declines; nothing is stored then.
 */
export async function payWithNewCard(
  context: Context,
  invoice: ApiInvoice,
  card: NewMethod,
): Promise<ActionResult> {
  const decline = declineOf(findTestCard(card.extra.number));
  if (decline !== null) throw decline;
  return await payIfOpen(context, invoice, async (tx, open) => {
    tx.insert(PAYMENT_METHOD, card.object, card.extra);
    return await chargeNewCard(tx, open, { card, authenticated: false });
  });
}

/** Charges an open invoice to the pending card after its bank has authenticated the cardholder. */
export function payAuthenticated(
  context: Context,
  invoice: ApiInvoice,
): Promise<ActionResult> {
  return payIfOpen(context, invoice, async (tx, open) => {
    const card = await pendingCard(tx, open);
    if (card === null) return null;
    if (card.object.customer === null) {
      return await chargeNewCard(tx, open, { card, authenticated: true });
    }
    const method = card.object.id;
    const options = { authenticated: true, method, retries: false };
    return (await charge(tx, open, options)).attempt;
  });
}

/** Checks the status in the transaction that pays, so that a double submit charges once. */
async function payIfOpen(
  context: Context,
  { customer, id }: ApiInvoice,
  work: (tx: BillingTransaction, open: ApiInvoice) => Promise<Attempt | null>,
): Promise<ActionResult> {
  const attempt = await withCustomer(context, customer, async (tx) => {
    const { object } = await tx.need(INVOICE, id);
    return object.status === "open" ? await work(tx, object) : null;
  });
  return attempt === null
    ? { is: "done", notice: "closed" }
    : resultOfAttempt(attempt);
}

async function pendingCard(
  tx: BillingTransaction,
  { id }: ApiInvoice,
): Promise<StoredPaymentMethod | null> {
  const list = ["invoice_payments_by_invoice", id];
  const payments = await tx.all(INVOICE_PAYMENT, list);
  const open = payments.find(({ object }) => object.status === "open");
  if (open === undefined) return null;
  const { payment_intent: payment } = open.object.payment;
  const { object: intent } = await tx.need(PAYMENT_INTENT, payment);
  const method = idOf(intent.payment_method);
  if (intent.status !== "requires_action" || method === null) return null;
  const card = await tx.find(PAYMENT_METHOD, method);
  return card === null || card.extra.spent ? null : card;
}

/** Attaches the card for the charge, and detaches it again unless the charge succeeds. */
async function chargeNewCard(
  tx: BillingTransaction,
  open: ApiInvoice,
  { authenticated, card: { object, extra } }: {
    card: Pick<StoredPaymentMethod, "object" | "extra">;
    authenticated: boolean;
  },
): Promise<Attempt> {
  const owned = tx.change(
    PAYMENT_METHOD,
    attached(object, tx.customerId),
    { ...extra, confirmed: authenticated },
  );
  const options = { authenticated, method: object.id, retries: false };
  const { attempt } = await charge(tx, open, options);
  if (attempt.result === "succeeded") await keepCard(tx, owned);
  else {
    const spent = attempt.result === "declined";
    tx.change(PAYMENT_METHOD, object, { ...extra, spent });
  }
  return attempt;
}

async function keepCard(
  tx: BillingTransaction,
  card: ApiPaymentMethod,
): Promise<void> {
  tx.emitCreated("payment_method.attached", card);
  const customer = await tx.customer();
  const { invoice_settings: settings } = customer;
  if (settings.default_payment_method !== null) return;
  const invoice_settings = { ...settings, default_payment_method: card.id };
  tx.change(CUSTOMER, { ...customer, invoice_settings });
}
