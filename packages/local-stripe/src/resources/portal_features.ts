import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { PRICE, PRODUCT, readParam } from "../store/schema.ts";
import {
  boolean,
  fields,
  integer,
  list,
  missing,
  nullable,
  oneOf,
  type Reader,
  required,
  text,
} from "../api/params.ts";

const MAX_PRODUCTS = 10;
const THREE_YEARS = { day: 1_096, week: 156, month: 36, year: 3 };

const ALLOWED_UPDATES = nullable(
  list(oneOf("address", "email", "name", "phone", "shipping", "tax_id")),
);

const REASONS = nullable(list(oneOf(
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
)));

const DURATION = fields({
  interval_options: nullable(list(
    fields({
      interval: required(oneOf("day", "week", "month", "year")),
      interval_count: integer(1),
    }),
    20,
  )),
  type: required(oneOf("indefinite", "interval_options")),
});

const PRODUCTS = nullable(list(
  fields({
    adjustable_quantity: fields({
      enabled: required(boolean),
      maximum: integer(1),
      minimum: integer(1),
    }),
    prices: required(list(text(255), 100)),
    product: required(text(255)),
  }),
  MAX_PRODUCTS,
));

/** The readers of `features`: on creation each feature that is named must say whether it is on. */
export const FEATURES = {
  create: featuresWith(required),
  update: featuresWith(optional),
};

function optional<T>(inner: Reader<T>): Reader<T> {
  return inner;
}

function featuresWith<N extends boolean>(
  enabling: (inner: Reader<boolean>) => Reader<boolean, N>,
) {
  const enabled = enabling(boolean);
  return fields({
    customer_update: fields({ allowed_updates: ALLOWED_UPDATES, enabled }),
    invoice_history: fields({ enabled: required(boolean) }),
    payment_method_update: fields({
      enabled: required(boolean),
      payment_method_configuration: nullable(missing),
    }),
    subscription_cancel: fields({
      cancellation_reason: fields({
        enabled: required(boolean),
        feedback_options: nullable(missing),
        options: REASONS,
      }),
      enabled,
      mode: oneOf("at_period_end", "immediately"),
      proration_behavior: oneOf("none", "create_prorations", "always_invoice"),
    }),
    subscription_pause: fields({ duration: DURATION, enabled: boolean }),
    subscription_update: fields({
      billing_cycle_anchor: oneOf("now", "unchanged"),
      default_allowed_updates: nullable(
        list(oneOf("price", "promotion_code", "quantity")),
      ),
      enabled,
      products: PRODUCTS,
      proration_behavior: oneOf("none", "create_prorations", "always_invoice"),
      schedule_at_period_end: fields({
        conditions: nullable(
          list(
            fields({
              type: required(
                oneOf("decreasing_item_amount", "shortening_interval"),
              ),
            }),
          ),
        ),
      }),
      trial_update_behavior: oneOf("end_trial", "continue_trial"),
    }),
  });
}
export type FeaturesChange = ReturnType<typeof FEATURES.update.read>;

/**
 * What cannot be seen from one parameter alone.
 *
 * @throws {ApiError} 400 when parts contradict each other or name what does not exist.
 */
export async function checkFeatures(
  context: Context,
  change: FeaturesChange,
): Promise<void> {
  checkCancel(change.subscription_cancel);
  checkPause(change.subscription_pause);
  for (
    const [index, offered] of (change.subscription_update?.products ?? [])
      .entries()
  ) {
    const at = `features[subscription_update][products][${index}]`;
    await readParam(context, PRODUCT, {
      id: offered.product,
      param: `${at}[product]`,
    });
    for (const [place, id] of offered.prices.entries()) {
      const price = await readParam(context, PRICE, {
        id,
        param: `${at}[prices][${place}]`,
      });
      if (price.object.product !== offered.product) {
        throw invalidRequest(
          `The price ${id} does not belong to the product ${offered.product}.`,
          {
            param: `${at}[prices]`,
          },
        );
      }
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
    if ((option.interval_count ?? 1) > THREE_YEARS[option.interval]) {
      throw invalidRequest("A pause can last three years at most.", {
        param: "features[subscription_pause][duration][interval_options]",
      });
    }
  }
}
