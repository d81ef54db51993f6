import { longId, shortId } from "../store/ids.ts";
import type {
  ApiCustomer,
  ApiPlan,
  ApiPrice,
  ApiSubscription,
  ApiSubscriptionItem,
} from "../api/api_types.ts";
import type { SubscriptionExtra } from "../store/schema.ts";
import { nulls } from "../store/objects.ts";

/** The private state of a new subscription. */
export function newSubscriptionExtra(): SubscriptionExtra {
  return {
    debits: [],
    trialWarned: false,
    upcomingForSec: null,
    resumeAtSec: null,
    resumesWith: null,
  };
}

/** The `automatic_tax` of a subscription. */
export function automaticTax(
  enabled: boolean,
): ApiSubscription["automatic_tax"] {
  const liability = enabled ? { type: "self" as const } : null;
  return { disabled_reason: null, enabled, liability };
}

const BLANK = {
  ...nulls(
    "application application_fee_percent billing_cycle_anchor_config",
    "billing_thresholds cancel_at canceled_at customer_account days_until_due",
    "default_payment_method default_source description ended_at latest_invoice",
    "managed_payments next_pending_invoice_item_invoice on_behalf_of",
    "pause_collection pending_invoice_item_interval pending_setup_intent",
    "pending_update schedule transfer_data trial_end trial_start",
  ),
  object: "subscription",
  automatic_tax: automaticTax(false),
  billing_mode: {
    type: "flexible",
    flexible: { proration_discounts: "included" },
  },
  billing_schedules: [],
  cancel_at_period_end: false,
  cancellation_details: nulls("comment feedback feedback_option reason"),
  collection_method: "charge_automatically",
  default_tax_rates: [],
  discounts: [],
  invoice_settings: {
    ...nulls("account_tax_ids custom_fields description footer"),
    issuer: { type: "self" },
  },
  livemode: false,
  metadata: {},
  payment_settings: {
    ...nulls("payment_method_options payment_method_types"),
    save_default_payment_method: "off",
  },
  status: "incomplete",
  trial_settings: {
    end_behavior: {
      billing_cycle_anchor: null,
      missing_payment_method: "create_invoice",
    },
  },
} satisfies Partial<ApiSubscription>;

/** A new subscription, without items. */
export function newSubscription(
  customer: ApiCustomer,
  { currency, createdSec }: { currency: string; createdSec: number },
): ApiSubscription {
  const id = longId("sub");
  const url = `/v1/subscription_items?subscription=${id}`;
  return {
    ...structuredClone(BLANK),
    id,
    billing_cycle_anchor: createdSec,
    created: createdSec,
    currency,
    customer: customer.id,
    items: { object: "list", data: [], has_more: false, url },
    start_date: createdSec,
    test_clock: idOf(customer.test_clock),
  };
}

/** A new item of a subscription. */
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

/** The legacy plan object of a price. */
export function planOf(price: ApiPrice): ApiPlan {
  const { active, created, currency, id, metadata, nickname, product } = price;
  return {
    id,
    object: "plan",
    active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: "per_unit",
    created,
    currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata,
    ...nulls("meter tiers_mode transform_usage"),
    nickname,
    product,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: "licensed",
  };
}

/** The id of a reference, expanded or not. */
export function idOf(value: string | { id: string } | null): string | null {
  return typeof value === "object" ? value?.id ?? null : value;
}

/** A subscription with other items. */
export function withItems(
  subscription: ApiSubscription,
  data: ApiSubscriptionItem[],
): ApiSubscription {
  return { ...subscription, items: { ...subscription.items, data } };
}

/** The ids of a subscription's items. */
export function itemIds({ items }: ApiSubscription): Set<string> {
  return new Set(items.data.map(({ id }) => id));
}

type PauseReason = NonNullable<
  ApiSubscription["status_details"]
>["paused"]["subscription"]["type"];

/** A subscription in status `paused`. */
export function paused(
  subscription: ApiSubscription,
  reason: PauseReason,
  nowSec: number,
): ApiSubscription {
  return {
    ...subscription,
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: reason },
        transitioned_at: nowSec,
        type: "subscription",
      },
    },
  };
}

/** A paused subscription in another status. */
export function unpaused(
  { status_details: _paused, ...rest }: ApiSubscription,
  status: "active" | "canceled",
): ApiSubscription {
  return { ...rest, status };
}
