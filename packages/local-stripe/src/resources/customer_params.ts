import { randomText } from "../store/ids.ts";
import {
  boolean,
  email,
  fields,
  integer,
  list,
  missing,
  nullable,
  oneOf,
  type Read,
  required,
  text,
} from "../api/params.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import { address, mergeAddress } from "../api/address.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";

const SHIPPING = nullable(fields({
  address: required(address),
  name: required(text(500)),
  phone: nullable(text(20)),
}));

const INVOICE_SETTINGS = fields({
  custom_fields: nullable(
    list(fields({ name: required(text(40)), value: required(text(140)) }), 4),
  ),
  default_payment_method: nullable(text(255)),
  footer: nullable(text()),
  rendering_options: nullable(fields({
    amount_tax_display: nullable(
      oneOf("exclude_tax", "include_inclusive_tax"),
    ),
    template: missing,
  })),
});

/** What may be said of a customer, when it is made and later. */
export const CUSTOMER_PARAMS = {
  address,
  balance: integer(),
  business_name: nullable(text(150)),
  cash_balance: missing,
  description: nullable(text(350)),
  email: nullable(email),
  individual_name: nullable(text(150)),
  invoice_prefix: text(12, /^[A-Z0-9]{3,12}$/),
  invoice_settings: INVOICE_SETTINGS,
  metadata,
  name: nullable(text(256)),
  next_invoice_sequence: integer(1, 1_000_000_000),
  phone: nullable(text(20)),
  preferred_locales: list(text(20), 20),
  shipping: SHIPPING,
  source: missing,
  tax: missing,
  tax_exempt: nullable(oneOf("exempt", "none", "reverse")),
  validate: boolean,
};
export type CustomerChange = Read<typeof CUSTOMER_PARAMS>;

/** A customer of whom nothing is known yet. */
export function newCustomer(id: string, created: number): ApiCustomer {
  return {
    id,
    object: "customer",
    address: null,
    balance: 0,
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
}

/** The customer after a change: what is not named stays, an empty value unsets. */
export function changedCustomer(
  customer: ApiCustomer,
  change: CustomerChange,
): ApiCustomer {
  const {
    address: toAddress,
    business_name: _business,
    individual_name: _individual,
    invoice_settings: settings,
    metadata: toMetadata,
    shipping,
    tax_exempt: exempt,
    validate: _validate,
    ...plain
  } = change;
  return {
    ...withNames(customer, change),
    ...plain,
    address: mergeAddress(customer.address, toAddress),
    invoice_settings: mergeInvoiceSettings(customer.invoice_settings, settings),
    metadata: mergeMetadata(customer.metadata, toMetadata),
    shipping: mergeShipping(customer.shipping, shipping),
    tax_exempt: exempt === undefined ? customer.tax_exempt : exempt ?? "none",
  };
}

// The two are absent, not null, while they are not set.
function withNames(
  customer: ApiCustomer,
  change: CustomerChange,
): ApiCustomer {
  const { business_name: business, individual_name: individual, ...rest } = {
    ...customer,
    ...change,
  };
  const named = {
    ...(business && { business_name: business }),
    ...(individual && { individual_name: individual }),
  };
  const { business_name: _b, individual_name: _i, ...base } = customer;
  return { ...base, ...named, id: rest.id };
}

function mergeInvoiceSettings(
  before: ApiCustomer["invoice_settings"],
  change: CustomerChange["invoice_settings"],
): ApiCustomer["invoice_settings"] {
  if (change === undefined) return before;
  const { rendering_options: rendering, ...plain } = change;
  const options = rendering && {
    amount_tax_display: rendering.amount_tax_display ?? null,
    template: null,
  };
  return {
    ...before,
    ...plain,
    ...(options !== undefined && { rendering_options: options }),
  };
}

function mergeShipping(
  before: ApiCustomer["shipping"],
  change: CustomerChange["shipping"],
): ApiCustomer["shipping"] {
  if (change === undefined) return before;
  if (change === null) return null;
  const to = mergeAddress(null, change.address);
  return {
    name: change.name,
    phone: change.phone ?? null,
    ...(to !== null && { address: to }),
  };
}
