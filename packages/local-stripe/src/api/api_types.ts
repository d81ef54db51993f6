import type Stripe from "stripe";
import type { ListOf } from "./pagination.ts";

/**
 * An object of the API as JSON: the SDK's type, with decimals as strings and with every member that
 * Stripe always sends required. `Omitted` are members that are sent only when expanded.
 */
type Complete<T, Omitted extends keyof T = never> = Required<
  Omit<T, Omitted | "deleted">
>;

// deno-fmt-ignore: a list of names reads best filled
export type ApiCustomer =
  & Complete<
    Stripe.Customer,
    | "business_name" | "cash_balance" | "individual_name" | "invoice_credit_balance"
    | "sources" | "subscriptions" | "tax" | "tax_ids"
  >
  // Sent only while they are set.
  & Partial<Pick<Stripe.Customer, "business_name" | "individual_name">>;

// deno-fmt-ignore: a list of names reads best filled
export type ApiPaymentMethod =
  & Pick<
    Stripe.PaymentMethod,
    | "id" | "object" | "billing_details" | "created" | "customer_account" | "livemode"
    | "metadata"
  >
  & {
    allow_redisplay: "always" | "limited" | "unspecified";
    card: Complete<Stripe.PaymentMethod.Card, "description" | "iin" | "issuer">;
    customer: string | null;
    type: "card";
  };

export type ApiProduct = Complete<Stripe.Product> & {
  default_price: string | null;
};

export type ApiPrice =
  & Complete<Stripe.Price, "currency_options" | "tiers" | "unit_amount_decimal">
  & { product: string; unit_amount_decimal: string | null };

/** `valid` depends on the time, so it is computed when the coupon is shown. */
export type ApiCoupon = Complete<
  Stripe.Coupon,
  "applies_to" | "currency_options"
>;

/** `active` is the stored flag; it is shown as false while the code cannot be redeemed. */
export type ApiPromotionCode =
  & Complete<Stripe.PromotionCode, "customer" | "promotion">
  & { customer: string | null; promotion: { type: "coupon"; coupon: string } };

/** A coupon at work on a subscription or an invoice. */
export type ApiDiscount =
  & Complete<Stripe.Discount, "promotion_code" | "source">
  & {
    promotion_code: string | null;
    source: { type: "coupon"; coupon: string };
  };

export type ApiTaxId = Complete<Stripe.TaxId, "customer"> & {
  customer: string;
};

export type ApiPortalConfiguration =
  & Omit<Stripe.BillingPortal.Configuration, "features">
  & {
    features:
      & Omit<Stripe.BillingPortal.Configuration.Features, "subscription_update">
      & {
        subscription_update: Omit<
          Stripe.BillingPortal.Configuration.Features.SubscriptionUpdate,
          "products"
        >;
      };
  };

export type ApiPortalSession = Complete<Stripe.BillingPortal.Session> & {
  configuration: string;
};

type Line = Stripe.InvoiceLineItem;
export type ApiInvoiceLine = Omit<Line, "pricing" | "quantity_decimal"> & {
  pricing:
    | Omit<NonNullable<Line["pricing"]>, "unit_amount_decimal"> & {
      unit_amount_decimal: string | null;
    }
    | null;
  quantity_decimal: string | null;
};

// deno-fmt-ignore: a list of names reads best filled
export type ApiInvoice =
  & Complete<
    Stripe.Invoice,
    | "confirmation_secret" | "customer" | "lines" | "payments"
    | "status_details" | "threshold_reason"
  >
  & { customer: string; lines: ListOf<ApiInvoiceLine> };

export type ApiPlan = Complete<Stripe.Plan, "amount_decimal" | "tiers"> & {
  amount_decimal: string | null;
  product: string;
};

export type ApiSubscriptionItem =
  & Complete<Stripe.SubscriptionItem, "billed_until" | "plan" | "price">
  & { plan: ApiPlan; price: ApiPrice };

// deno-fmt-ignore: a list of names reads best filled
export type ApiSubscription =
  & Complete<
    Stripe.Subscription,
    | "customer" | "default_payment_method" | "items" | "latest_invoice"
    | "presentment_details" | "schedule" | "status" | "status_details" | "test_clock"
  >
  // Sent only in some states.
  & Partial<Pick<Stripe.Subscription, "status_details">>
  & {
    customer: string;
    default_payment_method: string | null;
    items: ListOf<ApiSubscriptionItem>;
    latest_invoice: string | null;
    schedule: string | null;
    status: SubscriptionStatus;
    test_clock: string | null;
  };

