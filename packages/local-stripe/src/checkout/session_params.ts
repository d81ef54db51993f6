import { notImplemented } from "../api/errors.ts";
import {
  boolean,
  email,
  fields,
  integer,
  list,
  missing,
  nullable,
  oneOf,
  type Read,
  type Reader,
  reader,
  required,
  text,
  url,
} from "../api/params.ts";
import { address } from "../api/address.ts";
import { metadata } from "../api/metadata.ts";
import { currency } from "../resources/price_terms.ts";

// deno-fmt-ignore: a table of words reads best filled
const LOCALES = [
  "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
  "hi-IN", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR",
  "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
] as const;

/** Something of Stripe's that may be said to be off, and is not here to be on. */
const offOnly = fields({ enabled: reader<false>(readOff) });

function readOff(value: Parameters<Reader<boolean>["read"]>[0], at: string) {
  if (boolean.read(value, at)) throw notImplemented(`the parameter ${at}=true`);
  return false as const;
}

/** One of these words; another one of Stripe's is 501, and one that is nobody's 400. */
function only<const T extends string>(known: T[], others: string[]): Reader<T> {
  const any = oneOf(...known, ...others);
  return reader((value, at) => {
    const word = any.read(value, at);
    const found = known.find((name) => name === word);
    if (found === undefined) throw notImplemented(`${at}=${word}`);
    return found;
  });
}

const NUMBERS = {
  adjustable_quantity: fields({
    enabled: required(reader<false>(readOff)),
    maximum: integer(1, 999_999),
    minimum: integer(0, 999_998),
  }),
  metadata,
  quantity: integer(1, 999_999),
  tax_rates: missing,
};

const PRICE_DATA = fields({
  currency: required(currency),
  product: text(255),
  product_data: fields({
    description: text(),
    images: list(url, 8),
    metadata,
    name: required(text(250)),
    tax_code: missing,
    tax_details: missing,
    unit_label: text(12),
  }),
  recurring: fields({
    interval: required(oneOf("day", "week", "month", "year")),
    interval_count: integer(1),
  }),
  tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
  unit_amount: integer(0, 99_999_999_999),
  unit_amount_decimal: text(30, /^\d{1,12}(\.\d{1,12})?$/),
});

const LINE_ITEMS = list(
  fields({ ...NUMBERS, price: text(255), price_data: PRICE_DATA }),
  100,
);
export type LineParams = ReturnType<typeof LINE_ITEMS.read>[number];

const SUBSCRIPTION_DATA = fields({
  application_fee_percent: missing,
  billing_cycle_anchor: missing,
  billing_cycle_anchor_config: missing,
  billing_mode: fields({ type: required(only(["flexible"], ["classic"])) }),
  default_tax_rates: missing,
  description: text(500),
  invoice_settings: missing,
  metadata,
  on_behalf_of: missing,
  pending_invoice_item_interval: missing,
  proration_behavior: oneOf("create_prorations", "none"),
  transfer_data: missing,
  trial_end: integer(1),
  trial_period_days: integer(1, 730),
  trial_settings: fields({
    end_behavior: required(fields({
      missing_payment_method: required(
        oneOf("cancel", "create_invoice", "pause"),
      ),
    })),
  }),
});

const PAYMENT_INTENT_DATA = fields({
  application_fee_amount: missing,
  capture_method: only(["automatic", "automatic_async"], ["manual"]),
  description: text(1_000),
  metadata,
  on_behalf_of: missing,
  receipt_email: email,
  setup_future_usage: oneOf("off_session", "on_session"),
  // Nothing is sent anywhere, so that it is checked and forgotten.
  shipping: fields({
    address: required(address),
    carrier: text(500),
    name: required(text(500)),
    phone: text(40),
    tracking_number: text(500),
  }),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: missing,
  transfer_group: missing,
});

const INVOICE_DATA = fields({
  account_tax_ids: missing,
  custom_fields: nullable(
    list(fields({ name: required(text(40)), value: required(text(140)) }), 4),
  ),
  description: text(1_500),
  footer: text(),
  issuer: fields({ account: missing, type: required(oneOf("self")) }),
  metadata,
  rendering_options: missing,
});

const MESSAGE = nullable(fields({ message: required(text(1_200)) }));

/** The parameters of `POST /v1/checkout/sessions`; those of `missing` are Stripe's and not here. */
export const SESSION_PARAMS = {
  adaptive_pricing: offOnly,
  after_expiration: fields({
    recovery: fields({
      allow_promotion_codes: boolean,
      enabled: required(boolean),
    }),
  }),
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(text(50), 60),
  automatic_tax: fields({
    enabled: required(reader<false>(readOff)),
    liability: missing,
  }),
  billing_address_collection: oneOf("auto", "required"),
  branding_settings: missing,
  cancel_url: url,
  client_reference_id: text(200),
  consent_collection: missing,
  currency,
  custom_fields: missing,
  custom_text: fields({
    after_submit: MESSAGE,
    shipping_address: MESSAGE,
    submit: MESSAGE,
    terms_of_service_acceptance: MESSAGE,
  }),
  customer: text(255),
  customer_account: missing,
  customer_creation: oneOf("always", "if_required"),
  customer_email: email,
  customer_update: fields({
    address: oneOf("auto", "never"),
    name: oneOf("auto", "never"),
    shipping: oneOf("auto", "never"),
  }),
  discounts: list(
    fields({ promotion_code: missing, coupon: required(text()) }),
    1,
  ),
  excluded_payment_method_types: list(text(50), 60),
  expires_at: integer(1),
  integration_identifier: text(200),
  invoice_creation: fields({
    enabled: required(boolean),
    invoice_data: INVOICE_DATA,
  }),
  line_items: LINE_ITEMS,
  locale: oneOf(...LOCALES),
  managed_payments: offOnly,
  metadata,
  mode: only(["payment", "subscription"], ["setup"]),
  name_collection: missing,
  optional_items: missing,
  origin_context: oneOf("mobile_app", "web"),
  payment_intent_data: PAYMENT_INTENT_DATA,
  payment_method_collection: oneOf("always", "if_required"),
  payment_method_configuration: missing,
  payment_method_data: fields({
    allow_redisplay: oneOf("always", "limited", "unspecified"),
  }),
  payment_method_options: missing,
  permissions: missing,
  phone_number_collection: offOnly,
  redirect_on_completion: oneOf("always", "if_required", "never"),
  return_url: url,
  saved_payment_method_options: missing,
  setup_intent_data: missing,
  shipping_address_collection: missing,
  shipping_options: missing,
  submit_type: oneOf("auto", "book", "donate", "pay", "subscribe"),
  subscription_data: SUBSCRIPTION_DATA,
  success_url: url,
  tax_id_collection: fields({
    enabled: required(reader<false>(readOff)),
    required: missing,
  }),
  ui_mode: only(["hosted_page"], ["elements", "embedded_page", "form"]),
  wallet_options: missing,
};
export type SessionParams = Read<typeof SESSION_PARAMS>;
