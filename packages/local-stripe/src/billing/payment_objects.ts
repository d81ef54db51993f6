import type Stripe from "stripe";
import { longId, randomText } from "../store/ids.ts";
import type {
  ApiCharge,
  ApiInvoicePayment,
  ApiPaymentIntent,
  ApiPaymentMethod,
  PaymentError,
} from "../api/api_types.ts";
import type { CardOutcome } from "./card_charge.ts";
import { nulls } from "../store/objects.ts";

interface Payable {
  amountMinor: number;
  currency: string;
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  createdSec: number;
}

const BLANK_INTENT = {
  ...nulls(
    "allowed_payment_method_types application application_fee_amount",
    "automatic_payment_methods canceled_at cancellation_reason",
    "customer_account excluded_payment_method_types last_payment_error",
    "latest_charge managed_payments next_action on_behalf_of payment_method",
    "payment_method_configuration_details payment_record processing",
    "receipt_email review setup_future_usage shipping source",
    "statement_descriptor statement_descriptor_suffix transfer_data",
    "transfer_group",
  ),
  object: "payment_intent",
  amount_capturable: 0,
  amount_received: 0,
  capture_method: "automatic",
  confirmation_method: "automatic",
  livemode: false,
  payment_method_options: {
    card: {
      ...nulls("installments mandate_options network"),
      request_three_d_secure: "automatic",
    },
  },
  payment_method_types: ["card"],
  status: "requires_payment_method",
} satisfies Partial<ApiPaymentIntent>;

/** A new payment intent, not attempted yet. */
export function newPaymentIntent(payable: Payable): ApiPaymentIntent {
  const { amountMinor, createdSec, ...given } = payable;
  const id = longId("pi");
  return {
    ...structuredClone(BLANK_INTENT),
    ...given,
    id,
    amount: amountMinor,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: createdSec,
  };
}

type Answered = Exclude<CardOutcome, { result: "requires_action" }>;

const BLANK_CHARGE = {
  ...nulls(
    "application application_fee application_fee_amount balance_transaction",
    "failure_balance_transaction on_behalf_of receipt_email receipt_number",
    "receipt_url review shipping source source_transfer statement_descriptor",
    "statement_descriptor_suffix transfer_data transfer_group",
  ),
  object: "charge",
  amount_refunded: 0,
  calculated_statement_descriptor: "PORTICO",
  disputed: false,
  livemode: false,
  refunded: false,
} satisfies Partial<ApiCharge>;

/** A new charge of a payment intent, succeeded or failed as the bank answered. */
export function newCharge(
  intent: ApiPaymentIntent,
  made: { method: ApiPaymentMethod; outcome: Answered; createdSec: number },
): ApiCharge {
  const { method, outcome, createdSec } = made;
  const { amount, currency, customer, description, metadata } = intent;
  const paid = outcome.result === "succeeded";
  return {
    ...BLANK_CHARGE,
    id: longId("ch"),
    amount,
    amount_captured: paid ? amount : 0,
    billing_details: billingDetails(method),
    captured: paid,
    created: createdSec,
    currency,
    customer,
    description,
    failure_code: paid ? null : outcome.code,
    failure_message: paid ? null : outcome.message,
    fraud_details: {},
    metadata,
    outcome: bankOutcome(outcome),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(method, amount),
    status: paid ? "succeeded" : "failed",
  };
}

/** The charge of a bank debit that has cleared, created with its payment intent. */
export function newDebitCharge(intent: ApiPaymentIntent): ApiCharge {
  const { amount, created, currency, customer, description } = intent;
  return {
    ...BLANK_CHARGE,
    id: longId("ch"),
    amount,
    amount_captured: amount,
    billing_details: nulls("address email name phone tax_id"),
    captured: true,
    created,
    currency,
    customer,
    description,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    metadata: intent.metadata,
    outcome: bankOutcome({ result: "succeeded" }),
    paid: true,
    payment_intent: intent.id,
    payment_method: null,
    payment_method_details: { type: "us_bank_account" },
    status: "succeeded",
  };
}

function billingDetails(
  method: ApiPaymentMethod,
): ApiCharge["billing_details"] {
  const { address, email, name, phone, tax_id } = method.billing_details;
  return { address, email, name, phone, tax_id };
}

function bankOutcome(outcome: Answered): Stripe.Charge.Outcome {
  const paid = outcome.result === "succeeded";
  return {
    ...nulls("advice_code network_advice_code network_decline_code"),
    network_status: paid ? "approved_by_network" : "declined_by_network",
    reason: paid ? null : outcome.declineCode,
    risk_level: "normal",
    risk_score: 20,
    seller_message: paid ? "Payment complete." : outcome.message,
    type: paid ? "authorized" : "issuer_declined",
  };
}

function cardDetails(
  { card }: ApiPaymentMethod,
  amountMinor: number,
): Stripe.Charge.PaymentMethodDetails {
  const { brand, checks, country, exp_month, exp_year } = card;
  const { fingerprint, funding, last4, regulated_status } = card;
  return {
    type: "card",
    card: {
      ...nulls(
        "authorization_code electronic_commerce_indicator installments mandate",
        "network_transaction_id three_d_secure transaction_link_id wallet",
      ),
      amount_authorized: amountMinor,
      brand,
      checks,
      country,
      exp_month,
      exp_year,
      fingerprint,
      funding,
      last4,
      network: brand,
      regulated_status,
    },
  };
}

/** The `last_payment_error` of a declined payment intent. */
export function paymentError(
  outcome: Extract<CardOutcome, { result: "declined" }>,
  of: { charge: string; method: ApiPaymentMethod },
): PaymentError {
  const { code, declineCode, message } = outcome;
  return {
    type: "card_error",
    code,
    decline_code: declineCode,
    charge: of.charge,
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`,
    message,
    payment_method: of.method,
  };
}

/** The link between an invoice and its payment intent. */
export function newInvoicePayment(
  invoice: string,
  intent: ApiPaymentIntent,
): ApiInvoicePayment {
  return {
    id: longId("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: intent.amount,
    created: intent.created,
    currency: intent.currency,
    invoice,
    is_default: true,
    livemode: false,
    payment: { type: "payment_intent", payment_intent: intent.id },
    status: "open",
    status_transitions: nulls("canceled_at paid_at"),
  };
}
