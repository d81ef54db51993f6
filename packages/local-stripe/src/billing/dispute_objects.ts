import type Stripe from "stripe";
import { longId } from "../store/ids.ts";
import { DAY_SEC } from "./periods.ts";
import type { ApiCharge, ApiDispute } from "../api/api_types.ts";

/** What Stripe takes for a dispute, in the currency's minor unit; it is kept, whoever wins. */
const FEE_MINOR = 1_500;
/** There are eight whole days to answer in, to the last second of the last. */
const ANSWER_DAYS = 9;

/** The card networks' own numbers of the reasons. */
const NETWORK_CODES = { fraudulent: "10.4", product_not_received: "13.1" };
export type DisputeReason = keyof typeof NETWORK_CODES;

/** A dispute of a whole charge that has just been opened: the money is gone already. */
export function newDispute(
  charge: ApiCharge,
  { reason, atSec }: { reason: DisputeReason; atSec: number },
): ApiDispute {
  const id = longId("du");
  const brand = charge.payment_method_details?.card?.brand ?? "visa";
  return {
    id,
    object: "dispute",
    amount: charge.amount_captured,
    balance_transactions: [withdrawal(charge, { dispute: id, atSec })],
    charge: charge.id,
    created: atSec,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: (Math.floor(atSec / DAY_SEC) + ANSWER_DAYS) * DAY_SEC - 1,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: "card",
      card: {
        brand,
        case_type: "chargeback",
        network: brand,
        network_reason_code: NETWORK_CODES[reason],
      },
    },
    reason,
    status: "needs_response",
  };
}

function withdrawal(
  { id: charge, amount_captured: amount, currency }: ApiCharge,
  at: { dispute: string; atSec: number },
): Stripe.BalanceTransaction {
  const fee = {
    amount: FEE_MINOR,
    application: null,
    currency,
    description: "Dispute fee",
    type: "stripe_fee",
  };
  return {
    ...movement({ ...at, amount: -amount, currency }),
    description: `Chargeback withdrawal for ${charge}`,
    fee: FEE_MINOR,
    fee_details: [fee],
    net: -amount - FEE_MINOR,
    reporting_category: "dispute",
  };
}

/** The money of a dispute that was won, as it comes back. */
export function reversal(
  { amount, charge, currency, id: dispute }: ApiDispute,
  atSec: number,
): Stripe.BalanceTransaction {
  return {
    ...movement({ dispute, atSec, amount, currency }),
    description: `Chargeback reversal for ${charge}`,
    reporting_category: "dispute_reversal",
  };
}

function movement(
  of: { dispute: string; amount: number; currency: string; atSec: number },
): Stripe.BalanceTransaction {
  return {
    id: longId("txn"),
    object: "balance_transaction",
    amount: of.amount,
    available_on: of.atSec,
    balance_type: "payments",
    created: of.atSec,
    currency: of.currency,
    description: null,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: of.amount,
    reporting_category: "",
    source: of.dispute,
    status: "available",
    type: "adjustment",
  };
}

function noEvidence(): ApiDispute["evidence"] {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}
