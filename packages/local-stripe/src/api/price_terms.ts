import { type Context, nowSec } from "../context.ts";
import { exclusiveParams, invalidRequest, missingParam } from "./errors.ts";
import { longId } from "../store/ids.ts";
import * as p from "./params.ts";
import type { ApiPrice } from "./api_types.ts";
import { mergeMetadata, metadata } from "./metadata.ts";

const CURRENCIES = new Set(
  Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()),
);

/** A three-letter currency code in any case, read as lowercase. */
export const currency = p.reader<string>((value, at) => {
  const code = p.text(3).read(value, at).toLowerCase();
  if (CURRENCIES.has(code)) return code;
  throw invalidRequest(`Invalid currency: ${code}.`, { param: at });
});

/** The most intervals of a price: three years. */
const MAX_INTERVALS = { day: 1_096, week: 156, month: 36, year: 3 };
const INTERVAL = p.oneOf("day", "week", "month", "year");

/** The parameters of a price that cannot change later. */
export const PRICE_TERMS = {
  currency: p.required(currency),
  metadata,
  recurring: p.fields({
    interval: p.required(INTERVAL),
    interval_count: p.integer(1),
    trial_period_days: p.integer(1, 730),
    usage_type: p.oneOf("licensed", "metered"),
    ...p.gaps("meter"),
  }),
  tax_behavior: p.oneOf("exclusive", "inclusive", "unspecified"),
  unit_amount: p.integer(0, 99_999_999_999),
  unit_amount_decimal: p.text(30, /^\d{1,12}(\.\d{1,12})?$/),
  ...p.gaps("currency_options", "custom_unit_amount"),
};

/** The other parameters of a new price. */
export const PRICE_PARAMS = {
  active: p.boolean,
  billing_scheme: p.oneOf("per_unit", "tiered"),
  lookup_key: p.text(200),
  nickname: p.text(250),
  transfer_lookup_key: p.boolean,
  ...p.gaps("tiers", "tiers_mode", "transform_quantity"),
};

type Terms = p.Read<typeof PRICE_TERMS>;

/**
 * Builds a price of a product.
 *
 * @throws {ApiError} 400 for an invalid amount or interval; 501 for tiers and metered usage.
 */
export function newPrice(
  context: Context,
  terms: Terms & Partial<p.Read<typeof PRICE_PARAMS>>,
  of: { product: string },
): ApiPrice {
  if (terms.billing_scheme === "tiered") {
    p.missing.read("tiered", "billing_scheme=tiered");
  }
  return {
    id: longId("price"),
    object: "price",
    active: terms.active ?? true,
    billing_scheme: "per_unit",
    created: nowSec(context),
    currency: terms.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: terms.lookup_key ?? null,
    metadata: mergeMetadata({}, terms.metadata),
    nickname: terms.nickname ?? null,
    product: of.product,
    recurring: recurringOf(terms.recurring),
    tax_behavior: terms.tax_behavior ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: terms.recurring === undefined ? "one_time" : "recurring",
    ...amountOf(terms),
  };
}

function recurringOf(given: Terms["recurring"]): ApiPrice["recurring"] {
  if (given === undefined) return null;
  const { interval, interval_count: count = 1 } = given;
  if (given.usage_type === "metered") {
    p.missing.read("metered", "recurring[usage_type]=metered");
  }
  if (count > MAX_INTERVALS[interval]) {
    throw invalidRequest("Prices can recur at most every three years.", {
      param: "recurring[interval_count]",
    });
  }
  return {
    interval,
    interval_count: count,
    meter: null,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: "licensed",
  };
}

function amountOf(
  terms: Terms,
): Pick<ApiPrice, "unit_amount" | "unit_amount_decimal"> {
  const { unit_amount: amount, unit_amount_decimal: decimal } = terms;
  if (amount !== undefined && decimal !== undefined) {
    throw exclusiveParams("unit_amount", "unit_amount_decimal");
  }
  if (amount !== undefined) {
    return { unit_amount: amount, unit_amount_decimal: String(amount) };
  }
  if (decimal === undefined) throw missingParam("unit_amount");
  const exact = decimal.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(
    /^0+(?=\d)/,
    "",
  );
  return {
    unit_amount: exact.includes(".") ? null : Number(exact),
    unit_amount_decimal: exact,
  };
}
