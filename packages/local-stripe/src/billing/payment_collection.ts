import {
  CHARGE,
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  type StoredPaymentMethod,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type {
  ApiInvoice,
  ApiInvoicePayment,
  ApiPaymentIntent,
  ApiPaymentMethod,
} from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
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
  transaction: BillingTransaction,
  invoice: ApiInvoice,
  trial: Trial,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  const { payment, intent } = await openPaymentOf(transaction, invoice);
  const method = await chooseMethod(transaction, invoice, trial.method);
  if (method === null) {
    const attempt = { result: "no_method" } as const;
    return { attempt, invoice: await fail(transaction, invoice, trial) };
  }
  const attempt = tryCard(transaction, { intent, method, trial });
  if (attempt.result === "succeeded") {
    return { attempt, invoice: paid(transaction, invoice, payment) };
  }
  if (attempt.result === "requires_action") {
    transaction.emit("invoice.payment_action_required", invoice);
  }
  return { attempt, invoice: await fail(transaction, invoice, trial) };
}

async function openPaymentOf(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): Promise<{ payment: ApiInvoicePayment; intent: ApiPaymentIntent }> {
  const list = ["invoice_payments_by_invoice", invoice.id];
  const payments = await transaction.all(INVOICE_PAYMENT, list);
  const open = payments.find(({ object }) => object.status === "open");
  // An invoice that was put there for the demo has none yet.
  if (open === undefined) return openPayment(transaction, invoice);
  const { payment_intent: id } = open.object.payment;
  const { object: intent } = await transaction.need(PAYMENT_INTENT, id);
  return { payment: open.object, intent };
}

/** The card that is charged: the invoice's own, the subscription's, the customer's, in this order. */
export async function chooseMethod(
  transaction: BillingTransaction,
  invoice: Pick<ApiInvoice, "default_payment_method" | "parent">,
  given?: string,
): Promise<StoredPaymentMethod | null> {
  const parent = invoice.parent?.subscription_details?.subscription ?? null;
  const id = idOf(parent);
  const subscription = id === null
    ? null
    : await transaction.find(SUBSCRIPTION, id);
  const customer = await transaction.customer();
  const candidates = [
    given ?? null,
    idOf(invoice.default_payment_method),
    subscription?.object.default_payment_method ?? null,
    idOf(customer.invoice_settings.default_payment_method),
  ];
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const stored = await transaction.find(PAYMENT_METHOD, candidate);
    if (stored?.object.customer === customer.id) return stored;
  }
  return null;
}

/** Charges a card for a payment, and records what the bank said. */
export function tryCard(
  transaction: BillingTransaction,
  of: {
    intent: ApiPaymentIntent;
    method: Pick<StoredPaymentMethod, "object" | "extra">;
    trial: Pick<Trial, "authenticated">;
  },
): CardOutcome {
  const { intent, method, trial } = of;
  const outcome = chargeCard(method.extra, trial);
  if (outcome.result === "requires_action") {
    const asks = transaction.change(PAYMENT_INTENT, {
      ...intent,
      next_action: { type: "use_stripe_sdk", use_stripe_sdk: {} },
      payment_method: method.object.id,
      status: "requires_action",
    });
    transaction.emit("payment_intent.requires_action", asks);
    return outcome;
  }
  const made = {
    method: method.object,
    outcome,
    createdSec: transaction.nowSec,
  };
  const charge = transaction.insert(CHARGE, newCharge(intent, made), null);
  transaction.emit(charge.paid ? "charge.succeeded" : "charge.failed", charge);
  const { id } = charge;
  if (outcome.result === "succeeded") {
    disputeIfCardDoes(transaction, charge, method.extra);
    succeed(transaction, intent, { charge: id, method: method.object });
  } else {failIntent(transaction, intent, {
      charge: id,
      method: method.object,
      outcome,
    });}
  return outcome;
}

function succeed(
  transaction: BillingTransaction,
  intent: ApiPaymentIntent,
  by: { charge: string; method: ApiPaymentMethod },
): void {
  const succeeded = transaction.change(PAYMENT_INTENT, {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: by.charge,
    next_action: null,
    payment_method: by.method.id,
    status: "succeeded",
  });
  transaction.emit("payment_intent.succeeded", succeeded);
}

function failIntent(
  transaction: BillingTransaction,
  intent: ApiPaymentIntent,
  by: {
    charge: string;
    method: ApiPaymentMethod;
    outcome: Extract<CardOutcome, { result: "declined" }>;
  },
): void {
  const failed = transaction.change(PAYMENT_INTENT, {
    ...intent,
    last_payment_error: paymentError(by.outcome, by),
    latest_charge: by.charge,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  transaction.emit("payment_intent.payment_failed", failed);
}

function paid(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
  payment: ApiInvoicePayment,
): ApiInvoice {
  const done = transaction.change(INVOICE, {
    ...paidInvoice(invoice, transaction.nowSec),
    attempt_count: invoice.attempt_count + 1,
  });
  transaction.emit("invoice.paid", done);
  transaction.emit("invoice.payment_succeeded", done);
  const joined = transaction.change(INVOICE_PAYMENT, {
    ...payment,
    amount_paid: payment.amount_requested,
    status: "paid",
    status_transitions: { canceled_at: null, paid_at: transaction.nowSec },
  });
  transaction.emit("invoice_payment.paid", joined);
  return done;
}

/** An invoice once it is paid. */
export function paidInvoice(invoice: ApiInvoice, paidSec: number): ApiInvoice {
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
  transaction: BillingTransaction,
  invoice: ApiInvoice,
  trial: Trial,
): Promise<ApiInvoice> {
  const attempts = invoice.attempt_count + 1;
  const next = trial.retries
    ? await nextAttempt(transaction, attempts)
    : invoice.next_payment_attempt;
  const failed = transaction.change(INVOICE, {
    ...invoice,
    attempt_count: attempts,
    attempted: true,
    auto_advance: invoice.auto_advance && (!trial.retries || next !== null),
    next_payment_attempt: next,
  });
  transaction.emit("invoice.payment_failed", failed);
  transaction.emitUpdate("invoice.updated", invoice, failed);
  return failed;
}

async function nextAttempt(
  transaction: BillingTransaction,
  attempts: number,
): Promise<number | null> {
  const { retryAfterDays } = await readDunning(transaction.context);
  const days = retryAfterDays[attempts - 1];
  return days === undefined ? null : transaction.nowSec + days * DAY_SEC;
}

/** Remembers whether the customer owes for something that could not be collected. */
export async function markDelinquent(
  transaction: BillingTransaction,
  delinquent: boolean,
): Promise<void> {
  const customer = await transaction.customer();
  if (customer.delinquent === delinquent) return;
  transaction.change(CUSTOMER, { ...customer, delinquent });
}
