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
} from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import { depositCharge } from "./balance_transactions.ts";
import { type CardOutcome, chargeCard } from "./card_charge.ts";
import { disputeIfCardDoes } from "./dispute_lifecycle.ts";
import { readDunning } from "./dunning.ts";
import {
  newCharge,
  newInvoicePayment,
  newPaymentIntent,
  paymentError,
} from "./payment_objects.ts";
import { idOf } from "./subscription_objects.ts";
import { DAY_SEC } from "./periods.ts";

/** The outcome of an attempt to collect; `no_method` when there is no card to charge. */
export type Attempt = CardOutcome | { result: "no_method" };

/** How to charge an invoice. */
export interface ChargeOptions {
  /** The payment method to charge instead of the default one. */
  method?: string;
  /** The cardholder has just authenticated this payment. */
  authenticated?: boolean;
  /** Whether a failure schedules the next retry of the dunning settings. */
  retries: boolean;
}

/** Attempts to collect an open invoice. A failed attempt is recorded on the invoice. */
export async function collect(
  tx: BillingTransaction,
  invoice: ApiInvoice,
  options: ChargeOptions,
): Promise<{ invoice: ApiInvoice; attempt: Attempt }> {
  // A seeded invoice has no payment yet.
  const intent = await intentOf(tx, invoice.id) ?? openPayment(tx, invoice);
  if (intent.status === "processing") throw processingPayment(invoice);
  const method = await chooseMethod(tx, invoice, options.method);
  const attempt = method === null
    ? { result: "no_method" } as const
    : tryCard(tx, { intent, method, options });
  if (attempt.result === "succeeded") {
    return { attempt, invoice: await settlePayments(tx, invoice) };
  }
  if (attempt.result === "requires_action") {
    tx.emit("invoice.payment_action_required", invoice);
  }
  return { attempt, invoice: await recordFailure(tx, invoice, options) };
}

function processingPayment({ id }: ApiInvoice) {
  return invalidRequest(
    `The invoice ${id} has a bank debit that is still processing, and cannot be paid again.`,
    { code: "payment_intent_unexpected_state" },
  );
}

/** Creates the payment intent of an invoice. */
export function openPayment(
  tx: BillingTransaction,
  invoice: ApiInvoice,
): ApiPaymentIntent {
  const intent = newPaymentIntent({
    amountMinor: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: descriptionOf(invoice),
    metadata: {},
    createdSec: tx.nowSec,
  });
  tx.insert(PAYMENT_INTENT, intent, null);
  tx.insert(INVOICE_PAYMENT, newInvoicePayment(invoice.id, intent), null);
  tx.emit("payment_intent.created", intent);
  return intent;
}

function descriptionOf({ billing_reason: reason, description }: ApiInvoice) {
  if (description !== null) return description;
  if (reason === "subscription_create") return "Subscription creation";
  return reason === "manual" ? "Payment for Invoice" : "Subscription update";
}

async function paymentsOf(
  tx: BillingTransaction,
  invoiceId: string,
): Promise<ApiInvoicePayment[]> {
  const list = ["invoice_payments_by_invoice", invoiceId];
  return (await tx.all(INVOICE_PAYMENT, list)).map(({ object }) => object);
}

const isOpen = ({ status }: ApiInvoicePayment) => status === "open";

/** The payment intent of an invoice; `null` if the invoice needed no payment. */
export async function intentOf(
  tx: BillingTransaction,
  invoiceId: string,
): Promise<ApiPaymentIntent | null> {
  const [first] = await paymentsOf(tx, invoiceId);
  if (first === undefined) return null;
  return (await tx.need(PAYMENT_INTENT, first.payment.payment_intent)).object;
}

/** The card to charge: the given one, or the invoice's, the subscription's, the customer's. */
export async function chooseMethod(
  tx: BillingTransaction,
  invoice: Pick<ApiInvoice, "default_payment_method" | "parent">,
  given?: string,
): Promise<StoredPaymentMethod | null> {
  const id = idOf(invoice.parent?.subscription_details?.subscription ?? null);
  const subscription = await tx.find(SUBSCRIPTION, id);
  const customer = await tx.customer();
  const candidates = [
    given ?? null,
    idOf(invoice.default_payment_method),
    subscription?.object.default_payment_method ?? null,
    idOf(customer.invoice_settings.default_payment_method),
  ];
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const stored = await tx.find(PAYMENT_METHOD, candidate);
    if (stored?.object.customer === customer.id) return stored;
  }
  return null;
}

