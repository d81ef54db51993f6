import { address, mergeAddress } from "../api/address.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";

const SHIPPING = p.mapped(
  p.nullable(p.fields({
    address: p.required(address),
    name: p.required(p.text(500)),
    phone: p.nullable(p.text(20)),
  })),
  (given): ApiCustomer["shipping"] => {
    const to = given && mergeAddress(null, given.address);
    return given && {
      name: given.name,
      phone: given.phone ?? null,
      ...(to !== null && { address: to }),
    };
  },
);

const CUSTOM_FIELD = p.fields({
  name: p.required(p.text(40)),
  value: p.required(p.text(140)),
});

const RENDERING_OPTIONS = p.mapped(
  p.nullable(p.fields({
    amount_tax_display: p.nullable(
      p.oneOf("exclude_tax", "include_inclusive_tax"),
    ),
    ...p.gaps("template"),
  })),
  (given) =>
    given && {
      amount_tax_display: given.amount_tax_display ?? null,
      template: null,
    },
);

/** The parameters of creating and updating a customer. */
export const CUSTOMER_PARAMS = {
  address,
  balance: p.integer(),
  business_name: p.nullable(p.text(150)),
  description: p.nullable(p.text(350)),
  email: p.nullable(p.email),
  individual_name: p.nullable(p.text(150)),
  invoice_prefix: p.text(12, /^[A-Z0-9]{3,12}$/),
  invoice_settings: p.fields({
    custom_fields: p.nullable(p.list(CUSTOM_FIELD, 4)),
    default_payment_method: p.nullable(p.text(255)),
    footer: p.nullable(p.text()),
    rendering_options: RENDERING_OPTIONS,
  }),
  metadata,
  name: p.nullable(p.text(256)),
  next_invoice_sequence: p.integer(1, 1_000_000_000),
  phone: p.nullable(p.text(20)),
  preferred_locales: p.list(p.text(20), 20),
  shipping: SHIPPING,
  tax_exempt: p.mapped(
    p.nullable(p.oneOf("exempt", "none", "reverse")),
    (given) => given ?? "none",
  ),
  validate: p.boolean,
  ...p.gaps("cash_balance", "source", "tax"),
};
export type CustomerChange = p.Read<typeof CUSTOMER_PARAMS>;

/** Applies the parameters to a customer. */
export function changedCustomer(
  customer: ApiCustomer,
  change: CustomerChange,
): ApiCustomer {
  const { address: to, shipping, validate: _validate, ...plain } = change;
  const changed = {
    ...merge(customer, plain),
    address: mergeAddress(customer.address, to),
    shipping: shipping === undefined ? customer.shipping : shipping,
  };
  // Stripe omits the two names while they are not set.
  if (!changed.business_name) delete changed.business_name;
  if (!changed.individual_name) delete changed.individual_name;
  return changed;
}
