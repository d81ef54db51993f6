import { type Context, nowSec } from "../context.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { given } from "../api/params.ts";
import { nulls } from "../store/objects.ts";
import { DAY_SEC } from "../billing/periods.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import { sessionId } from "./line_items.ts";
import type { SessionParams } from "./session_params.ts";
import type { Redemption, Taxation } from "../store/schema.ts";
import { isGuest, priced } from "./session.ts";
import type {
  ApiCheckoutSession,
  CheckoutExtra,
  Line,
  PaymentTerms,
  SubscriptionTerms,
} from "../store/checkout_session.ts";

const SHORTEST_SEC = 30 * 60;
/** Allows for clock skew and network delay. */
const SKEW_SEC = 5;
type MethodType = "card" | "us_bank_account";

/**
 * A new open session.
 *
 * @throws {ApiError} 400 for an invalid `expires_at` or trial; 501 if no payment method is left.
 */
export function newSession(
  context: Context,
  params: SessionParams,
  of: {
    lines: Line[];
    customer: ApiCustomer | null;
    secret: string;
    redemption: Redemption | null;
    taxation: Taxation | null;
  },
): { object: ApiCheckoutSession; extra: CheckoutExtra } {
  const mode = params.mode ?? "payment";
  const extra: CheckoutExtra = {
    secret: of.secret,
    lines: of.lines,
    subscription: mode === "subscription"
      ? subscriptionTerms(context, params.subscription_data)
      : null,
    payment: mode === "payment"
      ? paymentTerms(params.payment_intent_data)
      : null,
    redemption: null,
    taxation: null,
    allowRedisplay: params.payment_method_data?.allow_redisplay ?? null,
    pending: null,
    debit: null,
    failure: null,
    customerUpdate: {
      address: params.customer_update?.address === "auto",
      name: params.customer_update?.name === "auto",
    },
  };
  const object = objectOf(context, params, { ...of, mode });
  const { redemption, taxation } = of;
  const made = priced({ object, extra }, { redemption, taxation });
  return { ...made, object: withMethods(params, made) };
}

function objectOf(
  context: Context,
  params: SessionParams,
  of: {
    lines: Line[];
    customer: ApiCustomer | null;
    mode: "payment" | "subscription";
  },
): ApiCheckoutSession {
  const { customer, lines, mode } = of;
  return {
    ...BLANK,
    ...partsOf(params),
    id: sessionId(),
    created: nowSec(context),
    currency: lines[0]?.currency ?? null,
    customer: customer?.id ?? null,
    customer_creation: customer !== null || mode === "subscription"
      ? null
      : params.customer_creation ?? "if_required",
    customer_details: detailsOf(customer, params.customer_email ?? null),
    expires_at: expiryOf(context, params.expires_at),
    invoice_creation: mode === "payment"
      ? invoiceCreationOf(params.invoice_creation)
      : null,
    metadata: mergeMetadata({}, params.metadata),
    mode,
    payment_method_collection: mode === "subscription"
      ? params.payment_method_collection ?? "always"
      : "if_required",
    payment_method_types: [],
    saved_payment_method_options: savedOptions(params),
    success_url: params.success_url ?? null,
  };
}

const BLANK = {
  ...nulls(
    "client_secret consent consent_collection currency_conversion",
    "customer_account invoice payment_intent payment_link",
    "payment_method_configuration_details permissions recovered_from",
    "setup_intent shipping_address_collection",
    "shipping_cost subscription url wallet_options",
  ),
  object: "checkout.session",
  amount_subtotal: 0,
  amount_total: 0,
  adaptive_pricing: { enabled: false },
  automatic_tax: { ...nulls("liability provider status"), enabled: false },
  collected_information: nulls(
    "business_name individual_name shipping_details",
  ),
  custom_fields: [],
  discounts: [],
  livemode: false,
  managed_payments: { enabled: false },
  payment_status: "unpaid",
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  shipping_options: [],
  status: "open",
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: "hosted_page",
} satisfies Partial<ApiCheckoutSession>;

/** The parameters that the session keeps as given. */
function partsOf(params: SessionParams) {
  const { after_expiration: after } = params;
  const { excluded_payment_method_types: excluded } = params;
  return {
    after_expiration: after === undefined
      ? null
      : { recovery: recoveryOf(after) },
    ...(params.automatic_tax?.enabled && {
      automatic_tax: {
        enabled: true,
        liability: { type: "self" },
        provider: "stripe",
        status: "requires_location_inputs",
      },
    }),
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    custom_text: {
      ...nulls("after_submit shipping_address submit"),
      terms_of_service_acceptance: null,
      ...params.custom_text,
    },
    customer_email: params.customer_email ?? null,
    integration_identifier: params.integration_identifier ?? null,
    locale: params.locale ?? null,
    origin_context: params.origin_context ?? null,
    submit_type: params.submit_type ?? null,
    ...given({
      name_collection: params.name_collection,
      tax_id_collection: params.tax_id_collection && {
        enabled: params.tax_id_collection.enabled,
        required: params.tax_id_collection.required ?? "never",
      },
    }),
    ...(excluded && { excluded_payment_method_types: excluded }),
  } satisfies Partial<ApiCheckoutSession>;
}

