import { type Context, nowSec } from "../context.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import { sessionId } from "./line_items.ts";
import type { SessionParams } from "./session_params.ts";
import { paymentTerms, subscriptionTerms } from "./session_terms.ts";
import {
  type ApiCheckoutSession,
  type CheckoutExtra,
  discountMinor,
  dueTodayMinor,
  isGuest,
  type Line,
} from "./session.ts";

const DAY_SEC = 86_400;
const SHORTEST_SEC = 30 * 60;
/** Methods that the hosted page has: a card, and a debit that settles later. */
export type MethodType = "card" | "us_bank_account";

/** A session of its parameters, open and unpaid, with its lines settled. */
export function newSession(
  context: Context,
  params: SessionParams,
  of: { lines: Line[]; customer: ApiCustomer | null; secret: string },
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
    pending: null,
    debit: null,
    failure: null,
    customerUpdate: {
      address: params.customer_update?.address === "auto",
      name: params.customer_update?.name === "auto",
    },
  };
  const object = objectOf(context, params, { ...of, mode, extra });
  return { object: withMethods(params, { object, extra }), extra };
}

function objectOf(
  context: Context,
  params: SessionParams,
  of: {
    lines: Line[];
    customer: ApiCustomer | null;
    mode: "payment" | "subscription";
    extra: CheckoutExtra;
  },
): ApiCheckoutSession {
  const { customer, extra, lines, mode } = of;
  const total = dueTodayMinor({ extra });
  const off = discountMinor({ extra });
  return {
    ...BLANK,
    ...partsOf(params),
    id: sessionId(),
    amount_subtotal: total + off,
    amount_total: total,
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
    payment_status: total === 0 ? "no_payment_required" : "unpaid",
    success_url: params.success_url ?? null,
    total_details: { amount_discount: off, amount_shipping: 0, amount_tax: 0 },
  };
}

const BLANK = {
  object: "checkout.session",
  collected_information: {
    business_name: null,
    individual_name: null,
    shipping_details: null,
  },
  automatic_tax: {
    enabled: false,
    liability: null,
    provider: null,
    status: null,
  },
  client_secret: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  customer_account: null,
  invoice: null,
  livemode: false,
  managed_payments: { enabled: false },
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  subscription: null,
  ui_mode: "hosted_page",
  url: null,
  wallet_options: null,
} satisfies Partial<ApiCheckoutSession>;

// What is kept as it was given.
function partsOf(params: SessionParams) {
  const { custom_text: words, after_expiration: after } = params;
  const { excluded_payment_method_types: excluded } = params;
  return {
    adaptive_pricing: { enabled: false },
    after_expiration: after === undefined
      ? null
      : { recovery: recoveryOf(after) },
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    custom_text: {
      after_submit: words?.after_submit ?? null,
      shipping_address: words?.shipping_address ?? null,
      submit: words?.submit ?? null,
      terms_of_service_acceptance: words?.terms_of_service_acceptance ?? null,
    },
    customer_email: params.customer_email ?? null,
    discounts: (params.discounts ?? []).map(({ coupon }) => ({
      coupon,
      promotion_code: null,
    })),
    integration_identifier: params.integration_identifier ?? null,
    locale: params.locale ?? null,
    origin_context: params.origin_context ?? null,
    submit_type: params.submit_type ?? null,
    ...(excluded && { excluded_payment_method_types: excluded }),
  } satisfies Partial<ApiCheckoutSession>;
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

/** What is known of who pays, before anything has been typed. */
export function detailsOf(
  customer: ApiCustomer | null,
  email: string | null,
): ApiCheckoutSession["customer_details"] {
  if (customer === null && email === null) return null;
  return {
    address: null,
    business_name: null,
    email: customer?.email ?? email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: customer?.tax_exempt ?? "none",
    tax_ids: null,
  };
}

function expiryOf(context: Context, asked: number | undefined): number {
  const now = nowSec(context);
  if (asked === undefined) return now + DAY_SEC;
  const fail = (message: string) =>
    invalidRequest(message, { param: "expires_at" });
  // The clocks of two machines, and the way from one to the other.
  if (asked < now + SHORTEST_SEC - 5) {
    throw fail("A Checkout Session has to stay open for at least 30 minutes.");
  }
  if (asked > now + DAY_SEC + 5) {
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
      account_tax_ids: null,
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: mergeMetadata({}, data?.metadata),
      rendering_options: null,
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
  // A bank answers days later, so that there has to be a customer to whom it does.
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
