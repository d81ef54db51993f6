// Readers of subscription parameters that several endpoints share.

import { invalidRequest } from "../api/errors.ts";
import {
  boolean,
  fields,
  gaps,
  integer,
  list,
  listOrEmpty,
  missing,
  nullable,
  oneOf,
  only,
  type Reader,
  reader,
  required,
  text,
} from "../api/params.ts";
import { REDEMPTION } from "./redemption.ts";
import { metadata } from "../api/metadata.ts";

const TIME = integer(0);

/** A time or "now". */
export const timeOrNow: Reader<number | "now"> = reader((value, at) =>
  value === "now" ? "now" : TIME.read(value, at)
);

/** A time, or the earliest or latest end of the items' periods. */
export const cancelAt: Reader<number | "min_period_end" | "max_period_end"> =
  reader((value, at) => {
    if (value === "min_period_end" || value === "max_period_end") return value;
    if (value === "max_billed_until") missing.read(value, `${at}=${value}`);
    return TIME.read(value, at);
  });

/** Only flexible billing mode is implemented. */
export const billingMode = fields({
  flexible: fields({ proration_discounts: only(["included"], ["itemized"]) }),
  type: required(only(["flexible"], ["classic"])),
});

/** Only automatic collection is implemented. */
export const collectionMethod = only(
  ["charge_automatically"],
  ["send_invoice"],
);

export const prorationBehavior = oneOf(
  "always_invoice",
  "create_prorations",
  "none",
);

export const paymentBehavior = only(
  ["allow_incomplete", "default_incomplete", "error_if_incomplete"],
  ["pending_if_incomplete"],
);

export const trialSettings = fields({
  end_behavior: required(
    fields({
      billing_cycle_anchor: missing,
      missing_payment_method: required(
        oneOf("cancel", "create_invoice", "pause"),
      ),
    }),
  ),
});

export const cancellationDetails = fields({
  comment: nullable(text(5_000)),
  feedback: nullable(
    oneOf(
      "customer_service",
      "low_quality",
      "missing_features",
      "other",
      "switched_service",
      "too_complex",
      "too_expensive",
      "unused",
    ),
  ),
  feedback_option: missing,
});

const QUANTITY = integer(0, 1_000_000);
const ITEM_GAPS = gaps(
  "billing_thresholds current_trial discounts plan price_data tax_rates",
);

/** The items of a new subscription. */
export const newItems = list(
  fields({
    ...ITEM_GAPS,
    metadata,
    price: required(text(255)),
    quantity: QUANTITY,
  }),
  20,
);

/** Changes of the items of an existing subscription. */
export const changedItems = list(
  fields({
    ...ITEM_GAPS,
    clear_usage: missing,
    deleted: boolean,
    id: text(255),
    metadata,
    price: text(255),
    quantity: QUANTITY,
  }),
  20,
);

/** @throws {ApiError} 400 for an item with neither an `id` nor a `price`. */
export function checkItems(
  items: readonly { id?: string; price?: string }[],
): void {
  const place = items.findIndex(({ id, price }) =>
    id === undefined && price === undefined
  );
  if (place < 0) return;
  throw invalidRequest(
    "Each item has either an `id`, to change it, or a `price`, to add it.",
    { param: `items[${place}]` },
  );
}

export const automaticTax = fields({
  enabled: required(boolean),
  liability: missing,
});

/** The discounts of a subscription; an empty value removes them. */
export const discounts = listOrEmpty(
  fields({ ...REDEMPTION, discount: text(255) }),
  20,
);

/** Subscription parameters that are not implemented. */
export const SUBSCRIPTION_GAPS = gaps(
  "add_invoice_items application_fee_percent billing_schedules",
  "billing_thresholds days_until_due default_source default_tax_rates",
  "invoice_settings on_behalf_of payment_settings",
  "pending_invoice_item_interval transfer_data trial_from_plan",
);
