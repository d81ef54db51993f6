import { notImplemented } from "../api/errors.ts";
import {
  boolean,
  email,
  fields,
  gaps,
  integer,
  list,
  mapped,
  missing,
  nullable,
  oneOf,
  only,
  type Read,
  type Reader,
  reader,
  required,
  text,
  url,
} from "../api/params.ts";
import { address } from "../api/address.ts";
import { metadata } from "../api/metadata.ts";
import { automaticTax, billingMode } from "../billing/subscription_params.ts";
import { REDEMPTION } from "../billing/redemption.ts";
import { currency } from "../api/price_terms.ts";

// deno-fmt-ignore: a list of codes reads best filled
const LOCALES = [
  "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
  "hi-IN", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR",
  "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
] as const;

/** A feature that is not implemented: `enabled` may only be false. */
const offOnly = fields({ enabled: reader<false>(readOff) });

function readOff(value: Parameters<Reader<boolean>["read"]>[0], at: string) {
  if (boolean.read(value, at)) throw notImplemented(`the parameter ${at}=true`);
  return false as const;
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
  ...gaps(
    "application_fee_percent billing_cycle_anchor",
    "billing_cycle_anchor_config default_tax_rates invoice_settings",
    "on_behalf_of pending_invoice_item_interval transfer_data",
  ),
  billing_mode: billingMode,
  description: text(500),
  metadata,
  proration_behavior: oneOf("create_prorations", "none"),
  trial_end: integer(1),
  trial_period_days: integer(1, 730),
  trial_settings: fields({
    end_behavior: required(
      fields({
        missing_payment_method: required(
          oneOf("cancel", "create_invoice", "pause"),
        ),
      }),
    ),
  }),
});

const PAYMENT_INTENT_DATA = fields({
  ...gaps("application_fee_amount on_behalf_of transfer_data transfer_group"),
  capture_method: only(["automatic", "automatic_async"], ["manual"]),
  description: text(1_000),
  metadata,
  receipt_email: email,
  setup_future_usage: oneOf("off_session", "on_session"),
  // Validated and ignored.
  shipping: fields({
    address: required(address),
    carrier: text(500),
    name: required(text(500)),
    phone: text(40),
    tracking_number: text(500),
  }),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
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

const ALLOW_REDISPLAY = oneOf("always", "limited", "unspecified");

const NAME = mapped(
  fields({ enabled: required(boolean), optional: boolean }),
  ({ enabled, optional = false }) => ({ enabled, optional }),
);

const MESSAGE = nullable(fields({ message: required(text(1_200)) }));

/** The parameters of `POST /v1/checkout/sessions`; `missing` ones are refused with 501. */
export const SESSION_PARAMS = {
  ...gaps(
    "branding_settings consent_collection custom_fields customer_account",
    "optional_items payment_method_configuration",
    "payment_method_options permissions setup_intent_data shipping_address_collection shipping_options",
    "wallet_options",
  ),
  adaptive_pricing: offOnly,
  after_expiration: fields({
    recovery: fields({
      allow_promotion_codes: boolean,
      enabled: required(boolean),
    }),
  }),
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(text(50), 60),
  automatic_tax: automaticTax,
  billing_address_collection: oneOf("auto", "required"),
  cancel_url: url,
  client_reference_id: text(200),
  currency,
  custom_text: fields({
    after_submit: MESSAGE,
    shipping_address: MESSAGE,
    submit: MESSAGE,
    terms_of_service_acceptance: MESSAGE,
  }),
  customer: text(255),
  customer_creation: oneOf("always", "if_required"),
  customer_email: email,
  customer_update: fields({
    address: oneOf("auto", "never"),
    name: oneOf("auto", "never"),
    shipping: oneOf("auto", "never"),
  }),
  discounts: list(fields(REDEMPTION), 1),
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
  origin_context: oneOf("mobile_app", "web"),
  payment_intent_data: PAYMENT_INTENT_DATA,
  payment_method_collection: oneOf("always", "if_required"),
  payment_method_data: fields({ allow_redisplay: ALLOW_REDISPLAY }),
  phone_number_collection: offOnly,
  redirect_on_completion: oneOf("always", "if_required", "never"),
  return_url: url,
  saved_payment_method_options: fields({
    allow_redisplay_filters: list(ALLOW_REDISPLAY, 3),
    payment_method_remove: only(["disabled"], ["enabled"]),
    payment_method_save: oneOf("disabled", "enabled"),
  }),
  submit_type: oneOf("auto", "book", "donate", "pay", "subscribe"),
  subscription_data: SUBSCRIPTION_DATA,
  success_url: url,
  name_collection: fields({ business: NAME, individual: NAME }),
  tax_id_collection: fields({
    enabled: required(boolean),
    required: oneOf("if_supported", "never"),
  }),
  ui_mode: only(["hosted_page"], ["elements", "embedded_page", "form"]),
};
export type SessionParams = Read<typeof SESSION_PARAMS>;
