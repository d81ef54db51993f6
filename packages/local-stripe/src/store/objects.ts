import { type Context, nowSec } from "../context.ts";
import type {
  ApiCoupon,
  ApiCustomer,
  ApiPaymentMethod,
  ApiProduct,
} from "../api/api_types.ts";
import type { Names } from "../api/params.ts";
import { randomText } from "./ids.ts";

/**
 * Members that Stripe sends as null while they are not set, named in one or more texts.
 *
 * @example
 * ```ts
 * const charge = { ...nulls("application application_fee", "review"), paid: true };
 * ```
 */
export function nulls<const S extends string>(
  ...names: S[]
): Record<Names<S>, null> {
  const entries = names.flatMap((text) => text.split(" "))
    .map((name) => [name, null]);
  return Object.fromEntries(entries) as Record<Names<S>, null>;
}

/** A product with Stripe's defaults. */
export function newProduct(
  context: Context,
  { id, name }: { id: string; name: string },
): ApiProduct {
  const created = nowSec(context);
  return {
    id,
    object: "product",
    active: true,
    created,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    type: "service",
    updated: created,
    // deno-fmt-ignore: a list of names reads best filled
    ...nulls(
      "default_price", "description", "package_dimensions", "shippable", "statement_descriptor",
      "tax_code", "tax_details", "unit_label", "url",
    ),
  };
}

/** A customer with Stripe's defaults. */
export function newCustomer(id: string, created: number): ApiCustomer {
  return {
    id,
    object: "customer",
    balance: 0,
    created,
    delinquent: false,
    invoice_prefix: randomText(8, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"),
    // deno-fmt-ignore: a list of names reads best filled
    invoice_settings: nulls(
      "custom_fields", "default_payment_method", "footer", "rendering_options",
    ),
    livemode: false,
    metadata: {},
    next_invoice_sequence: 1,
    preferred_locales: [],
    tax_exempt: "none",
    // deno-fmt-ignore: a list of names reads best filled
    ...nulls(
      "address", "currency", "customer_account", "default_source", "description", "discount",
      "email", "name", "phone", "shipping", "test_clock",
    ),
  };
}

/** A payment method after it was attached: the bank has checked its CVC. */
export function attached(
  method: ApiPaymentMethod,
  customer: string,
): ApiPaymentMethod {
  const { checks } = method.card;
  const passed = checks && { ...checks, cvc_check: checks.cvc_check && "pass" };
  return { ...method, card: { ...method.card, checks: passed }, customer };
}

/** Reports whether a coupon can be redeemed now. */
export function isValid(
  context: Context,
  { max_redemptions: limit, redeem_by: deadline, times_redeemed: count }:
    ApiCoupon,
): boolean {
  return (limit === null || count < limit) &&
    (deadline === null || nowSec(context) < deadline);
}
