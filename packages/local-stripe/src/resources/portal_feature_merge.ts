import { invalidRequest } from "../api/errors.ts";
import type { PortalConfigurationExtra } from "../store/schema.ts";
import type { ApiPortalConfiguration } from "../api/api_types.ts";
import type { FeaturesChange } from "./portal_features.ts";

type Features = ApiPortalConfiguration["features"];
interface Merged {
  features: Features;
  products: PortalConfigurationExtra["products"];
}

/** Everything off: what a new configuration begins with. */
export const NO_FEATURES: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: [
        "too_expensive",
        "missing_features",
        "switched_service",
        "unused",
        "other",
      ],
    },
    enabled: false,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: {
    duration: { interval_options: [], type: "indefinite" },
    enabled: false,
  },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};

/** The features after a change: what is not named stays. */
export function mergeFeatures(before: Merged, change: FeaturesChange): Merged {
  const old = before.features;
  const merged: Merged = {
    features: {
      customer_update: mergeCustomerUpdate(
        old.customer_update,
        change.customer_update,
      ),
      invoice_history: { ...old.invoice_history, ...change.invoice_history },
      payment_method_update: {
        ...old.payment_method_update,
        ...change.payment_method_update,
      },
      subscription_cancel: mergeCancel(
        old.subscription_cancel,
        change.subscription_cancel,
      ),
      subscription_pause: mergePause(
        old.subscription_pause,
        change.subscription_pause,
      ),
      subscription_update: mergeUpdate(
        old.subscription_update,
        change.subscription_update,
      ),
    },
    products: mergeProducts(
      before.products,
      change.subscription_update?.products,
    ),
  };
  const { enabled, default_allowed_updates: allowed } =
    merged.features.subscription_update;
  if (enabled && (allowed.length === 0 || merged.products.length === 0)) {
    throw invalidRequest(
      "Subscription updates need default_allowed_updates and products.",
      {
        param: "features[subscription_update]",
      },
    );
  }
  return merged;
}

function mergeCustomerUpdate(
  old: Features["customer_update"],
  change: FeaturesChange["customer_update"],
): Features["customer_update"] {
  const { allowed_updates: allowed, ...plain } = change ?? {};
  return {
    ...old,
    ...plain,
    ...(allowed !== undefined && { allowed_updates: allowed ?? [] }),
  };
}

function mergeCancel(
  old: Features["subscription_cancel"],
  change: FeaturesChange["subscription_cancel"],
): Features["subscription_cancel"] {
  const { cancellation_reason: reason, ...plain } = change ?? {};
  const { options, ...rest } = reason ?? {};
  return {
    ...old,
    ...plain,
    cancellation_reason: {
      ...old.cancellation_reason,
      ...rest,
      ...(options !== undefined && { options: options ?? [] }),
    },
  };
}

function mergePause(
  old: Features["subscription_pause"],
  change: FeaturesChange["subscription_pause"],
): Features["subscription_pause"] {
  const { duration, ...plain } = change ?? {};
  const options = (duration?.interval_options ?? [])
    .map(({ interval, interval_count: count }) => ({
      interval,
      interval_count: count ?? 1,
    }));
  return {
    ...old,
    ...plain,
    ...(duration &&
      { duration: { type: duration.type, interval_options: options } }),
  };
}

function mergeUpdate(
  old: Features["subscription_update"],
  change: FeaturesChange["subscription_update"],
): Features["subscription_update"] {
  const {
    default_allowed_updates: allowed,
    products: _products,
    schedule_at_period_end: schedule,
    ...plain
  } = change ?? {};
  return {
    ...old,
    ...plain,
    ...(allowed !== undefined && { default_allowed_updates: allowed ?? [] }),
    ...(schedule &&
      { schedule_at_period_end: { conditions: schedule.conditions ?? [] } }),
  };
}

type ProductsChange = NonNullable<
  FeaturesChange["subscription_update"]
>["products"];

function mergeProducts(
  old: Merged["products"],
  change: ProductsChange,
): Merged["products"] {
  if (change === undefined) return old;
  return (change ?? []).map((
    { product, prices, adjustable_quantity: quantity },
  ) => ({
    product,
    prices,
    adjustable_quantity: {
      enabled: quantity?.enabled ?? false,
      maximum: quantity?.maximum ?? null,
      minimum: quantity?.minimum ?? 1,
    },
  }));
}
