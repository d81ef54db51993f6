import { invalidRequest, noSuchParam } from "../api/errors.ts";
import {
  CHARGE,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  PRICE,
  readParam,
} from "../store/schema.ts";
import type { Method } from "../resources/payment_method_attachment.ts";
import type {
  WireCharge,
  WireInvoice,
  WirePaymentIntent,
  WirePrice,
} from "../api/api_types.ts";
import { amountOf } from "./amounts.ts";
import type { Books } from "./transaction.ts";
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
  paymentIntent: WirePaymentIntent;
  charge: WireCharge;
  invoice: WireInvoice | null;
}

/**
 * Sells something once. A balance of the customer is for subscriptions, and stays untouched.
 *
 * @throws {StripeProblem} 400 when it costs nothing; 402 when the card is declined or its owner has to confirm: then nothing
 * is written.
 */
export async function sell(books: Books, sale: Sale): Promise<Sold> {
  const entries = await Promise.all(
    sale.lines.map((line, place) => entryFor(books, line, place)),
  );
  checkAmount(entries);
  const method = await ownMethod(books, sale.paymentMethod);
  return sale.invoice
    ? await sellOnInvoice(books, sale, entries)
    : await sellPlainly(books, { sale, entries, method });
}

function checkAmount(entries: Entry[]): void {
  if (entries.some(({ amountMinor }) => amountMinor > 0)) return;
  throw invalidRequest("A sale of nothing needs no payment.", {
    code: "amount_too_small",
  });
}

async function entryFor(
  books: Books,
  { price: id, quantity }: Sale["lines"][number],
  place: number,
): Promise<Entry> {
  const param = `line_items[${place}][price]`;
  const { object: price } = await readParam(books.context, PRICE, {
    id,
    param,
  });
  const amountMinor = amountOf(unitOf(price), quantity);
  return await productEntry(books.context, price, {
    amountMinor,
    quantity,
    atSec: books.nowSec,
  });
}

async function ownMethod(books: Books, id: string): Promise<Method> {
  const row = await books.find(PAYMENT_METHOD, id);
  if (row?.object.customer === books.customerId) return row;
  throw noSuchParam(PAYMENT_METHOD.noun, id, "payment_method");
}

async function sellPlainly(
  books: Books,
  of: { sale: Sale; entries: Entry[]; method: Method },
): Promise<Sold> {
  const { sale, entries, method } = of;
  const intent = books.insert(
    PAYMENT_INTENT,
    newPaymentIntent({
      amountMinor: entries.reduce((sum, entry) => sum + entry.amountMinor, 0),
      currency: entries[0]?.currency ?? "usd",
      customer: books.customerId,
      description: null,
      metadata: sale.metadata ?? {},
      createdSec: books.nowSec,
    }),
    null,
  );
  const outcome = tryCard(books, { intent, method, trial: sale });
  refuse(outcome);
  books.tell("payment_intent.created", intent);
  return { ...await paidBy(books, intent.id), invoice: null };
}

async function sellOnInvoice(
  books: Books,
  sale: Sale,
  entries: Entry[],
): Promise<Sold> {
  const draft = await draftInvoice(books, {
    reason: "manual",
    currency: entries[0]?.currency ?? "usd",
    entries,
    takesPending: false,
    advances: false,
    fields: { metadata: sale.invoiceMetadata ?? {} },
  });
  const open = await finalizeInvoice(books, draft, { usesBalance: false });
  const id = await intentOf(books, open.id);
  const { object: intent } = await books.need(PAYMENT_INTENT, id);
  books.change(PAYMENT_INTENT, { ...intent, metadata: sale.metadata ?? {} });
  const { attempt } = await charge(books, open, {
    method: sale.paymentMethod,
    authenticated: sale.authenticated ?? false,
    retries: false,
  });
  if (attempt.result !== "no_method") refuse(attempt);
  const { object: invoice } = await books.need(INVOICE, open.id);
  return { ...await paidBy(books, id), invoice };
}

function refuse(outcome: CardOutcome): void {
  if (outcome.result !== "succeeded") throw paymentProblem(outcome);
}

async function intentOf(books: Books, invoice: string): Promise<string> {
  const list = ["invoice_payments_by_invoice", invoice];
  const [payment] = await books.all(INVOICE_PAYMENT, list);
  return payment?.object.payment.payment_intent ?? "";
}

async function paidBy(books: Books, id: string) {
  const { object: paymentIntent } = await books.need(PAYMENT_INTENT, id);
  const charged = paymentIntent.latest_charge ?? "";
  return { paymentIntent, charge: (await books.need(CHARGE, charged)).object };
}

/** What lines of prices come to, in their currency's minor unit. */
export function totalOf(
  lines: { price: WirePrice; quantity: number }[],
): number {
  return lines.reduce(
    (sum, { price, quantity }) => sum + amountOf(unitOf(price), quantity),
    0,
  );
}
