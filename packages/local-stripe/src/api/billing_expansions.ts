import type { Context } from "../context.ts";
import {
  CHARGE,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  PRICE,
  PRODUCT,
  REFUND,
  SCHEDULE,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";
import type { Collection } from "../store/collections.ts";
import { withPrices } from "../billing/recurring_prices.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";
import type { Expansion } from "./endpoint.ts";

type ById = <T extends { id: string; object: string }, X>(
  collection: Collection<T, X>,
) => Expansion;

const nothing = { nothing: true } as const;

const INVOICE_BY_ID: Expansion = {
  to: INVOICE.name,
  async load(context, id) {
    const stored = await context.store.get(INVOICE, id);
    return stored && presentInvoice(context, stored);
  },
};

const SUBSCRIPTION_BY_ID: Expansion = {
  to: SUBSCRIPTION.name,
  async load(context, id) {
    const stored = await context.store.get(SUBSCRIPTION, id);
    return stored && await withPrices(context, stored.object);
  },
};

/** The kinds whose stored objects are not shown as they are. */
export const SHOWN: Record<string, Expansion> = {
  [INVOICE.name]: INVOICE_BY_ID,
  [SUBSCRIPTION.name]: SUBSCRIPTION_BY_ID,
};

/**
 * What can be expanded of billing's objects, and in others by billing.
 *
 * @param to How an id becomes the object of a collection.
 * @param customer How a customer's id becomes the customer.
 */
export function billingExpansions(to: ById, customer: Expansion) {
  const clock = to(TEST_CLOCK);
  const price = { to: PRICE.name };
  const plan = { to: "plan" };
  return {
    charge: {
      application: nothing,
      balance_transaction: nothing,
      customer,
      payment_intent: to(PAYMENT_INTENT),
      refunds: { include: refundsOf },
    },
    customer: {
      subscriptions: { include: subscriptionsOf },
      test_clock: clock,
    },
    dispute: {
      charge: to(CHARGE),
      payment_intent: to(PAYMENT_INTENT),
    },
    invoice: {
      "parent.subscription_details.subscription": SUBSCRIPTION_BY_ID,
      payments: { include: paymentsOf },
      test_clock: clock,
    },
    invoice_payment: {
      invoice: INVOICE_BY_ID,
      "payment.payment_intent": to(PAYMENT_INTENT),
    },
    invoiceitem: {
      customer,
      discounts: nothing,
      invoice: INVOICE_BY_ID,
      "pricing.price_details.price": to(PRICE),
      test_clock: clock,
    },
    line_item: { subscription: SUBSCRIPTION_BY_ID },
    payment_intent: {
      application: nothing,
      customer,
      latest_charge: to(CHARGE),
      payment_method: to(PAYMENT_METHOD),
      review: nothing,
    },
    plan: { product: to(PRODUCT) },
    refund: {
      balance_transaction: nothing,
      charge: to(CHARGE),
      customer,
      payment_intent: to(PAYMENT_INTENT),
      payment_method: to(PAYMENT_METHOD),
    },
    subscription: {
      application: nothing,
      customer,
      default_payment_method: to(PAYMENT_METHOD),
      default_source: nothing,
      discounts: nothing,
      items: { list: "subscription_item" },
      latest_invoice: INVOICE_BY_ID,
      on_behalf_of: nothing,
      pending_setup_intent: nothing,
      schedule: to(SCHEDULE),
      test_clock: clock,
    },
    subscription_item: { discounts: nothing, plan, price },
    subscription_schedule: {
      application: nothing,
      customer,
      subscription: SUBSCRIPTION_BY_ID,
      test_clock: clock,
    },
  } satisfies Record<string, Record<string, Expansion>>;
}

async function firstOf<T extends { id: string }, X>(
  { store }: Context,
  collection: Collection<T, X>,
  of: { list: string[]; url: string },
) {
  const range = { limit: 11, newestFirst: true };
  const ids = await store.ids(of.list, range);
  const rows = await Promise.all(
    ids.slice(0, 10).map(({ id }) => store.get(collection, id)),
  );
  const data = rows.flatMap((stored) => stored === null ? [] : [stored.object]);
  const more = ids.length > 10;
  return { object: "list", data, has_more: more, url: of.url };
}

function refundsOf(context: Context, id: string): Promise<unknown> {
  const list = ["refunds_by_charge", id];
  return firstOf(context, REFUND, { list, url: `/v1/charges/${id}/refunds` });
}

async function subscriptionsOf(
  context: Context,
  id: string,
): Promise<unknown> {
  const found = await firstOf(context, SUBSCRIPTION, {
    list: ["subscriptions_live_by_customer", id],
    url: `/v1/customers/${id}/subscriptions`,
  });
  const data = await Promise.all(
    found.data.map((one) => withPrices(context, one)),
  );
  return { ...found, data };
}

function paymentsOf(context: Context, id: string): Promise<unknown> {
  const list = ["invoice_payments_by_invoice", id];
  const url = `/v1/invoice_payments?invoice=${id}`;
  return firstOf(context, INVOICE_PAYMENT, { list, url });
}
