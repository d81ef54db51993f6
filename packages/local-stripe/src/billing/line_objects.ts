import { longId, shortId } from "../store/ids.ts";
import type { ApiInvoiceItem, ApiInvoiceLine } from "../api/api_types.ts";
import type { Entry } from "./invoice_lines.ts";

/** An entry that waits for the next invoice. */
export function newInvoiceItem(
  entry: Entry,
  of: { customer: string; testClock: string | null; atSec: number },
): ApiInvoiceItem {
  return {
    id: longId("ii"),
    object: "invoiceitem",
    amount: entry.amountMinor,
    currency: entry.currency,
    customer: of.customer,
    customer_account: null,
    date: of.atSec,
    description: entry.description,
    discountable: !entry.proration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: entry.metadata,
    net_amount: entry.amountMinor,
    parent: entry.subscription === null ? null : {
      type: "subscription_details",
      subscription_details: {
        subscription: entry.subscription,
        ...(entry.item !== null && { subscription_item: entry.item }),
      },
    },
    period: { start: entry.startSec, end: entry.endSec },
    pricing: pricingOf(entry),
    proration: entry.proration,
    quantity: entry.quantity,
    quantity_decimal: String(entry.quantity),
    tax_rates: [],
    test_clock: of.testClock,
  };
}

function pricingOf(entry: Entry): ApiInvoiceItem["pricing"] {
  return entry.price === null ? null : {
    type: "price_details",
    price_details: { price: entry.price.id, product: entry.price.product },
    unit_amount_decimal: entry.unitDecimal,
  };
}

/** An entry as a line of an invoice; `invoiceItem` is what it waited in, if it did. */
export function newLine(
  entry: Entry,
  of: { invoice: string; invoiceItem: string | null },
): ApiInvoiceLine {
  return {
    id: shortId("il"),
    object: "line_item",
    amount: entry.amountMinor,
    currency: entry.currency,
    description: entry.description,
    discount_amounts: [],
    discountable: !entry.proration,
    discounts: [],
    invoice: of.invoice,
    livemode: false,
    metadata: entry.metadata,
    parent: parentOf(entry, of.invoiceItem),
    period: { start: entry.startSec, end: entry.endSec },
    pretax_credit_amounts: [],
    pricing: pricingOf(entry),
    quantity: entry.quantity,
    quantity_decimal: String(entry.quantity),
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

/** What an invoice item says, to be put on an invoice. */
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