// deno-fmt-ignore: a list of names reads best filled
export type SubscriptionStatus =
  | "active" | "canceled" | "incomplete" | "incomplete_expired" | "past_due" | "paused"
  | "trialing" | "unpaid";

type Phase = Stripe.SubscriptionSchedule.Phase;
export type ApiPhaseItem = Complete<Phase["items"][number]> & {
  plan: string;
  price: string;
};
export type ApiPhase =
  & Complete<Phase, "automatic_tax" | "items" | "trial">
  & { items: ApiPhaseItem[] };

export type ApiSchedule =
  & Complete<
    Stripe.SubscriptionSchedule,
    "customer" | "end_behavior" | "phases" | "status" | "subscription"
  >
  & {
    customer: string;
    end_behavior: "cancel" | "release";
    phases: ApiPhase[];
    status: "active" | "canceled" | "completed" | "not_started" | "released";
    subscription: string | null;
  };

// deno-fmt-ignore: a list of names reads best filled
export type ApiPaymentIntent =
  & Complete<
    Stripe.PaymentIntent,
    | "amount_details" | "customer" | "hooks" | "latest_charge" | "last_payment_error"
    | "payment_details" | "payment_method" | "presentment_details" | "status"
  >
  & {
    customer: string | null;
    last_payment_error: PaymentError | null;
    latest_charge: string | null;
    payment_method: string | null;
    status:
      | "canceled" | "processing" | "requires_action" | "requires_payment_method" | "succeeded";
  };

/** The error of the last payment attempt. */
export interface PaymentError {
  type: "card_error" | "invalid_request_error";
  code: string;
  decline_code?: string;
  charge?: string;
  doc_url: string;
  message: string;
  payment_method?: object;
}

// deno-fmt-ignore: a list of names reads best filled
export type ApiCharge =
  & Complete<
    Stripe.Charge,
    | "authorization_code" | "customer" | "level3" | "payment_intent" | "presentment_details"
    | "radar_options" | "refunds" | "status" | "transfer"
  >
  & {
    customer: string | null;
    payment_intent: string;
    status: "failed" | "succeeded";
  };

// deno-fmt-ignore: a list of names reads best filled
export type ApiRefund =
  & Complete<
    Stripe.Refund,
    | "charge" | "description" | "failure_balance_transaction" | "failure_reason"
    | "instructions_email" | "next_action" | "payment_intent" | "pending_reason"
    | "presentment_details" | "status"
  >
  // Sent only in some states.
  & Partial<Pick<Stripe.Refund, "failure_reason" | "pending_reason">>
  & {
    failure_balance_transaction?: string;
    charge: string;
    payment_intent: string;
    status: "canceled" | "failed" | "pending" | "succeeded";
  };

// deno-fmt-ignore: a list of names reads best filled
export type ApiDispute =
  & Complete<
    Stripe.Dispute,
    | "charge" | "evidence" | "network_reason_code" | "payment_intent" | "status"
  >
  & {
    charge: string;
    evidence: Omit<Stripe.Dispute.Evidence, "appeal">;
    payment_intent: string;
    status: "lost" | "needs_response" | "under_review" | "won";
  };

export type ApiInvoicePayment =
  & Omit<Stripe.InvoicePayment, "invoice" | "payment" | "status">
  & {
    invoice: string;
    payment: { type: "payment_intent"; payment_intent: string };
    status: "canceled" | "open" | "paid";
  };

// deno-fmt-ignore: a list of names reads best filled
export type ApiInvoiceItem =
  & Complete<
    Stripe.InvoiceItem,
    | "customer" | "frozen_fields" | "invoice" | "invoicing_rules" | "pricing"
    | "proration_details" | "quantity_decimal"
  >
  & {
    customer: string;
    invoice: string | null;
    pricing: {
      type: "price_details";
      price_details?: { price: string; product: string };
      unit_amount_decimal: string | null;
    } | null;
    quantity_decimal: string;
  };

export type ApiTestClock =
  & Omit<
    Stripe.TestHelpers.TestClock,
    "deleted" | "status"
  >
  & { status: "advancing" | "ready" };
