import {
  CHARGE,
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type { Method } from "../resources/payment_method_attachment.ts";
import type {
  WireInvoice,
  WireInvoicePayment,
  WirePaymentIntent,
  WirePaymentMethod,
} from "../api/api_types.ts";
import type { Books } from "./transaction.ts";
import { type CardOutcome, chargeCard } from "./card_charge.ts";
import { disputeIfCardDoes } from "./dispute_lifecycle.ts";
import { readDunning } from "./dunning.ts";
import { openPayment } from "./invoice_lifecycle.ts";
import { newCharge, paymentError } from "./payment_objects.ts";
import { idOf } from "./subscription_objects.ts";
import { DAY_SEC } from "./periods.ts";
/** What came of trying to be paid; without a card there is nothing to try. */
export type Attempt = CardOutcome | { result: "no_method" };

/** How a payment is tried. */
export interface Trial {
  /** The payment method to use, whatever the defaults are. */
  method?: string;
  /** Its owner has just confirmed this payment with the bank. */
  authenticated?: boolean;
  /** Whether a failure is tried again by itself, some days later. */
  retries: boolean;
}

/** Tries to collect an open invoice, and says how that went. */
export async function collect(
  books: Books,
  invoice: WireInvoice,
  trial: Trial,
): Promise<{ invoice: WireInvoice; attempt: Attempt }> {
  const { payment, intent } = await openPaymentOf(books, invoice);
  const method = await chooseMethod(books, invoice, trial.method);
  if (method === null) {
    const attempt = { result: "no_method" } as const;
    return { attempt, invoice: await fail(books, invoice, trial) };
  }
  const attempt = tryCard(books, { intent, method, trial });
  if (attempt.result === "succeeded") {
    return { attempt, invoice: paid(books, invoice, payment) };
  }
  if (attempt.result === "requires_action") {
    books.tell("invoice.payment_action_required", invoice);
  }
  return { attempt, invoice: await fail(books, invoice, trial) };
}

async function openPaymentOf(
  books: Books,
  invoice: WireInvoice,
): Promise<{ payment: WireInvoicePayment; intent: WirePaymentIntent }> {
  const list = ["invoice_payments_by_invoice", invoice.id];
  const payments = await books.all(INVOICE_PAYMENT, list);
  const open = payments.find(({ object }) => object.status === "open");
  // An invoice that was put there for the demo has none yet.
  if (open === undefined) return openPayment(books, invoice);
  const { payment_intent: id } = open.object.payment;
  const { object: intent } = await books.need(PAYMENT_INTENT, id);
  return { payment: open.object, intent };
}

/** The card that is charged: the invoice's own, the subscription's, the customer's, in this order. */
export async function chooseMethod(
  books: Books,
  invoice: Pick<WireInvoice, "default_payment_method" | "parent">,
  given?: string,
): Promise<Method | null> {
  const parent = invoice.parent?.subscription_details?.subscription ?? null;
  const id = idOf(parent);
  const subscription = id === null ? null : await books.find(SUBSCRIPTION, id);
  const customer = await books.customer();
  const candidates = [
    given ?? null,
    idOf(invoice.default_payment_method),
    subscription?.object.default_payment_method ?? null,
    idOf(customer.invoice_settings.default_payment_method),
  ];
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const row = await books.find(PAYMENT_METHOD, candidate);
    if (row?.object.customer === customer.id) return row;
  }
  return null;
}

/** Charges a card for a payment, and records what the bank said. */
export function tryCard(
  books: Books,
  of: {
    intent: WirePaymentIntent;
    method: Pick<Method, "object" | "extra">;
    trial: Pick<Trial, "authenticated">;
  },
): CardOutcome {
  const { intent, method, trial } = of;
  const outcome = chargeCard(method.extra, trial);
  if (outcome.result === "requires_action") {
    const asks = books.change(PAYMENT_INTENT, {
      ...intent,
      next_action: { type: "use_stripe_sdk", use_stripe_sdk: {} },
      payment_method: method.object.id,
      status: "requires_action",
    });
    books.tell("payment_intent.requires_action", asks);
    return outcome;
  }
  const made = { method: method.object, outcome, createdSec: books.nowSec };
  const charge = books.insert(CHARGE, newCharge(intent, made), null);
  books.tell(charge.paid ? "charge.succeeded" : "charge.failed", charge);
  const { id } = charge;
  if (outcome.result === "succeeded") {
    disputeIfCardDoes(books, charge, method.extra);
    succeed(books, intent, { charge: id, method: method.object });
  } else {failIntent(books, intent, {
      charge: id,
      method: method.object,
      outcome,
    });}
  return outcome;
}

function succeed(
  books: Books,
  intent: WirePaymentIntent,
  by: { charge: string; method: WirePaymentMethod },
): void {
  const succeeded = books.change(PAYMENT_INTENT, {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: by.charge,
    next_action: null,
    payment_method: by.method.id,
    status: "succeeded",
  });
  books.tell("payment_intent.succeeded", succeeded);
}

function failIntent(
  books: Books,
  intent: WirePaymentIntent,
  by: {
    charge: string;
    method: WirePaymentMethod;
    outcome: Extract<CardOutcome, { result: "declined" }>;
  },
): void {
  const failed = books.change(PAYMENT_INTENT, {
    ...intent,
    last_payment_error: paymentError(by.outcome, by),
    latest_charge: by.charge,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  books.tell("payment_intent.payment_failed", failed);
}

function paid(
  books: Books,
  invoice: WireInvoice,
  payment: WireInvoicePayment,
): WireInvoice {
  const done = books.change(INVOICE, {
    ...settled(invoice, books.nowSec),
    attempt_count: invoice.attempt_count + 1,
  });
  books.tell("invoice.paid", done);
  books.tell("invoice.payment_succeeded", done);
  const joined = books.change(INVOICE_PAYMENT, {
    ...payment,
    amount_paid: payment.amount_requested,
    status: "paid",
    status_transitions: { canceled_at: null, paid_at: books.nowSec },
  });
  books.tell("invoice_payment.paid", joined);
  return done;
}

/** An invoice once it is paid. */
export function settled(invoice: WireInvoice, paidSec: number): WireInvoice {
  return {
    ...invoice,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: "paid",
    status_transitions: { ...invoice.status_transitions, paid_at: paidSec },
  };
}

async function fail(
  books: Books,
  invoice: WireInvoice,
  trial: Trial,
): Promise<WireInvoice> {
  const attempts = invoice.attempt_count + 1;
  const next = trial.retries
    ? await nextAttempt(books, attempts)
    : invoice.next_payment_attempt;
  const failed = books.change(INVOICE, {
    ...invoice,
    attempt_count: attempts,
    attempted: true,
    auto_advance: invoice.auto_advance && (!trial.retries || next !== null),
    next_payment_attempt: next,
  });
  books.tell("invoice.payment_failed", failed);
  books.tellUpdate("invoice.updated", invoice, failed);
  return failed;
}

async function nextAttempt(
  books: Books,
  attempts: number,
): Promise<number | null> {
  const { retryAfterDays } = await readDunning(books.context);
  const days = retryAfterDays[attempts - 1];
  return days === undefined ? null : books.nowSec + days * DAY_SEC;
}

/** Remembers whether the customer owes for something that could not be collected. */
export async function markDelinquent(
  books: Books,
  delinquent: boolean,
): Promise<void> {
  const customer = await books.customer();
  if (customer.delinquent === delinquent) return;
  books.change(CUSTOMER, { ...customer, delinquent });
}
