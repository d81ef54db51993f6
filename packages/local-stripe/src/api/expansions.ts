import { billingExpansions, SHOWN } from "./billing_expansions.ts";
import { CHECKOUT_SESSION, lineItemsOf } from "../checkout/session.ts";
import type { Context } from "../context.ts";
import {
  CUSTOMER,
  INVOICE,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  PORTAL_CONFIGURATION,
  PRICE,
  PRODUCT,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type { Collection } from "../store/collections.ts";
import type { Expansion } from "./endpoint.ts";

const nothing = { nothing: true } as const;

type ByField = Record<string, Record<string, Expansion>>;

const OWN: ByField = {
  account: { external_accounts: nothing },
  customer: {
    cash_balance: { missing: "cash balances (expand cash_balance)" },
    default_source: nothing,
    "invoice_settings.default_payment_method": to(PAYMENT_METHOD),
    invoice_credit_balance: {
      missing: "credit balances (expand invoice_credit_balance)",
    },
    sources: emptyList("sources"),
    tax: { missing: "automatic tax (expand tax)" },
    tax_ids: emptyList("tax_ids"),
  },
  payment_method: { customer: to(CUSTOMER) },
  product: {
    default_price: to(PRICE),
    tax_code: { missing: "tax codes (expand tax_code)" },
  },
  price: {
    currency_options: { include: currencyOptions },
    product: to(PRODUCT),
    tiers: nothing,
  },
  "billing_portal.configuration": {
    application: nothing,
    "features.subscription_cancel.cancellation_reason.feedback_options":
      nothing,
    "features.subscription_update.products": {
      include: async ({ store }, id) =>
        (await store.get(PORTAL_CONFIGURATION, id))?.extra.products,
    },
  },
  "checkout.session": {
    customer: to(CUSTOMER),
    discounts: { missing: "coupons of sessions (expand discounts)" },
    invoice: to(INVOICE),
    line_items: { include: sessionLines },
    payment_intent: to(PAYMENT_INTENT),
    payment_link: nothing,
    setup_intent: nothing,
    subscription: to(SUBSCRIPTION),
    "total_details.breakdown": {
      missing: "coupons of sessions (expand total_details.breakdown)",
    },
  },
  item: {
    discounts: { missing: "coupons of lines (expand discounts)" },
    price: to(PRICE),
    taxes: nothing,
  },
  "billing_portal.session": { configuration: to(PORTAL_CONFIGURATION) },
  invoice: {
    account_tax_ids: nothing,
    application: nothing,
    confirmation_secret: {
      missing: "payments of invoices (expand confirmation_secret)",
    },
    customer: to(CUSTOMER),
    default_payment_method: to(PAYMENT_METHOD),
    default_source: nothing,
    discounts: nothing,
    "from_invoice.invoice": nothing,
    latest_revision: nothing,
    lines: { list: "line_item" },
    on_behalf_of: nothing,
    threshold_reason: nothing,
  },
  line_item: {
    discounts: nothing,
    "pricing.price_details.price": to(PRICE),
  },
};

/** By object type and field. A field that is not named cannot be expanded. */
export const EXPANSIONS: ByField = together(
  OWN,
  billingExpansions(to, to(CUSTOMER)),
);

function together(some: ByField, more: ByField): ByField {
  const names = new Set([...Object.keys(some), ...Object.keys(more)]);
  return Object.fromEntries(
    [...names].map((name) => [name, { ...some[name], ...more[name] }]),
  );
}

function to<T extends { id: string; object: string }, X>(
  collection: Collection<T, X>,
): Expansion {
  const shown = SHOWN[collection.name];
  if (shown !== undefined) return shown;
  return {
    to: collection.name,
    async load(context, id) {
      const stored = await context.store.get(collection, id);
      return stored?.deleted
        ? { id, object: collection.name, deleted: true }
        : stored?.object;
    },
  };
}

function emptyList(name: string): Expansion {
  return {
    include: (_context, id) =>
      Promise.resolve({
        object: "list",
        data: [],
        has_more: false,
        url: `/v1/customers/${id}/${name}`,
      }),
  };
}

async function sessionLines(context: Context, id: string): Promise<unknown> {
  const stored = await context.store.get(CHECKOUT_SESSION, id);
  return stored && await lineItemsOf(context, stored);
}

async function currencyOptions(
  { store }: Context,
  id: string,
): Promise<unknown> {
  const price = (await store.get(PRICE, id))?.object;
  return price && {
    [price.currency]: {
      custom_unit_amount: price.custom_unit_amount,
      tax_behavior: price.tax_behavior,
      unit_amount: price.unit_amount,
      unit_amount_decimal: price.unit_amount_decimal,
    },
  };
}
