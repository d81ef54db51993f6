import { longId, shortId } from "../store/ids.ts";
import type {
  ApiCustomer,
  ApiPlan,
  ApiPrice,
  ApiSubscription,
  ApiSubscriptionItem,
} from "../api/api_types.ts";
import type { SubscriptionExtra } from "../store/schema.ts";

/** What only this stand-in knows of a subscription, at its beginning. */
export function newSubscriptionExtra(): SubscriptionExtra {
  return {
    debits: [],
    trialWarned: false,
    upcomingForSec: null,
    resumeAtSec: null,
    resumesWith: null,
  };
}

/** A subscription of whom and in what, before its items and dates are set. */
export function newSubscription(
  customer: ApiCustomer,
  at: { currency: string; createdSec: number },
): ApiSubscription {
  const id = longId("sub");
  return {
    id,
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: at.createdSec,
    billing_cycle_anchor_config: null,
    billing_mode: {
      type: "flexible",
      flexible: { proration_discounts: "included" },
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: null,
    },
    collection_method: "charge_automatically",
    created: at.createdSec,
    currency: at.currency,
    customer: customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    items: {
      object: "list",
      data: [],
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: "off",
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: at.createdSec,
    status: "incomplete",
    test_clock: idOf(customer.test_clock),
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: "create_invoice",
      },
    },
    trial_start: null,
  };
}

/** One thing that a subscription is to. */
export function newItem(
  subscription: string,
  of: {
    price: ApiPrice;
    quantity: number;
    metadata: Record<string, string>;
    createdSec: number;
    period: { startSec: number; endSec: number };
  },
): ApiSubscriptionItem {
  return {
    id: shortId("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: of.createdSec,
    current_period_end: of.period.endSec,
    current_period_start: of.period.startSec,
    current_trial: null,
    discounts: [],
    metadata: of.metadata,
    plan: planOf(of.price),
    price: of.price,
    quantity: of.quantity,
    subscription,
    tax_rates: [],
  };
}

/** The same price as older clients read it. */
export function planOf(price: ApiPrice): ApiPlan {
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: "per_unit",
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: "licensed",
  };
}

/** An id, of what may have been expanded by its type. */
export function idOf(value: string | { id: string } | null): string | null {
  return typeof value === "object" ? value?.id ?? null : value;
}

type Why = NonNullable<
  ApiSubscription["status_details"]
>["paused"]["subscription"]["type"];

/** A paused subscription says since when, and why. */
export function pauseFor(
  subscription: ApiSubscription,
  why: Why,
  nowSec: number,
): ApiSubscription {
  return {
    ...subscription,
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: why },
        transitioned_at: nowSec,
        type: "subscription",
      },
    },
  };
}