/** Charges a card for a payment intent and records the outcome on both objects. */
export function tryCard(
  tx: BillingTransaction,
  of: {
    intent: ApiPaymentIntent;
    method: Pick<StoredPaymentMethod, "object" | "extra">;
    options: Pick<ChargeOptions, "authenticated">;
  },
): CardOutcome {
  const { intent, method: { object: method, extra }, options } = of;
  const outcome = chargeCard(extra, options);
  if (outcome.result === "requires_action") {
    const asked = tx.change(PAYMENT_INTENT, {
      ...intent,
      next_action: { type: "use_stripe_sdk", use_stripe_sdk: {} },
      payment_method: method.id,
      status: "requires_action",
    });
    tx.emit("payment_intent.requires_action", asked);
    const payment = { payment_intent: asked, payment_method: method };
    return { ...outcome, payment };
  }
  const made = { method, outcome, createdSec: tx.nowSec };
  const blank = newCharge(intent, made);
  const balance_transaction = blank.paid ? depositCharge(tx, blank) : null;
  const charge = tx.insert(CHARGE, { ...blank, balance_transaction }, null);
  tx.emit(charge.paid ? "charge.succeeded" : "charge.failed", charge);
  if (outcome.result === "succeeded") disputeIfCardDoes(tx, charge, extra);
  const succeeded = outcome.result === "succeeded";
  const after = tx.change(PAYMENT_INTENT, {
    ...intent,
    ...(succeeded && { amount_received: intent.amount }),
    last_payment_error: succeeded
      ? null
      : paymentError(outcome, { charge: charge.id, method }),
    latest_charge: charge.id,
    next_action: null,
    payment_method: succeeded ? method.id : null,
    status: succeeded ? "succeeded" : "requires_payment_method",
  });
  const event = succeeded ? "succeeded" : "payment_failed";
  tx.emit(`payment_intent.${event}`, after);
  if (outcome.result === "succeeded") return outcome;
  const payment = {
    charge: charge.id,
    payment_intent: after,
    payment_method: method,
  };
  return { ...outcome, payment };
}

/** Marks an invoice and its open payments as paid. */
export async function settlePayments(
  tx: BillingTransaction,
  invoice: ApiInvoice,
): Promise<ApiInvoice> {
  const attempts = { attempt_count: invoice.attempt_count + 1 };
  const paid = markPaid(tx, invoice, attempts);
  const payments = await paymentsOf(tx, invoice.id);
  for (const payment of payments.filter(isOpen)) {
    const settled = tx.change(INVOICE_PAYMENT, {
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: tx.nowSec },
    });
    tx.emit("invoice_payment.paid", settled);
  }
  return paid;
}

/** Marks an invoice as paid and emits the events of it. */
export function markPaid(
  tx: BillingTransaction,
  invoice: ApiInvoice,
  patch: Partial<ApiInvoice> = {},
): ApiInvoice {
  const paid = { ...paidInvoice(invoice, tx.nowSec), ...patch };
  tx.change(INVOICE, paid);
  tx.emit("invoice.paid", paid);
  tx.emit("invoice.payment_succeeded", paid);
  return paid;
}

/** The paid state of an invoice. */
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

async function recordFailure(
  tx: BillingTransaction,
  invoice: ApiInvoice,
  { retries }: ChargeOptions,
): Promise<ApiInvoice> {
  const attempts = invoice.attempt_count + 1;
  const next = retries
    ? await nextAttempt(tx, attempts)
    : invoice.next_payment_attempt;
  const failed = tx.change(INVOICE, {
    ...invoice,
    attempt_count: attempts,
    attempted: true,
    auto_advance: invoice.auto_advance && (!retries || next !== null),
    next_payment_attempt: next,
  });
  tx.emit("invoice.payment_failed", failed);
  tx.emitUpdate("invoice.updated", invoice, failed);
  return failed;
}

async function nextAttempt(
  tx: BillingTransaction,
  attempts: number,
): Promise<number | null> {
  const { retryAfterDays } = await readDunning(tx.context);
  const days = retryAfterDays[attempts - 1];
  return days === undefined ? null : tx.nowSec + days * DAY_SEC;
}

/** Cancels the open payments of an invoice that is being voided. */
export async function cancelPayments(
  tx: BillingTransaction,
  invoiceId: string,
): Promise<void> {
  const payments = await paymentsOf(tx, invoiceId);
  for (const payment of payments.filter(isOpen)) {
    const { paid_at } = payment.status_transitions;
    tx.change(INVOICE_PAYMENT, {
      ...payment,
      status: "canceled",
      status_transitions: { canceled_at: tx.nowSec, paid_at },
    });
    const id = payment.payment.payment_intent;
    const canceled = tx.change(PAYMENT_INTENT, {
      ...(await tx.need(PAYMENT_INTENT, id)).object,
      canceled_at: tx.nowSec,
      cancellation_reason: "void_invoice",
      next_action: null,
      status: "canceled",
    });
    tx.emit("payment_intent.canceled", canceled);
  }
}

/** Sets whether the customer has an invoice whose latest attempt failed. */
export async function markDelinquent(
  tx: BillingTransaction,
  delinquent: boolean,
): Promise<void> {
  const customer = await tx.customer();
  if (customer.delinquent === delinquent) return;
  tx.change(CUSTOMER, { ...customer, delinquent });
}
