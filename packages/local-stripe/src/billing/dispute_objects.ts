import { longId } from "../store/ids.ts";
import { nulls } from "../store/objects.ts";
import { DAY_SEC } from "./periods.ts";
import type { ApiCharge, ApiDispute } from "../api/api_types.ts";

/** The day, counted from the dispute's, before which evidence is due. */
const DUE_DAYS = 9;

/** The card networks' reason codes. */
const NETWORK_CODES = { fraudulent: "10.4", product_not_received: "13.1" };
type DisputeReason = keyof typeof NETWORK_CODES;

/** A new dispute of a full charge, without the withdrawal of its amount. */
export function newDispute(
  charge: ApiCharge,
  { reason, atSec }: { reason: DisputeReason; atSec: number },
): ApiDispute {
  const brand = charge.payment_method_details?.card?.brand ?? "visa";
  return {
    id: longId("du"),
    object: "dispute",
    amount: charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created: atSec,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE, enhanced_evidence: {} },
    evidence_details: {
      due_by: (Math.floor(atSec / DAY_SEC) + DUE_DAYS) * DAY_SEC - 1,
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

const NO_EVIDENCE = nulls(
  "access_activity_log billing_address cancellation_policy",
  "cancellation_policy_disclosure cancellation_rebuttal customer_communication",
  "customer_email_address customer_name customer_purchase_ip",
  "customer_signature duplicate_charge_documentation",
  "duplicate_charge_explanation duplicate_charge_id product_description",
  "receipt refund_policy refund_policy_disclosure refund_refusal_explanation",
  "service_date service_documentation shipping_address shipping_carrier",
  "shipping_date shipping_documentation shipping_tracking_number",
  "uncategorized_file uncategorized_text",
);
