import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../endpoint.ts";
import { noSuchParam, noSuchPath } from "../errors.ts";
import { CUSTOMER, INVOICE, type InvoiceExtra } from "../kinds.ts";
import { type ListOf, PAGE, page, range, within } from "../lists.ts";
import { missing, oneOf, text } from "../params.ts";
import type { Row } from "../rows.ts";
import type { WireInvoice, WireInvoiceLine } from "../wire.ts";

export type InvoiceRow = Row<WireInvoice, InvoiceExtra>;

export const retrieveInvoice = endpoint({
  returns: "invoice",
  params: {},
  async run(context, _params, ids) {
    return presentInvoice(context, await readInvoice(context, onlyId(ids)));
  },
});

export const listInvoices = endpoint({
  returns: "invoice",
  many: true,
  params: {
    ...PAGE,
    collection_method: oneOf("charge_automatically", "send_invoice"),
    created: range,
    customer: text(255),
    customer_account: missing,
    due_date: range,
    status: oneOf("draft", "open", "paid", "uncollectible", "void"),
    subscription: text(255),
  },
  async run(context, params) {
    const {
      collection_method: collection,
      customer,
      due_date: due,
      status,
      subscription,
    } = params;
    // There are no subscriptions here yet, so that every one of them is missing.
    if (subscription !== undefined) {
      throw noSuchParam("subscription", subscription, "subscription");
    }
    if (
      customer !== undefined &&
      await context.store.get(CUSTOMER, customer) === null
    ) {
      throw noSuchParam(CUSTOMER.noun, customer, "customer");
    }
    return await page(context.store, {
      kind: INVOICE,
      list: customer === undefined
        ? ["invoices"]
        : ["invoices_by_customer", customer],
      params,
      url: "/v1/invoices",
      present: (row) => presentInvoice(context, row),
      matches: (invoice) =>
        (status === undefined || invoice.status === status) &&
        (collection === undefined ||
          invoice.collection_method === collection) &&
        (due === undefined ||
          (invoice.due_date !== null && within(invoice.due_date, due))),
    });
  },
});

export const listInvoiceLines = endpoint({
  returns: "line_item",
  many: true,
  params: PAGE,
  async run(context, params, ids): Promise<ListOf<WireInvoiceLine>> {
    const { object } = await readInvoice(context, onlyId(ids));
    const { limit = 10, starting_after: after, ending_before: before } = params;
    if (before !== undefined) {
      missing.read(before, "ending_before of invoice lines");
    }
    const lines = object.lines.data;
    const from = after === undefined
      ? 0
      : lines.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && from === 0) {
      throw noSuchParam("line item", after, "starting_after");
    }
    return {
      object: "list",
      data: lines.slice(from, from + limit),
      has_more: lines.length > from + limit,
      url: object.lines.url,
    };
  },
});

/** The invoice with the links that it has now: their base may be another after a restart. */
export function presentInvoice(
  context: Context,
  { object, extra }: InvoiceRow,
): WireInvoice {
  const link = extra.secret === null
    ? null
    : `${context.pagesUrl}/i/${extra.secret}`;
  return {
    ...object,
    hosted_invoice_url: link,
    invoice_pdf: link && `${link}/pdf`,
  };
}

async function readInvoice(context: Context, id: string): Promise<InvoiceRow> {
  const row = await context.store.get(INVOICE, id);
  if (row === null || row.deleted) throw noSuchPath(INVOICE.noun, id);
  return row;
}
