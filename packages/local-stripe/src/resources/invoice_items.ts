import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import {
  invalidRequest,
  missingParam,
  noSuchParam,
  noSuchPath,
} from "../api/errors.ts";
import { amountOf } from "../billing/amounts.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { recounted } from "../billing/invoice_objects.ts";
import { addPending } from "../billing/invoice_lifecycle.ts";
import { newLine } from "../billing/line_objects.ts";
import { type Entry, productEntry, unitOf } from "../billing/invoice_lines.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_ITEM,
  PRICE,
  readParam,
  SUBSCRIPTION,
} from "../store/schema.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import {
  boolean,
  fields,
  integer,
  missing,
  type Read,
  required,
  text,
} from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { currency } from "./price_terms.ts";
import type { ApiInvoiceItem } from "../api/api_types.ts";

const CREATE_PARAMS = {
  amount: integer(-99_999_999, 99_999_999),
  currency,
  customer: text(255),
  customer_account: missing,
  description: text(5_000),
  discountable: boolean,
  discounts: missing,
  invoice: text(255),
  metadata,
  period: fields({ end: required(integer(0)), start: required(integer(0)) }),
  price_data: missing,
  pricing: fields({ price: text(255) }),
  quantity: integer(0, 1_000_000),
  quantity_decimal: missing,
  subscription: text(255),
  tax_behavior: missing,
  tax_code: missing,
  tax_rates: missing,
  unit_amount_decimal: text(30, /^\d{1,12}(\.\d{1,12})?$/),
};
type Creation = Read<typeof CREATE_PARAMS>;

export const createInvoiceItem = endpoint({
  returns: "invoiceitem",
  params: CREATE_PARAMS,
  async run(context, params) {
    const { customer } = params;
    if (customer === undefined) throw missingParam("customer");
    await readParam(context, CUSTOMER, { id: customer, param: "customer" });
    await checkSubscription(context, params, customer);
    return await withCustomer(context, customer, async (transaction) => {
      const entry = await entryOf(transaction, params);
      const item = await addPending(transaction, entry);
      const { invoice } = params;
      return invoice === undefined
        ? item
        : await putOn(transaction, { item, entry, invoice });
    });
  },
});

async function checkSubscription(
  context: Context,
  { subscription: id }: Creation,
  customer: string,
): Promise<void> {
  if (id === undefined) return;
  const named = { id, param: "subscription" };
  const { object } = await readParam(context, SUBSCRIPTION, named);
  if (object.customer !== customer) {
    throw noSuchParam(SUBSCRIPTION.noun, id, "subscription");
  }
}

async function entryOf(
  transaction: BillingTransaction,
  params: Creation,
): Promise<Entry> {
  const plain = params.pricing?.price === undefined
    ? plainEntry(transaction, params)
    : await pricedEntry(transaction, params, params.pricing.price);
  const { description, period, subscription } = params;
  return {
    ...plain,
    description: description ?? plain.description,
    metadata: mergeMetadata({}, params.metadata),
    subscription: subscription ?? null,
    ...(period !== undefined &&
      { startSec: period.start, endSec: period.end }),
  };
}

async function pricedEntry(
  transaction: BillingTransaction,
  { quantity = 1 }: Creation,
  id: string,
): Promise<Entry> {
  const named = { id, param: "pricing[price]" };
  const { object: price } = await readParam(transaction.context, PRICE, named);
  if (price.recurring !== null) {
    throw invalidRequest(
      "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
      { param: named.param },
    );
  }
  const amountMinor = amountOf(unitOf(price), quantity);
  const of = { amountMinor, quantity, atSec: transaction.nowSec };
  return await productEntry(transaction.context, price, of);
}

function plainEntry(transaction: BillingTransaction, params: Creation): Entry {
  const { amount, quantity = 1, unit_amount_decimal: unit } = params;
  if (amount === undefined && unit === undefined) throw missingParam("amount");
  if (params.currency === undefined) throw missingParam("currency");
  return {
    amountMinor: amount ?? amountOf(unit ?? "0", quantity),
    currency: params.currency,
    description: "",
    startSec: transaction.nowSec,
    endSec: transaction.nowSec,
    quantity,
    unitDecimal: unit ?? null,
    price: null,
    metadata: {},
    subscription: null,
    item: null,
    proration: false,
  };
}

async function putOn(
  transaction: BillingTransaction,
  of: { item: ApiInvoiceItem; entry: Entry; invoice: string },
): Promise<ApiInvoiceItem> {
  const stored = await transaction.find(INVOICE, of.invoice);
  if (stored === null || stored.object.customer !== transaction.customerId) {
    throw noSuchParam(INVOICE.noun, of.invoice, "invoice");
  }
  const { object: before } = stored;
  if (before.status !== "draft") {
    throw invalidRequest("This invoice is no longer editable", {
      code: "invoice_not_editable",
      param: "invoice",
    });
  }
  const line = newLine(of.entry, {
    invoice: before.id,
    invoiceItem: of.item.id,
  });
  const { balance } = await transaction.customer();
  const after = recounted(before, [...before.lines.data, line], balance);
  transaction.change(INVOICE, after);
  transaction.emitUpdate("invoice.updated", before, after);
  return transaction.change(INVOICE_ITEM, { ...of.item, invoice: before.id });
}

export const retrieveInvoiceItem = endpoint({
  returns: "invoiceitem",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const stored = await context.store.get(INVOICE_ITEM, id);
    if (stored === null || stored.deleted) {
      throw noSuchPath(INVOICE_ITEM.noun, id);
    }
    return stored.object;
  },
});

export const deleteInvoiceItem = endpoint({
  returns: "invoiceitem",
  params: {},
  async run({ store }, _params, ids) {
    const id = onlyId(ids);
    return await store.untilWritten(async (writes) => {
      const stored = await store.get(INVOICE_ITEM, id);
      if (stored === null || stored.deleted) {
        throw noSuchPath(INVOICE_ITEM.noun, id);
      }
      if (stored.object.invoice !== null) {
        missing.read("", "deleting an item that is on an invoice");
      }
      writes.replace(INVOICE_ITEM, stored, { deleted: true });
      return { id, object: "invoiceitem", deleted: true } as const;
    });
  },
});

export const listInvoiceItems = endpoint({
  returns: "invoiceitem",
  many: true,
  params: {
    ...PAGE,
    created: range,
    customer: text(255),
    customer_account: missing,
    invoice: text(255),
    pending: boolean,
  },
  async run(context, params) {
    const { customer, invoice, pending } = params;
    if (customer !== undefined) {
      await readParam(context, CUSTOMER, { id: customer, param: "customer" });
    }
    return await page(context.store, {
      collection: INVOICE_ITEM,
      list: customer === undefined
        ? ["invoiceitems"]
        : ["invoiceitems_by_customer", customer],
      params,
      url: "/v1/invoiceitems",
      matches: (one) =>
        (invoice === undefined || one.invoice === invoice) &&
        (pending === undefined || pending === (one.invoice === null)),
    });
  },
});
