import { type Context, nowSec } from "../context.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { longId } from "../store/ids.ts";
import {
  boolean,
  fields,
  integer,
  missing,
  oneOf,
  type Read,
  reader,
  required,
  text,
} from "../api/params.ts";
import type { ApiPrice } from "../api/api_types.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";

const CURRENCIES = new Set(
  Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()),
);

/** A three-letter currency code, in any case; kept in lower case. */
export const currency = reader<string>((value, at) => {
  const code = text(3).read(value, at).toLowerCase();
  if (CURRENCIES.has(code)) return code;
  throw invalidRequest(`Invalid currency: ${code}.`, { param: at });
});

const YEARS_AT_MOST = { day: 1_096, week: 156, month: 36, year: 3 };
const INTERVAL = oneOf("day", "week", "month", "year");

/** What a price says about money and time, fixed when it is made. */
export const PRICE_TERMS = {
  currency: required(currency),
  currency_options: missing,
  custom_unit_amount: missing,
  metadata,
  recurring: fields({
    interval: required(INTERVAL),
    interval_count: integer(1),
    meter: missing,
    trial_period_days: integer(1, 730),
    usage_type: oneOf("licensed", "metered"),
  }),
  tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
  unit_amount: integer(0, 99_999_999_999),
  unit_amount_decimal: text(30, /^\d{1,12}(\.\d{1,12})?$/),
};

/** What a price says besides, some of which may change. */
export const PRICE_PARAMS = {
  active: boolean,
  billing_scheme: oneOf("per_unit", "tiered"),
  lookup_key: text(200),
  nickname: text(250),
  tiers: missing,
  tiers_mode: missing,
  transfer_lookup_key: boolean,
  transform_quantity: missing,
};

type Terms = Read<typeof PRICE_TERMS>;

/**
 * A price of a product.
 *
 * @throws {ApiError} 400 when its amount or interval makes no sense; 501 for metered usage.
 */
export function newPrice(
  context: Context,
  terms: Terms & Partial<Read<typeof PRICE_PARAMS>>,
  of: { product: string },
): ApiPrice {
  if (terms.billing_scheme === "tiered") {
    missing.read("tiered", "billing_scheme=tiered");
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
    missing.read("metered", "recurring[usage_type]=metered");
  }
  if (count > YEARS_AT_MOST[interval]) {
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
    throw invalidRequest(
      "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
      {
        code: "parameters_exclusive",
        param: "unit_amount_decimal",
      },
    );
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
