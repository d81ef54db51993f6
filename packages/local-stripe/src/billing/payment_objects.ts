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

/** What is to be paid, by whom. */
export interface Payable {
  amountMinor: number;
  currency: string;
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  createdSec: number;
}

/** A payment that nobody has tried yet. */
export function newPaymentIntent(payable: Payable): ApiPaymentIntent {
  const id = longId("pi");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: payable.amountMinor,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic",
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: "automatic",
    created: payable.createdSec,
    currency: payable.currency,
    customer: payable.customer,
    customer_account: null,
    description: payable.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: payable.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: "automatic",
      },
    },
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
}

type Answered = Exclude<CardOutcome, { result: "requires_action" }>;

/** What a card was charged, or would have been. */
export function newCharge(
  intent: ApiPaymentIntent,
  made: { method: ApiPaymentMethod; outcome: Answered; createdSec: number },
): ApiCharge {
  const { method, outcome, createdSec } = made;
  const paid = outcome.result === "succeeded";
  return {
    id: longId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: billingDetails(method),
    calculated_statement_descriptor: "PORTICO",
    captured: paid,
    created: createdSec,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: paid ? null : outcome.code,
    failure_message: paid ? null : outcome.message,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: bankOutcome(outcome),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(method, intent.amount),
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: paid ? "succeeded" : "failed",
    transfer_data: null,
    transfer_group: null,
  };
}

function billingDetails(
  method: ApiPaymentMethod,
): ApiCharge["billing_details"] {
  const { address, email, name, phone, tax_id: taxId } = method.billing_details;
  return { address, email, name, phone, tax_id: taxId };
}

function bankOutcome(outcome: Answered): Stripe.Charge.Outcome {
  const paid = outcome.result === "succeeded";
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
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
  return {
    type: "card",
    card: {
      amount_authorized: amountMinor,
      authorization_code: null,
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_transaction_id: null,
      regulated_status: card.regulated_status,
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}

/** The error that a payment keeps of its last attempt. */
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

/** What joins an invoice and the payment of it. */
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
    status_transitions: { canceled_at: null, paid_at: null },
  };
}