/** Saved cards are offered to a customer that exists already. */
function savedOptions(
  { customer, saved_payment_method_options: given }: SessionParams,
): ApiCheckoutSession["saved_payment_method_options"] {
  if (customer === undefined && given === undefined) return null;
  return {
    allow_redisplay_filters: given?.allow_redisplay_filters ?? ["always"],
    payment_method_remove: "disabled",
    payment_method_save: given?.payment_method_save ?? null,
  };
}

function recoveryOf(after: NonNullable<SessionParams["after_expiration"]>) {
  const { recovery } = after;
  return recovery === undefined ? null : {
    allow_promotion_codes: recovery.allow_promotion_codes ?? false,
    enabled: recovery.enabled,
    expires_at: null,
    url: null,
  };
}

function detailsOf(
  customer: ApiCustomer | null,
  email: string | null,
): ApiCheckoutSession["customer_details"] {
  if (customer === null && email === null) return null;
  return {
    ...nulls("address business_name individual_name name phone tax_ids"),
    email: customer?.email ?? email,
    tax_exempt: customer?.tax_exempt ?? "none",
  };
}

function expiryOf(context: Context, asked: number | undefined): number {
  const now = nowSec(context);
  if (asked === undefined) return now + DAY_SEC;
  const fail = (message: string) =>
    invalidRequest(message, { param: "expires_at" });
  if (asked < now + SHORTEST_SEC - SKEW_SEC) {
    throw fail("A Checkout Session has to stay open for at least 30 minutes.");
  }
  if (asked > now + DAY_SEC + SKEW_SEC) {
    throw fail("A Checkout Session can stay open for 24 hours at most.");
  }
  return asked;
}

function invoiceCreationOf(
  given: SessionParams["invoice_creation"],
): ApiCheckoutSession["invoice_creation"] {
  const data = given?.invoice_data;
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      ...nulls("account_tax_ids issuer rendering_options"),
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      metadata: mergeMetadata({}, data?.metadata),
    },
  };
}

function withMethods(
  params: SessionParams,
  session: { object: ApiCheckoutSession; extra: CheckoutExtra },
): ApiCheckoutSession {
  const { allowed_payment_method_types: allowed } = params;
  const excluded = params.excluded_payment_method_types ?? [];
  const { mode } = session.object;
  // A debit settles in a later step of the customer, so it needs a customer.
  const here: MethodType[] = mode === "payment" && !isGuest(session)
    ? ["card", "us_bank_account"]
    : ["card"];
  const types = here.filter((type) =>
    !excluded.includes(type) && (allowed?.includes(type) ?? true)
  );
  if (types.length === 0) {
    throw notImplemented("payment methods other than card and us_bank_account");
  }
  return { ...session.object, payment_method_types: types };
}

function subscriptionTerms(
  context: Context,
  given: SessionParams["subscription_data"] = {},
): SubscriptionTerms {
  const { trial_end: end, trial_period_days: days } = given;
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      "You may only specify one of these parameters: trial_end, trial_period_days.",
      {
        code: "parameters_exclusive",
        param: "subscription_data[trial_period_days]",
      },
    );
  }
  if (end !== undefined && end < nowSec(context) + 2 * DAY_SEC - SKEW_SEC) {
    throw invalidRequest("A trial has to end at least 48 hours from now.", {
      param: "subscription_data[trial_end]",
    });
  }
  const missing = given.trial_settings?.end_behavior.missing_payment_method;
  return {
    metadata: mergeMetadata({}, given.metadata),
    ...(given.description !== undefined && { description: given.description }),
    ...(end !== undefined && { trialEndSec: end }),
    ...(days !== undefined && { trialPeriodDays: days }),
    ...(missing !== undefined && { missingPaymentMethod: missing }),
  };
}

function paymentTerms(
  given: SessionParams["payment_intent_data"] = {},
): PaymentTerms {
  const { description, setup_future_usage: usage } = given;
  return {
    metadata: mergeMetadata({}, given.metadata),
    ...(description !== undefined && { description }),
    ...(usage !== undefined && { setupFutureUsage: usage }),
  };
}
