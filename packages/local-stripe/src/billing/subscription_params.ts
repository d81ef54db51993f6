import { invalidRequest } from "../api/errors.ts";
import {
  boolean,
  fields,
  integer,
  list,
  missing,
  nullable,
  oneOf,
  type Reader,
  reader,
  required,
  text,
} from "../api/params.ts";
import { metadata } from "../api/metadata.ts";

// Readers that several endpoints of billing share.

const TIME = integer(0);

/** A time, or "now". */
export const timeOrNow: Reader<number | "now"> = reader((value, at) =>
  value === "now" ? "now" : TIME.read(value, at)
);

/** A time, or the end of the first or the last of the items' periods. */
export const cancelAt: Reader<
  number | "min_period_end" | "max_period_end"
> = reader((value, at) => {
  if (value === "min_period_end" || value === "max_period_end") return value;
  return TIME.read(value, at);
});

/** Only flexible billing is here; the classic way is Stripe's own. */
export const billingMode = fields({
  flexible: fields({ proration_discounts: oneOf("included") }),
  type: required(
    reader<"flexible">((value, at) =>
      value === "classic"
        ? missing.read(value, `${at}=classic`)
        : oneOf("flexible").read(value, at)
    ),
  ),
});

/** What is charged by itself; invoices that are sent to be paid are not here. */
export const collectionMethod = reader<"charge_automatically">((value, at) =>
  value === "send_invoice"
    ? missing.read(value, `${at}=send_invoice`)
    : oneOf("charge_automatically").read(value, at)
);

export const prorationBehavior = oneOf(
  "always_invoice",
  "create_prorations",
  "none",
);

export const paymentBehavior = reader<
  "allow_incomplete" | "default_incomplete" | "error_if_incomplete"
>((value, at) =>
  value === "pending_if_incomplete"
    ? missing.read(value, `${at}=pending_if_incomplete`)
    : oneOf("allow_incomplete", "default_incomplete", "error_if_incomplete")
      .read(value, at)
);

export const trialSettings = fields({
  end_behavior: required(fields({
    billing_cycle_anchor: missing,
    missing_payment_method: required(
      oneOf("cancel", "create_invoice", "pause"),
    ),
  })),
});

export const cancellationDetails = fields({
  comment: nullable(text(5_000)),
  feedback: nullable(oneOf(
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
  )),
  feedback_option: missing,
});

const QUANTITY = integer(0, 1_000_000);
const ITEM_GAPS = {
  billing_thresholds: missing,
  current_trial: missing,
  discounts: missing,
  plan: missing,
  price_data: missing,
  tax_rates: missing,
};

/** The items of a subscription that begins. */
export const newItems = list(
  fields({
    ...ITEM_GAPS,
    metadata,
    price: required(text(255)),
    quantity: QUANTITY,
  }),
  20,
);

/** What is to become of the items of one that runs. */
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

/** @throws {ApiError} 400 for an item that names neither itself nor a price. */
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

/** Parameters that Stripe has for subscriptions and this has not. */
export const SUBSCRIPTION_GAPS = {
  add_invoice_items: missing,
  application_fee_percent: missing,
  automatic_tax: missing,
  billing_schedules: missing,
  billing_thresholds: missing,
  days_until_due: missing,
  default_source: missing,
  default_tax_rates: missing,
  discounts: missing,
  invoice_settings: missing,
  on_behalf_of: missing,
  payment_settings: missing,
  pending_invoice_item_interval: missing,
  transfer_data: missing,
  trial_from_plan: missing,
};
