import { endpoint, onlyId } from "../api/endpoint.ts";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { catchUp } from "../billing/subscription_actions.ts";
import {
  CHARGE,
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  readParam,
} from "../store/schema.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import { fields, missing, oneOf, required, text } from "../api/params.ts";
import type { Collection } from "../store/collections.ts";

export const retrievePaymentIntent = retrieval(PAYMENT_INTENT, {
  client_secret: text(255),
});
export const retrieveCharge = retrieval(CHARGE, {});
export const retrieveInvoicePayment = retrieval(INVOICE_PAYMENT, {});

function retrieval<T extends { id: string; object: string }>(
  collection: Collection<T>,
  params: Record<string, ReturnType<typeof text>>,
) {
  return endpoint({
    returns: collection.name,
    params,
    async run(context, _params, ids) {
      const id = onlyId(ids);
      const stored = await context.store.get(collection, id);
      if (stored === null) throw noSuchPath(collection.noun, id);
      return stored.object;
    },
  });
}

export const listPaymentIntents = endpoint({
  returns: "payment_intent",
  many: true,
  params: {
    ...PAGE,
    created: range,
    customer: text(255),
    customer_account: missing,
  },
  async run(context, params) {
    const { customer } = params;
    if (customer !== undefined) await checkCustomer(context, customer);
    return await page(context.store, {
      collection: PAYMENT_INTENT,
      list: customer === undefined
        ? ["payment_intents"]
        : ["payment_intents_by_customer", customer],
      params,
      url: "/v1/payment_intents",
    });
  },
});

/** A customer's objects are listed as of now, also when it is deleted. */
async function checkCustomer(context: Context, id: string): Promise<void> {
  if (await context.store.get(CUSTOMER, id) === null) {
    throw noSuchParam(CUSTOMER.noun, id, "customer");
  }
  await catchUp(context, id);
}

export const listCharges = endpoint({
  returns: "charge",
  many: true,
  params: {
    ...PAGE,
    created: range,
    customer: text(255),
    payment_intent: text(255),
    transfer_group: missing,
  },
  async run(context, params) {
    const { customer, payment_intent: intent } = params;
    if (customer !== undefined) await checkCustomer(context, customer);
    return await page(context.store, {
      collection: CHARGE,
      list: intent !== undefined
        ? ["charges_by_payment_intent", intent]
        : customer === undefined
        ? ["charges"]
        : ["charges_by_customer", customer],
      params,
      url: "/v1/charges",
      matches: (one) => customer === undefined || one.customer === customer,
    });
  },
});

export const listInvoicePayments = endpoint({
  returns: "invoice_payment",
  many: true,
  params: {
    ...PAGE,
    created: range,
    invoice: text(255),
    payment: fields({
      payment_intent: text(255),
      payment_record: missing,
      type: required(oneOf("payment_intent", "payment_record")),
    }),
    status: oneOf("canceled", "open", "paid"),
  },
  async run(context, params) {
    const { invoice, payment, status } = params;
    if (invoice !== undefined) {
      await readParam(context, INVOICE, { id: invoice, param: "invoice" });
    }
    const intent = payment?.payment_intent;
    return await page(context.store, {
      collection: INVOICE_PAYMENT,
      list: invoice !== undefined
        ? ["invoice_payments_by_invoice", invoice]
        : intent === undefined
        ? ["invoice_payments"]
        : ["invoice_payments_by_payment_intent", intent],
      params,
      url: "/v1/invoice_payments",
      matches: (one) =>
        (status === undefined || one.status === status) &&
        (payment === undefined || one.payment.type === payment.type) &&
        (intent === undefined || one.payment.payment_intent === intent),
    });
  },
});
