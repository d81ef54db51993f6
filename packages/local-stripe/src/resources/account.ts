import type Stripe from "stripe";
import { endpoint } from "../api/endpoint.ts";
import { BUSINESS_NAME } from "../context.ts";

export const ACCOUNT_ID = "acct_1LocalStripeDemo";

const ACCOUNT: Stripe.Account = {
  id: ACCOUNT_ID,
  object: "account",
  business_profile: {
    annual_revenue: null,
    estimated_worker_count: null,
    mcc: "5734",
    minority_owned_business_designation: null,
    name: BUSINESS_NAME,
    product_description: null,
    specified_commercial_transactions_act_url: null,
    support_address: null,
    support_email: null,
    support_phone: null,
    support_url: null,
    url: null,
  },
  business_type: null,
  capabilities: { card_payments: "active", transfers: "active" },
  charges_enabled: true,
  controller: { type: "account" },
  country: "US",
  default_currency: "usd",
  details_submitted: true,
  email: null,
  external_accounts: {
    object: "list",
    data: [],
    has_more: false,
    url: `/v1/accounts/${ACCOUNT_ID}/external_accounts`,
  },
  payouts_enabled: true,
  settings: {
    branding: {
      icon: null,
      logo: null,
      primary_color: null,
      secondary_color: null,
    },
    card_payments: {
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: BUSINESS_NAME, timezone: "Etc/UTC" },
    payments: {
      statement_descriptor: "PORTICO",
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
  },
  type: "standard",
};

export const retrieveAccount = endpoint({
  returns: "account",
  params: {},
  run: () => Promise.resolve(ACCOUNT),
});
