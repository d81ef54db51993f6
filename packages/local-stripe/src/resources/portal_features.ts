import type { ApiPortalConfiguration } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import { merge } from "../api/merge.ts";
import * as p from "../api/params.ts";
import type { Context } from "../context.ts";
import {
  type PortalConfigurationExtra,
  PRICE,
  PRODUCT,
  readParam,
} from "../store/schema.ts";

/** The most intervals of a price or pause: three years. */
const MAX_INTERVALS = { day: 1_096, week: 156, month: 36, year: 3 };

const PRORATIONS = p.oneOf("none", "create_prorations", "always_invoice");

const DURATION = p.mapped(
  p.fields({
    interval_options: p.listOrEmpty(
      p.fields({
        interval: p.required(p.oneOf("day", "week", "month", "year")),
        interval_count: p.integer(1),
      }),
      20,
    ),
    type: p.required(p.oneOf("indefinite", "interval_options")),
  }),
  ({ interval_options: options = [], type }) => ({
    type,
    interval_options: options.map((
      { interval, interval_count: count = 1 },
    ) => ({
      interval,
      interval_count: count,
    })),
  }),
);

const PRODUCTS = p.listOrEmpty(
  p.mapped(
    p.fields({
      adjustable_quantity: p.fields({
        enabled: p.required(p.boolean),
        maximum: p.integer(1),
        minimum: p.integer(1),
      }),
      prices: p.required(p.list(p.text(255), 100)),
      product: p.required(p.text(255)),
    }),
    ({ adjustable_quantity: quantity, prices, product }) => ({
      product,
      prices,
      adjustable_quantity: {
        enabled: quantity?.enabled ?? false,
        maximum: quantity?.maximum ?? null,
        minimum: quantity?.minimum ?? 1,
      },
    }),
  ),
  10,
);

const REASONS = p.oneOf(
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
);

/** The parameter `features`. Creating a configuration requires `enabled` in each feature. */
export const FEATURES = {
  create: featuresWith(p.required(p.boolean)),
  update: featuresWith(p.boolean),
};

function featuresWith<N extends boolean>(enabled: p.Reader<boolean, N>) {
  return p.fields({
    customer_update: p.fields({
      allowed_updates: p.listOrEmpty(
        p.oneOf("address", "email", "name", "phone", "shipping", "tax_id"),
      ),
      enabled,
    }),
    invoice_history: p.fields({ enabled: p.required(p.boolean) }),
    payment_method_update: p.fields({
      enabled: p.required(p.boolean),
      payment_method_configuration: p.nullable(p.missing),
    }),
    subscription_cancel: p.fields({
      cancellation_reason: p.fields({
        enabled: p.required(p.boolean),
        feedback_options: p.nullable(p.missing),
        options: p.listOrEmpty(REASONS),
      }),
      enabled,
      mode: p.oneOf("at_period_end", "immediately"),
      proration_behavior: PRORATIONS,
    }),
    subscription_pause: p.fields({ duration: DURATION, enabled: p.boolean }),
    subscription_update: p.fields({
      billing_cycle_anchor: p.oneOf("now", "unchanged"),
      default_allowed_updates: p.listOrEmpty(
        p.oneOf("price", "promotion_code", "quantity"),
      ),
      enabled,
      products: PRODUCTS,
      proration_behavior: PRORATIONS,
      schedule_at_period_end: p.fields({
        conditions: p.listOrEmpty(p.fields({
          type: p.required(
            p.oneOf("decreasing_item_amount", "shortening_interval"),
          ),
        })),
      }),
      trial_update_behavior: p.oneOf("end_trial", "continue_trial"),
    }),
  });
}
type FeaturesChange = ReturnType<typeof FEATURES.update.read>;

/** The features of a new configuration. */
export const NO_FEATURES: ApiPortalConfiguration["features"] = {
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

/**
 * Applies a change of the features; `products` are stored separately.
 *
 * @throws {ApiError} 400 when subscription updates are on without products to choose from.
 */
export function mergeFeatures(
  before: ApiPortalConfiguration["features"],
  { products: offered }: PortalConfigurationExtra,
  change: FeaturesChange = {},
) {
  const { subscription_update: update, ...others } = change;
  const { products = offered, ...plain } = update ?? {};
  const features = merge(before, { ...others, subscription_update: plain });
  const { enabled, default_allowed_updates: allowed } =
    features.subscription_update;
  if (enabled && (allowed.length === 0 || products.length === 0)) {
    throw invalidRequest(
      "Subscription updates need default_allowed_updates and products.",
      { param: "features[subscription_update]" },
    );
  }
  return { features, extra: { products } };
}

/**
 * Checks rules that span several parameters.
 *
 * @throws {ApiError} 400 for parameters that contradict each other or name an unknown object.
 */
export async function checkFeatures(
  context: Context,
  change: FeaturesChange,
): Promise<void> {
  checkCancel(change.subscription_cancel);
  checkPause(change.subscription_pause);
  const offered = change.subscription_update?.products ?? [];
  for (const [index, { prices, product }] of offered.entries()) {
    const at = `features[subscription_update][products][${index}]`;
    const named = { id: product, param: `${at}[product]` };
    await readParam(context, PRODUCT, named);
    for (const [place, id] of prices.entries()) {
      const param = `${at}[prices][${place}]`;
      const { object: price } = await readParam(context, PRICE, { id, param });
      if (price.product === product) continue;
      throw invalidRequest(
        `The price ${id} does not belong to the product ${product}.`,
        { param: `${at}[prices]` },
      );
    }
  }
}

function checkCancel(cancel: FeaturesChange["subscription_cancel"]): void {
  const prorates = cancel?.proration_behavior;
  const param = "features[subscription_cancel][proration_behavior]";
  if (prorates === "always_invoice") {
    throw invalidRequest(
      "Cancelling in the portal cannot be combined with always_invoice.",
      { param },
    );
  }
  if (prorates === "create_prorations" && cancel?.mode !== "immediately") {
    throw invalidRequest("create_prorations needs the mode immediately.", {
      param,
    });
  }
}

function checkPause(pause: FeaturesChange["subscription_pause"]): void {
  for (const option of pause?.duration?.interval_options ?? []) {
    if (option.interval_count <= MAX_INTERVALS[option.interval]) continue;
    throw invalidRequest("A pause can last three years at most.", {
      param: "features[subscription_pause][duration][interval_options]",
    });
  }
}
