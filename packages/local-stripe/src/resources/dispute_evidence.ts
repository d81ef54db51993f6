import { fields, missing, nullable, text } from "../api/params.ts";

/** As long as Stripe lets one text be. */
const words = nullable(text(20_000));

/** The parameter `evidence`: texts. Files are a room that this stand-in does not have. */
export const EVIDENCE = fields({
  access_activity_log: words,
  appeal: missing,
  billing_address: words,
  cancellation_policy: missing,
  cancellation_policy_disclosure: words,
  cancellation_rebuttal: words,
  customer_communication: missing,
  customer_email_address: words,
  customer_name: words,
  customer_purchase_ip: words,
  customer_signature: missing,
  duplicate_charge_documentation: missing,
  duplicate_charge_explanation: words,
  duplicate_charge_id: words,
  enhanced_evidence: missing,
  product_description: words,
  receipt: missing,
  refund_policy: missing,
  refund_policy_disclosure: words,
  refund_refusal_explanation: words,
  service_date: words,
  service_documentation: missing,
  shipping_address: words,
  shipping_carrier: words,
  shipping_date: words,
  shipping_documentation: missing,
  shipping_tracking_number: words,
  uncategorized_file: missing,
  uncategorized_text: words,
});
