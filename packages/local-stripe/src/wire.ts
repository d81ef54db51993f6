import type Stripe from "stripe";
import type { ListOf } from "./lists.ts";

/**
 * What the API sends, as plain JSON: the SDK's own types with decimals as the text they travel as,
 * and with every member there that Stripe always sends. Members that are sent only when expanded
 * (`Left`) are not part of a stored object.
 */
type Whole<T, Left extends keyof T = never> = Required<
  Omit<T, Left | "deleted">
>;

export type WireCustomer =
  & Whole<
    Stripe.Customer,
    | "business_name"
    | "cash_balance"
    | "individual_name"
    | "invoice_credit_balance"
    | "sources"
    | "subscriptions"
    | "tax"
    | "tax_ids"
  >
  // Sent only once they have been set.
  & Partial<Pick<Stripe.Customer, "business_name" | "individual_name">>;

export type WirePaymentMethod =
  & Pick<
    Stripe.PaymentMethod,
    | "id"
    | "object"
    | "billing_details"
    | "created"
    | "customer_account"
    | "livemode"
    | "metadata"
  >
  & {
    allow_redisplay: "always" | "limited" | "unspecified";
    card: Whole<Stripe.PaymentMethod.Card, "description" | "iin" | "issuer">;
    customer: string | null;
    type: "card";
  };

export type WireProduct = Whole<Stripe.Product> & {
  default_price: string | null;
};

export type WirePrice =
  & Whole<Stripe.Price, "currency_options" | "tiers" | "unit_amount_decimal">
  & { product: string; unit_amount_decimal: string | null };

/** `valid` is said when it is shown: it goes by the moment. */
export type WireCoupon = Whole<
  Stripe.Coupon,
  "applies_to" | "currency_options"
>;

export type WirePortalConfiguration =
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

export type WirePortalSession = Whole<Stripe.BillingPortal.Session> & {
  configuration: string;
};

type Line = Stripe.InvoiceLineItem;
export type WireInvoiceLine = Omit<Line, "pricing" | "quantity_decimal"> & {
  pricing:
    | Omit<NonNullable<Line["pricing"]>, "unit_amount_decimal"> & {
      unit_amount_decimal: string | null;
    }
    | null;
  quantity_decimal: string | null;
};

export type WireInvoice =
  & Whole<
    Stripe.Invoice,
    | "amount_paid_off_stripe"
    | "confirmation_secret"
    | "customer"
    | "lines"
    | "payments"
    | "status_details"
    | "threshold_reason"
  >
  & { customer: string; lines: ListOf<WireInvoiceLine> };
