// Generated from the OpenAPI document by `deno task client:types`.

/** Create a customer portal session. */
export type PortalIntent = {
  flow: "subscription_update_confirm";
  plan: "pro" | "scale";
  interval: "month" | "year";
  locale?:
    | "auto"
    | "bg"
    | "cs"
    | "da"
    | "de"
    | "el"
    | "en"
    | "en-AU"
    | "en-CA"
    | "en-GB"
    | "en-IE"
    | "en-IN"
    | "en-NZ"
    | "en-SG"
    | "es"
    | "es-419"
    | "et"
    | "fi"
    | "fil"
    | "fr"
    | "fr-CA"
    | "hr"
    | "hu"
    | "id"
    | "it"
    | "ja"
    | "ko"
    | "lt"
    | "lv"
    | "ms"
    | "mt"
    | "nb"
    | "nl"
    | "pl"
    | "pt"
    | "pt-BR"
    | "ro"
    | "ru"
    | "sk"
    | "sl"
    | "sv"
    | "th"
    | "tr"
    | "vi"
    | "zh"
    | "zh-HK"
    | "zh-TW";
  /** The page that the portal returns to: `/organization#/plans`, `/account` or `/organization/details`. */
  return_to?: "organization" | "account" | "details";
} | {
  flow?:
    | "payment_method_update"
    | "customer_update"
    | "subscription_update"
    | "subscription_cancel"
    | "subscription_pause";
  plan?: never;
  interval?: never;
  locale?:
    | "auto"
    | "bg"
    | "cs"
    | "da"
    | "de"
    | "el"
    | "en"
    | "en-AU"
    | "en-CA"
    | "en-GB"
    | "en-IE"
    | "en-IN"
    | "en-NZ"
    | "en-SG"
    | "es"
    | "es-419"
    | "et"
    | "fi"
    | "fil"
    | "fr"
    | "fr-CA"
    | "hr"
    | "hu"
    | "id"
    | "it"
    | "ja"
    | "ko"
    | "lt"
    | "lv"
    | "ms"
    | "mt"
    | "nb"
    | "nl"
    | "pl"
    | "pt"
    | "pt-BR"
    | "ro"
    | "ru"
    | "sk"
    | "sl"
    | "sv"
    | "th"
    | "tr"
    | "vi"
    | "zh"
    | "zh-HK"
    | "zh-TW";
  /** The page that the portal returns to: `/organization#/plans`, `/account` or `/organization/details`. */
  return_to?: "organization" | "account" | "details";
};

/** Start Checkout for a plan or a credit pack. */
export type CheckoutChoice = {
  plan: "pro" | "scale";
  interval: "month" | "year";
  credits?: never;
} | {
  credits: "small" | "medium" | "large";
  plan?: never;
  interval?: never;
};

/** The URL to redirect to. */
export type RedirectUrl = {
  /** Created for this request. Redirect to it; never show it in a frame. */
  url: string;
};

/** The current balance. */
export type Balance = {
  plan: "free" | "paid";
  plan_id: "free" | "pro" | "scale" | null;
  interval: "month" | "year" | null;
  status:
    | "incomplete"
    | "incomplete_expired"
    | "trialing"
    | "active"
    | "past_due"
    | "unpaid"
    | "paused"
    | "canceled"
    | null;
  cancel_at: string | null;
  current_period_end: string | null;
  tokens: {
    total: number;
    granted: number;
    purchased: number;
  };
  has_customer: boolean;
  features: string[];
  limits: Record<string, number>;
};

/** Charge tokens, once per Idempotency-Key. */
export type ChargeBody = {
  tokens: number;
  description?: string;
};

/** Charged. */
export type Charge = {
  id: string;
  tokens: number;
  balance: number;
};

/** The body of an error. */
export type ApiError = {
  error:
    | "validation_error"
    | "no_stripe_customer"
    | "unauthorized"
    | "insufficient_balance"
    | "forbidden"
    | "not_found"
    | "method_not_allowed"
    | "request_timeout"
    | "conflict"
    | "payload_too_large"
    | "unsupported_media_type"
    | "rate_limited"
    | "unavailable"
    | "internal_error";
  message: string;
  /** Identifies the request in the logs; with a 5xx. */
  request_id?: string;
};
