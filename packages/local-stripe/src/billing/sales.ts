import { invalidRequest, noSuchParam } from "../api/errors.ts";
import {
  CHARGE,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  PRICE,
  readParam,
  type StoredPaymentMethod,
} from "../store/schema.ts";
import type {
  ApiCharge,
  ApiInvoice,
  ApiPaymentIntent,
  ApiPrice,
} from "../api/api_types.ts";
import { amountOf } from "./amounts.ts";
import type { BillingTransaction } from "./transaction.ts";
import { type CardOutcome, paymentProblem } from "./card_charge.ts";
import { tryCard } from "./payment_collection.ts";
import { draftInvoice, finalizeInvoice } from "./invoice_lifecycle.ts";
import { type Entry, productEntry, unitOf } from "./invoice_lines.ts";
import { newPaymentIntent } from "./payment_objects.ts";
import { charge } from "./invoice_settlement.ts";

/** Something sold once. */
export interface Sale {
  lines: { price: string; quantity: number }[];
  /** An attached payment method of the customer. */
  paymentMethod: string;
  /** Goes onto the payment and its charge; onto the invoice only what it is given itself. */
  metadata?: Record<string, string>;
  /** Whether there is an invoice of it, or only a payment. */
  invoice: boolean;
  invoiceMetadata?: Record<string, string>;
  /** The cardholder has just confirmed this payment with the bank. */
  authenticated?: boolean;
}

/** What a sale leaves behind. */
export interface Sold {
  paymentIntent: ApiPaymentIntent;
  charge: ApiCharge;
  invoice: ApiInvoice | null;
}

/**
 * Sells something once. A balance of the customer is for subscriptions, and stays untouched.
 *
 * @throws {ApiError} 400 when it costs nothing; 402 when the card is declined or its owner has to confirm: then nothing
 * is written.
 */
export async function sell(
  transaction: BillingTransaction,
  sale: Sale,
): Promise<Sold> {
  const entries = await Promise.all(
    sale.lines.map((line, place) => entryFor(transaction, line, place)),
  );
  checkAmount(entries);
  const method = await ownMethod(transaction, sale.paymentMethod);
  return sale.invoice
    ? await sellOnInvoice(transaction, sale, entries)
    : await sellPlainly(transaction, { sale, entries, method });
}

function checkAmount(entries: Entry[]): void {
  if (entries.some(({ amountMinor }) => amountMinor > 0)) return;
  throw invalidRequest("A sale of nothing needs no payment.", {
    code: "amount_too_small",
  });
}

async function entryFor(
  transaction: BillingTransaction,
  { price: id, quantity }: Sale["lines"][number],
  place: number,
): Promise<Entry> {
  const param = `line_items[${place}][price]`;
  const { object: price } = await readParam(transaction.context, PRICE, {
    id,
    param,
  });
  const amountMinor = amountOf(unitOf(price), quantity);
  return await productEntry(transaction.context, price, {
    amountMinor,
    quantity,
    atSec: transaction.nowSec,
  });
}

async function ownMethod(
  transaction: BillingTransaction,
  id: string,
): Promise<StoredPaymentMethod> {
  const stored = await transaction.find(PAYMENT_METHOD, id);
  if (stored?.object.customer === transaction.customerId) return stored;
  throw noSuchParam(PAYMENT_METHOD.noun, id, "payment_method");
}

async function sellPlainly(
  transaction: BillingTransaction,
  of: { sale: Sale; entries: Entry[]; method: StoredPaymentMethod },
): Promise<Sold> {
  const { sale, entries, method } = of;
  const intent = transaction.insert(
    PAYMENT_INTENT,
    newPaymentIntent({
      amountMinor: entries.reduce((sum, entry) => sum + entry.amountMinor, 0),
      currency: entries[0]?.currency ?? "usd",
      customer: transaction.customerId,
      description: null,
      metadata: sale.metadata ?? {},
      createdSec: transaction.nowSec,
    }),
    null,
  );
  const outcome = tryCard(transaction, { intent, method, trial: sale });
  refuse(outcome);
  transaction.emit("payment_intent.created", intent);
  return { ...await paidBy(transaction, intent.id), invoice: null };
}

async function sellOnInvoice(
  transaction: BillingTransaction,
  sale: Sale,
  entries: Entry[],
): Promise<Sold> {
  const draft = await draftInvoice(transaction, {
    reason: "manual",
    currency: entries[0]?.currency ?? "usd",
    entries,
    takesPending: false,
    advances: false,
    fields: { metadata: sale.invoiceMetadata ?? {} },
  });
  const open = await finalizeInvoice(transaction, draft, {
    usesBalance: false,
  });
  const id = await intentOf(transaction, open.id);
  const { object: intent } = await transaction.need(PAYMENT_INTENT, id);
  transaction.change(PAYMENT_INTENT, {
    ...intent,
    metadata: sale.metadata ?? {},
  });
  const { attempt } = await charge(transaction, open, {
    method: sale.paymentMethod,
    authenticated: sale.authenticated ?? false,
    retries: false,
  });
  if (attempt.result !== "no_method") refuse(attempt);
  const { object: invoice } = await transaction.need(INVOICE, open.id);
  return { ...await paidBy(transaction, id), invoice };
}

function refuse(outcome: CardOutcome): void {
  if (outcome.result !== "succeeded") throw paymentProblem(outcome);
}

async function intentOf(
  transaction: BillingTransaction,
  invoice: string,
): Promise<string> {
  const list = ["invoice_payments_by_invoice", invoice];
  const [payment] = await transaction.all(INVOICE_PAYMENT, list);
  return payment?.object.payment.payment_intent ?? "";
}

async function paidBy(transaction: BillingTransaction, id: string) {
  const { object: paymentIntent } = await transaction.need(PAYMENT_INTENT, id);
  const charged = paymentIntent.latest_charge ?? "";
  return {
    paymentIntent,
    charge: (await transaction.need(CHARGE, charged)).object,
  };
}

/** What lines of prices come to, in their currency's minor unit. */
export function totalOf(
  lines: { price: ApiPrice; quantity: number }[],
): number {
  return lines.reduce(
    (sum, { price, quantity }) => sum + amountOf(unitOf(price), quantity),
    0,
  );
}
