import { invalidRequest, missingParam } from "../api/errors.ts";
import { minimumCharge } from "../billing/minimum_charge.ts";
import { formatMoney } from "../money.ts";
import type { ApiCheckoutSession } from "../store/checkout_session.ts";
import type { SessionParams } from "./session_params.ts";

const ONLY_IN = {
  customer_creation: "payment",
  invoice_creation: "payment",
  payment_intent_data: "payment",
  payment_method_collection: "subscription",
  subscription_data: "subscription",
} as const;

/**
 * Checks the combination of a session's parameters.
 *
 * @throws {ApiError} 400 for missing or mutually exclusive parameters.
 */
export function checkSessionParams(params: SessionParams): void {
  for (const name of ["mode", "success_url", "line_items"] as const) {
    if (params[name] === undefined) throw missingParam(name);
  }
  for (const [name, mode] of Object.entries(ONLY_IN)) {
    if (name in params && params.mode !== mode) {
      throw invalidRequest(
        `You can only use \`${name}\` in \`${mode}\` mode.`,
        { param: name },
      );
    }
  }
  exclusive(params, "customer", "customer_email");
  exclusive(params, "customer", "customer_creation");
  exclusive(
    params,
    "allowed_payment_method_types",
    "excluded_payment_method_types",
  );
  exclusive(params, "allow_promotion_codes", "discounts");
  if (params.customer_update && params.customer === undefined) {
    throw invalidRequest(
      "`customer_update` can only be used with `customer`.",
      { param: "customer_update" },
    );
  }
  if (
    params.tax_id_collection?.enabled && params.customer !== undefined &&
    params.customer_update?.name !== "auto"
  ) {
    throw invalidRequest(
      "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.",
      { param: "tax_id_collection" },
    );
  }
  for (const name of ["return_url", "redirect_on_completion"] as const) {
    if (params[name] !== undefined) {
      throw invalidRequest(
        `\`${name}\` cannot be used with the hosted page, which has \`success_url\`.`,
        { param: name },
      );
    }
  }
}

function exclusive(
  params: SessionParams,
  one: keyof SessionParams,
  other: keyof SessionParams,
) {
  if (params[one] === undefined || params[other] === undefined) return;
  throw invalidRequest(
    `You may only specify one of these parameters: ${one}, ${other}.`,
    { code: "parameters_exclusive", param: other },
  );
}

/** @throws {ApiError} 400 for a total that is below the minimum charge. */
export function checkMinimum(
  { amount_total: total, currency }: ApiCheckoutSession,
) {
  const minimum = minimumCharge(currency ?? "usd");
  if (!total || total >= minimum) return;
  const least = formatMoney(minimum, currency ?? "usd", "en-US");
  throw invalidRequest(
    `The Checkout Session's total amount due must add up to at least ${least} ${currency}`,
    { code: "amount_too_small", param: "line_items" },
  );
}
