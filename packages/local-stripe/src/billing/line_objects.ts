import { longId, shortId } from "../store/ids.ts";
import type { ApiInvoiceItem, ApiInvoiceLine } from "../api/api_types.ts";
import type { Entry } from "./invoice_lines.ts";

/** A new pending invoice item. */
export function newInvoiceItem(
  entry: Entry,
  of: { customer: string; testClock: string | null; atSec: number },
): ApiInvoiceItem {
  const { amountMinor, item, proration, subscription } = entry;
  return {
    ...sharedMembers(entry),
    id: longId("ii"),
    object: "invoiceitem",
    customer: of.customer,
    customer_account: null,
    date: of.atSec,
    invoice: null,
    net_amount: amountMinor,
    parent: subscription === null ? null : {
      type: "subscription_details",
      subscription_details: {
        subscription,
        ...(item !== null && { subscription_item: item }),
      },
    },
    proration,
    tax_rates: [],
    test_clock: of.testClock,
  };
}

/** The members that an invoice item and an invoice line have in common. */
function sharedMembers(entry: Entry) {
  const { currency, description, metadata, quantity } = entry;
  return {
    amount: entry.amountMinor,
    currency,
    description,
    discountable: !entry.proration,
    discounts: [],
    livemode: false,
    metadata,
    period: { start: entry.startSec, end: entry.endSec },
    pricing: pricingOf(entry),
    quantity,
    quantity_decimal: String(quantity),
  };
}

function pricingOf(entry: Entry): ApiInvoiceItem["pricing"] {
  return entry.price === null ? null : {
    type: "price_details",
    price_details: { price: entry.price.id, product: entry.price.product },
    unit_amount_decimal: entry.unitDecimal,
  };
}

/** A new invoice line; `invoiceItem` is the pending item that it comes from. */
export function newLine(
  entry: Entry,
  of: { invoice: string; invoiceItem: string | null },
): ApiInvoiceLine {
  return {
    ...sharedMembers(entry),
    id: shortId("il"),
    object: "line_item",
    discount_amounts: [],
    invoice: of.invoice,
    parent: parentOf(entry, of.invoiceItem),
    pretax_credit_amounts: [],
    subscription: entry.subscription,
    subtotal: entry.amountMinor,
    taxes: [],
  };
}

function parentOf(
  entry: Entry,
  invoiceItem: string | null,
): ApiInvoiceLine["parent"] {
  const { item, proration, subscription } = entry;
  if (item !== null) {
    return {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: invoiceItem,
        proration,
        proration_details: proration ? { credited_items: null } : null,
        subscription,
        subscription_item: item,
      },
    };
  }
  if (invoiceItem === null) return null;
  return {
    type: "invoice_item_details",
    invoice_item_details: {
      invoice_item: invoiceItem,
      proration,
      proration_details: null,
      subscription,
    },
    subscription_item_details: null,
  };
}

/** The entry of a pending invoice item. */
export function entryOf(item: ApiInvoiceItem): Entry {
  const details = item.parent?.subscription_details ?? null;
  return {
    amountMinor: item.amount,
    currency: item.currency,
    description: item.description ?? "",
    startSec: item.period.start,
    endSec: item.period.end,
    quantity: item.quantity,
    unitDecimal: item.pricing?.unit_amount_decimal ?? null,
    price: priceOf(item),
    metadata: item.metadata ?? {},
    subscription: details?.subscription ?? null,
    item: details?.subscription_item ?? null,
    proration: item.proration,
  };
}

function priceOf({ pricing }: ApiInvoiceItem): Entry["price"] {
  const details = pricing?.price_details;
  return details ? { id: details.price, product: details.product } : null;
}
