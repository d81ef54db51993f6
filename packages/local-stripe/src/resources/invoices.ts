import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import { catchUp, catchUpAll } from "../billing/scheduler.ts";
import {
  CUSTOMER,
  INVOICE,
  type StoredInvoice,
  SUBSCRIPTION,
} from "../store/schema.ts";
import { type ListOf, PAGE, page, range, within } from "../api/pagination.ts";
import { missing, oneOf, text } from "../api/params.ts";
import type { ApiInvoiceLine } from "../api/api_types.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";

export const retrieveInvoice = endpoint({
  returns: "invoice",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    await catchUp(context, (await readInvoice(context, id)).object.customer);
    return presentInvoice(context, await readInvoice(context, id));
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
    await checkOwner(context, { customer, subscription });
    return await page(context.store, {
      collection: INVOICE,
      list: subscription !== undefined
        ? ["invoices_by_subscription", subscription]
        : customer === undefined
        ? ["invoices"]
        : ["invoices_by_customer", customer],
      params,
      url: "/v1/invoices",
      present: (stored) => presentInvoice(context, stored),
      matches: (invoice) =>
        (customer === undefined || invoice.customer === customer) &&
        (status === undefined || invoice.status === status) &&
        (collection === undefined ||
          invoice.collection_method === collection) &&
        (due === undefined ||
          (invoice.due_date !== null && within(invoice.due_date, due))),
    });
  },
});

// Whose invoices are asked for has to be there, and what is due of them is made first.
async function checkOwner(
  context: Context,
  of: { customer: string | undefined; subscription: string | undefined },
): Promise<void> {
  const { customer, subscription } = of;
  if (subscription !== undefined) {
    const stored = await context.store.get(SUBSCRIPTION, subscription);
    if (stored === null) {
      throw noSuchParam(SUBSCRIPTION.noun, subscription, "subscription");
    }
    await catchUp(context, stored.object.customer);
  }
  if (customer !== undefined) {
    if (await context.store.get(CUSTOMER, customer) === null) {
      throw noSuchParam(CUSTOMER.noun, customer, "customer");
    }
    await catchUp(context, customer);
  }
  if (customer === undefined && subscription === undefined) {
    await catchUpAll(context);
  }
}

export const listInvoiceLines = endpoint({
  returns: "line_item",
  many: true,
  params: PAGE,
  async run(context, params, ids): Promise<ListOf<ApiInvoiceLine>> {
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

/** The invoice that a path names. */
export async function readInvoice(
  context: Context,
  id: string,
): Promise<StoredInvoice> {
  const stored = await context.store.get(INVOICE, id);
  if (stored === null || stored.deleted) throw noSuchPath(INVOICE.noun, id);
  return stored;
}
