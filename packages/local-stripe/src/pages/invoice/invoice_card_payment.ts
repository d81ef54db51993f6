import { BillingTransaction } from "../../billing/transaction.ts";
import {
  type Attempt,
  chooseMethod,
} from "../../billing/payment_collection.ts";
import { withCustomer } from "../../billing/subscription_actions.ts";
import { charge } from "../../billing/invoice_settlement.ts";
import { idOf } from "../../billing/subscription_objects.ts";
import type { Context } from "../../context.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  type StoredPaymentMethod,
} from "../../store/schema.ts";
import { attached } from "../../resources/payment_method_attachment.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import type { ApiInvoice, ApiPaymentMethod } from "../../api/api_types.ts";
import type { NewMethod } from "../card_entry.ts";
import { type Result, resultOf } from "../portal/plan_actions.ts";

/** The card that an invoice is charged to when nobody names one; `null` where there is none. */
export async function savedCard(
  context: Context,
  invoice: ApiInvoice,
): Promise<ApiPaymentMethod | null> {
  const transaction = await BillingTransaction.open(context, invoice.customer);
  return (await chooseMethod(transaction, invoice))?.object ?? null;
}

/** The card whose bank wants to hear from its owner; `null` where none does. */
export async function waitingCard(
  context: Context,
  invoice: ApiInvoice,
): Promise<ApiPaymentMethod | null> {
  const transaction = await BillingTransaction.open(context, invoice.customer);
  return (await waitingIn(transaction, invoice))?.object ?? null;
}

/** Pays an open invoice with the card that is there; one that is open no more is left alone. */
export function payWithSaved(
  context: Context,
  invoice: ApiInvoice,
): Promise<Result> {
  return onOpen(
    context,
    invoice,
    async (transaction, open) =>
      (await charge(transaction, open, { retries: false })).attempt,
  );
}

/**
 * Pays an open invoice with a card that was typed. It becomes the customer's own once it has paid.
 *
 * @throws {ApiError} 402 for a card that declines always; then nothing has happened.
 */
export async function payWithTyped(
  context: Context,
  invoice: ApiInvoice,
  card: NewMethod,
): Promise<Result> {
  const decline = declineOf(findTestCard(card.extra.number));
  if (decline !== null) throw decline;
  return await onOpen(context, invoice, async (transaction, open) => {
    transaction.insert(PAYMENT_METHOD, card.object, card.extra);
    return await chargeNew(transaction, open, { card, authenticated: false });
  });
}

/** Goes on with the card that waits, now that its owner has confirmed the payment. */
export function payConfirmed(
  context: Context,
  invoice: ApiInvoice,
): Promise<Result> {
  return onOpen(context, invoice, async (transaction, open) => {
    const card = await waitingIn(transaction, open);
    if (card === null) return null;
    if (card.object.customer === null) {
      return await chargeNew(transaction, open, { card, authenticated: true });
    }
    const { id: method } = card.object;
    const trial = { authenticated: true, method, retries: false };
    return (await charge(transaction, open, trial)).attempt;
  });
}

// Read again in the transaction that pays, so that two buttons pressed at once make one payment.
async function onOpen(
  context: Context,
  { customer, id }: ApiInvoice,
  work: (
    transaction: BillingTransaction,
    open: ApiInvoice,
  ) => Promise<Attempt | null>,
): Promise<Result> {
  const attempt = await withCustomer(context, customer, async (transaction) => {
    const { object } = await transaction.need(INVOICE, id);
    return object.status === "open" ? await work(transaction, object) : null;
  });
  return attempt === null ? { is: "done", word: "closed" } : resultOf(attempt);
}

async function waitingIn(
  transaction: BillingTransaction,
  { id }: ApiInvoice,
): Promise<StoredPaymentMethod | null> {
  const list = ["invoice_payments_by_invoice", id];
  const payments = await transaction.all(INVOICE_PAYMENT, list);
  const open = payments.find(({ object }) => object.status === "open");
  if (open === undefined) return null;
  const { payment_intent: payment } = open.object.payment;
  const { object: intent } = await transaction.need(PAYMENT_INTENT, payment);
  const method = idOf(intent.payment_method);
  if (intent.status !== "requires_action" || method === null) return null;
  const card = await transaction.find(PAYMENT_METHOD, method);
  return card === null || card.extra.spent ? null : card;
}

/** A card is charged as the customer's; until it has paid it stays nobody's. */
async function chargeNew(
  transaction: BillingTransaction,
  open: ApiInvoice,
  of: {
    card: Pick<StoredPaymentMethod, "object" | "extra">;
    authenticated: boolean;
  },
): Promise<Attempt> {
  const { authenticated, card: { object, extra } } = of;
  const owned = transaction.change(
    PAYMENT_METHOD,
    attached(object, transaction.customerId),
    { ...extra, confirmed: authenticated },
  );
  const trial = { authenticated, method: object.id, retries: false };
  const { attempt } = await charge(transaction, open, trial);
  if (attempt.result === "succeeded") await keep(transaction, owned);
  else {
    const spent = attempt.result === "declined";
    transaction.change(PAYMENT_METHOD, object, { ...extra, spent });
  }
  return attempt;
}

async function keep(
  transaction: BillingTransaction,
  card: ApiPaymentMethod,
): Promise<void> {
  transaction.emitCreated("payment_method.attached", card);
  const customer = await transaction.customer();
  const { invoice_settings: settings } = customer;
  if (settings.default_payment_method !== null) return;
  const changed = { ...settings, default_payment_method: card.id };
  transaction.change(CUSTOMER, { ...customer, invoice_settings: changed });
}
