import type { ApiInvoice } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { byId, created, filter } from "../api/list.ts";
import { PAGE, page, pageOf, range, within } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { resource } from "../api/resource.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";
import { intentOf } from "../billing/payment_collection.ts";
import { catchUp, catchUpAll } from "../billing/scheduler.ts";
import { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import {
  CUSTOMER,
  DISCOUNT,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_METHOD,
  PRICE,
  readPath,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";
import {
  createInvoice,
  INVOICE_ACTIONS,
  updateInvoice,
} from "./invoice_changes.ts";
import { createPreview } from "./invoice_previews.ts";

export const invoices = resource(INVOICE, {
  path: "/v1/invoices",
  expand: {
    account_tax_ids: "empty",
    application: "empty",
    confirmation_secret: { include: confirmationSecret },
    customer: CUSTOMER,
    default_payment_method: PAYMENT_METHOD,
    default_source: "empty",
    discounts: DISCOUNT,
    "total_discount_amounts.discount": DISCOUNT,
    "from_invoice.invoice": "empty",
    latest_revision: "empty",
    lines: { list: "line_item" },
    on_behalf_of: "empty",
    "parent.subscription_details.subscription": SUBSCRIPTION,
    payments: {
      include: ({ store }, id) =>
        page(store, {
          collection: INVOICE_PAYMENT,
          list: ["invoice_payments_by_invoice", id],
          params: {},
          url: `/v1/invoice_payments?invoice=${id}`,
        }),
    },
    test_clock: TEST_CLOCK,
    threshold_reason: "empty",
  },
  types: {
    line_item: {
      expand: {
        discounts: "empty",
        "discount_amounts.discount": DISCOUNT,
        "pricing.price_details.price": PRICE,
        subscription: SUBSCRIPTION,
      },
    },
  },
  present: presentInvoice,
  async refresh(context, id) {
    const { object } = await readPath(context, INVOICE, id);
    await catchUp(context, object.customer);
  },
  list: {
    filters: {
      collection_method: {
        reader: p.oneOf("charge_automatically", "send_invoice"),
      },
      created,
      due_date: filter(
        range,
        ({ due_date: due }: ApiInvoice, limits) =>
          due !== null && within(due, limits),
      ),
      status: {
        reader: p.oneOf("draft", "open", "paid", "uncollectible", "void"),
      },
      subscription: {
        ...byId(SUBSCRIPTION, "invoices_by_subscription"),
        // The stored list is the filter: an invoice has no such field.
        matches: () => true,
      },
      customer: byId(CUSTOMER, "invoices_by_customer"),
    },
    gaps: p.gaps("customer_account"),
    prepare: catchUpOwner,
  },
  create: createInvoice,
  update: updateInvoice,
  routes: {
    "POST /create_preview": createPreview,
    "GET /*/lines": endpoint({
      returns: "line_item",
      many: true,
      params: PAGE,
      async run(context, params, id) {
        const { lines } = (await readPath(context, INVOICE, id)).object;
        const { data, url } = lines;
        const what = "of invoice lines";
        return pageOf(data, params, { what, noun: "line item", url });
      },
    }),
    ...INVOICE_ACTIONS,
  },
});

/** With it a client pays the invoice by Stripe.js; `null` if the invoice needs no payment. */
async function confirmationSecret(context: Context, id: string) {
  const { object } = await readPath(context, INVOICE, id);
  const tx = await BillingTransaction.open(context, object.customer);
  const intent = await intentOf(tx, id);
  return intent &&
    { client_secret: intent.client_secret, type: "payment_intent" };
}

async function catchUpOwner(
  context: Context,
  { customer, subscription }: Record<string, unknown>,
): Promise<void> {
  if (typeof subscription === "string") {
    const { object } = await readPath(context, SUBSCRIPTION, subscription);
    await catchUp(context, object.customer);
  }
  if (typeof customer === "string") await catchUp(context, customer);
  if (customer === undefined && subscription === undefined) {
    await catchUpAll(context);
  }
}
