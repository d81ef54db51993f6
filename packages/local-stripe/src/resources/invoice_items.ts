import type { ApiInvoiceItem } from "../api/api_types.ts";
import { invalidRequest, missingParam, noSuchParam } from "../api/errors.ts";
import { byId, created, filter } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { currency } from "../api/price_terms.ts";
import { resource } from "../api/resource.ts";
import { amountOf } from "../billing/amounts.ts";
import { addPending } from "../billing/invoice_lifecycle.ts";
import { type Entry, productEntry, unitOf } from "../billing/invoice_lines.ts";
import { recounted } from "../billing/invoice_objects.ts";
import { newLine } from "../billing/line_objects.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_ITEM,
  PRICE,
  readParam,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";

const PARAMS = {
  amount: p.integer(-99_999_999, 99_999_999),
  currency,
  customer: p.text(255),
  description: p.text(5_000),
  discountable: p.boolean,
  invoice: p.text(255),
  metadata,
  period: p.fields({
    end: p.required(p.integer(0)),
    start: p.required(p.integer(0)),
  }),
  pricing: p.fields({ price: p.text(255) }),
  quantity: p.integer(0, 1_000_000),
  subscription: p.text(255),
  unit_amount_decimal: p.text(30, /^\d{1,12}(\.\d{1,12})?$/),
  // deno-fmt-ignore: a list of names reads best filled
  ...p.gaps(
    "customer_account", "discounts", "price_data", "quantity_decimal", "tax_behavior", "tax_code",
    "tax_rates",
  ),
};
type Creation = p.Read<typeof PARAMS>;

export const invoiceItems = resource(INVOICE_ITEM, {
  path: "/v1/invoiceitems",
  expand: {
    customer: CUSTOMER,
    discounts: "empty",
    invoice: INVOICE,
    "pricing.price_details.price": PRICE,
    test_clock: TEST_CLOCK,
  },
  list: {
    filters: {
      created,
      customer: byId(CUSTOMER, "invoiceitems_by_customer", { live: true }),
      invoice: { reader: p.text(255) },
      pending: filter(
        p.boolean,
        ({ invoice }: ApiInvoiceItem, wanted) => wanted === (invoice === null),
      ),
    },
    gaps: p.gaps("customer_account"),
  },
  create: {
    params: PARAMS,
    async run(context, params) {
      const { customer, invoice } = params;
      if (customer === undefined) throw missingParam("customer");
      const named = { id: customer, param: "customer" };
      await readParam(context, CUSTOMER, named);
      await checkSubscription(context, params, customer);
      return await withCustomer(context, customer, async (transaction) => {
        const entry = await entryOf(transaction, params);
        const item = await addPending(transaction, entry);
        return invoice === undefined
          ? item
          : await putOn(transaction, { item, entry, invoice });
      });
    },
  },
  delete: {
    event: "invoiceitem.deleted",
    check(_context, { object }) {
      if (object.invoice === null) return;
      p.missing.read("", "deleting an item that is on an invoice");
    },
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
  const ids = { invoice: before.id, invoiceItem: of.item.id };
  const line = newLine(of.entry, ids);
  const { balance } = await transaction.customer();
  const after = recounted(before, [...before.lines.data, line], balance);
  transaction.change(INVOICE, after);
  transaction.emitUpdate("invoice.updated", before, after);
  return transaction.change(INVOICE_ITEM, { ...of.item, invoice: before.id });
}
