import { byId, created, filter, listedIn } from "../api/list.ts";
import { empties, resource } from "../api/resource.ts";
import { page } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { catchUp } from "../billing/scheduler.ts";
import type { Context } from "../context.ts";
import { presentCharge } from "../billing/charge_presentation.ts";
import {
  BALANCE_TRANSACTION,
  CHARGE,
  CUSTOMER,
  INVOICE,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  REFUND,
} from "../store/schema.ts";
import type { ApiInvoicePayment } from "../api/api_types.ts";

async function catchUpCustomer(
  context: Context,
  { customer }: Record<string, unknown>,
): Promise<void> {
  if (typeof customer === "string") await catchUp(context, customer);
}

export const paymentIntents = resource(PAYMENT_INTENT, {
  path: "/v1/payment_intents",
  expand: {
    ...empties("application on_behalf_of review transfer_data.destination"),
    customer: CUSTOMER,
    latest_charge: CHARGE,
    payment_method: PAYMENT_METHOD,
  },
  retrieve: { client_secret: p.text(255) },
  list: {
    filters: {
      created,
      customer: byId(CUSTOMER, "payment_intents_by_customer"),
    },
    gaps: p.gaps("customer_account"),
    prepare: catchUpCustomer,
  },
});

export const charges = resource(CHARGE, {
  path: "/v1/charges",
  expand: {
    ...empties(
      "application application_fee failure_balance_transaction on_behalf_of",
      "outcome.rule review source_transfer transfer transfer_data.destination",
    ),
    balance_transaction: BALANCE_TRANSACTION,
    customer: CUSTOMER,
    payment_intent: PAYMENT_INTENT,
    refunds: {
      include: ({ store }, id) =>
        page(store, {
          collection: REFUND,
          list: ["refunds_by_charge", id],
          params: {},
          url: `/v1/charges/${id}/refunds`,
        }),
    },
  },
  present: presentCharge,
  list: {
    filters: {
      created,
      payment_intent: listedIn("charges_by_payment_intent"),
      customer: byId(CUSTOMER, "charges_by_customer"),
    },
    gaps: p.gaps("transfer_group"),
    prepare: catchUpCustomer,
  },
});

const PAYMENT = p.fields({
  payment_intent: p.text(255),
  type: p.required(p.oneOf("payment_intent", "payment_record")),
  ...p.gaps("payment_record"),
});

export const invoicePayments = resource(INVOICE_PAYMENT, {
  path: "/v1/invoice_payments",
  expand: {
    ...empties("payment.charge payment.payment_record"),
    invoice: INVOICE,
    "payment.payment_intent": PAYMENT_INTENT,
  },
  list: {
    filters: {
      created,
      invoice: byId(INVOICE, "invoice_payments_by_invoice", { live: true }),
      payment: filter(
        PAYMENT,
        ({ payment }: ApiInvoicePayment, { payment_intent: id, type }) =>
          payment.type === type &&
          (id ?? payment.payment_intent) === payment.payment_intent,
        ({ payment_intent: id }) =>
          id === undefined
            ? ["invoice_payments"]
            : ["invoice_payments_by_payment_intent", id],
      ),
      status: { reader: p.oneOf("canceled", "open", "paid") },
    },
  },
});
