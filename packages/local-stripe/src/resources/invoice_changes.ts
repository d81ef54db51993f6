import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { paidInvoice } from "../billing/payment_collection.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import {
  draftInvoice,
  finalizeInvoice,
  halt,
  voidInvoice,
} from "../billing/invoice_lifecycle.ts";
import { charge, settleInvoice } from "../billing/invoice_settlement.ts";
import { paymentProblem } from "../billing/card_charge.ts";
import type { Attempt } from "../billing/payment_collection.ts";
import { collectionMethod } from "../billing/subscription_params.ts";
import { HOUR_SEC } from "../billing/periods.ts";
import { CUSTOMER, INVOICE, readParam } from "../store/schema.ts";
import { boolean, missing, nullable, oneOf, text } from "../api/params.ts";
import type { ApiInvoice } from "../api/api_types.ts";
import { readInvoice } from "./invoices.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { checkMethod } from "./subscriptions.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";

const GAPS = {
  account_tax_ids: missing,
  application_fee_amount: missing,
  automatic_tax: missing,
  automatically_finalizes_at: missing,
  custom_fields: missing,
  days_until_due: missing,
  default_source: missing,
  default_tax_rates: missing,
  discounts: missing,
  due_date: missing,
  effective_at: missing,
  issuer: missing,
  number: missing,
  on_behalf_of: missing,
  payment_settings: missing,
  rendering: missing,
  shipping_cost: missing,
  shipping_details: missing,
  statement_descriptor: missing,
  transfer_data: missing,
};

export const createInvoice = endpoint({
  returns: "invoice",
  params: {
    ...GAPS,
    auto_advance: boolean,
    collection_method: collectionMethod,
    currency: text(3, /^[a-z]{3}$/),
    customer: text(255),
    customer_account: missing,
    default_payment_method: text(255),
    description: text(1_500),
    footer: text(5_000),
    from_invoice: missing,
    metadata,
    pending_invoice_items_behavior: oneOf("exclude", "include"),
    subscription: missing,
  },
  async run(context, params) {
    const { customer, default_payment_method: method } = params;
    if (customer === undefined) throw missingParam("customer");
    await readParam(context, CUSTOMER, { id: customer, param: "customer" });
    if (method !== undefined) await checkMethod(context, method, customer);
    return await withCustomer(context, customer, async (transaction) => {
      const { currency } = await transaction.customer();
      const draft = await draftInvoice(transaction, {
        reason: "manual",
        currency: params.currency ?? currency ?? "usd",
        entries: [],
        takesPending: params.pending_invoice_items_behavior === "include",
        advances: params.auto_advance ?? false,
        fields: {
          default_payment_method: method ?? null,
          description: params.description ?? null,
          footer: params.footer ?? null,
          metadata: mergeMetadata({}, params.metadata),
        },
      });
      return await presented(transaction, draft);
    });
  },
});

export const updateInvoice = endpoint({
  returns: "invoice",
  params: {
    ...GAPS,
    auto_advance: boolean,
    collection_method: collectionMethod,
    default_payment_method: text(255),
    description: nullable(text(1_500)),
    footer: nullable(text(5_000)),
    metadata,
  },
  run(context, params, ids) {
    const { metadata: said, auto_advance: advances, ...plain } = params;
    return onInvoice(context, onlyId(ids), async (transaction, before) => {
      if (plain.default_payment_method !== undefined) {
        const { default_payment_method: method } = plain;
        await checkMethod(context, method, before.customer);
      }
      const isDraft = before.status === "draft";
      if (!isDraft && (plain.description ?? plain.footer) !== undefined) {
        throw invalidRequest(
          "Finalized invoices can't be updated in this way.",
          {
            code: "invoice_not_editable",
          },
        );
      }
      const at = advances ? transaction.nowSec + HOUR_SEC : null;
      const after = transaction.change(INVOICE, {
        ...before,
        ...plain,
        metadata: mergeMetadata(before.metadata ?? {}, said),
        ...(advances !== undefined && { auto_advance: advances }),
        ...(advances !== undefined && isDraft &&
          { automatically_finalizes_at: at }),
        ...(advances === false && { next_payment_attempt: null }),
      });
      transaction.emitUpdate("invoice.updated", before, after);
      return after;
    });
  },
});

export const finalizeInvoiceEndpoint = endpoint({
  returns: "invoice",
  params: { auto_advance: boolean },
  run(context, params, ids) {
    return onInvoice(context, onlyId(ids), async (transaction, draft) => {
      const advances = params.auto_advance ?? draft.auto_advance;
      const open = await finalizeInvoice(transaction, {
        ...draft,
        auto_advance: advances,
      });
      if (open.status === "paid") await settleInvoice(transaction, open);
      else if (advances) soon(transaction, open);
      return open;
    });
  },
});

// Finalized by hand, it is charged by itself within the hour.
function soon(transaction: BillingTransaction, open: ApiInvoice): void {
  const at = transaction.nowSec + HOUR_SEC;
  transaction.change(INVOICE, { ...open, next_payment_attempt: at });
}

export const payInvoice = endpoint({
  returns: "invoice",
  params: {
    forgive: missing,
    mandate: missing,
    off_session: boolean,
    paid_out_of_band: boolean,
    payment_method: text(255),
    source: missing,
  },
  async run(context, params, ids) {
    const { payment_method: method } = params;
    const attempts: Attempt[] = [];
    const paid = await onInvoice(
      context,
      onlyId(ids),
      async (transaction, invoice) => {
        if (method) await checkMethod(context, method, invoice.customer);
        const open = await payable(transaction, invoice);
        if (open.status === "paid") return open;
        if (params.paid_out_of_band) {
          return await payElsewhere(transaction, open);
        }
        const how = { retries: false, ...(method && { method }) };
        const { invoice: after, attempt } = await charge(
          transaction,
          open,
          how,
        );
        attempts.splice(0, 1, attempt);
        return after;
      },
    );
    // The failure itself is written; it is the answer that says so.
    refuse(attempts[0]);
    return paid;
  },
});

async function payable(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): Promise<ApiInvoice> {
  if (invoice.status === "draft") {
    const open = await finalizeInvoice(transaction, invoice);
    if (open.status === "paid") await settleInvoice(transaction, open);
    return open;
  }
  if (invoice.status === "open") return invoice;
  throw invalidRequest(
    invoice.status === "paid"
      ? "Invoice is already paid"
      : `This invoice can no longer be paid: it is ${invoice.status}.`,
  );
}

async function payElsewhere(
  transaction: BillingTransaction,
  open: ApiInvoice,
): Promise<ApiInvoice> {
  const paid = transaction.change(
    INVOICE,
    paidInvoice(open, transaction.nowSec),
  );
  transaction.emit("invoice.paid", paid);
  await settleInvoice(transaction, paid);
  return paid;
}

function refuse(attempt: Attempt | undefined): void {
  if (attempt === undefined || attempt.result === "succeeded") return;
  if (attempt.result === "no_method") {
    throw invalidRequest(
      "There is no `default_payment_method` set on this Customer or Invoice. Please provide a payment method.",
      { code: "resource_missing" },
    );
  }
  throw paymentProblem(attempt, "invoice_payment_intent_requires_action");
}

export const voidInvoiceEndpoint = endpoint({
  returns: "invoice",
  params: {},
  run: (context, _params, ids) => onInvoice(context, onlyId(ids), voidInvoice),
});

export const markUncollectible = endpoint({
  returns: "invoice",
  params: {},
  run(context, _params, ids) {
    return onInvoice(context, onlyId(ids), (transaction, before) => {
      if (before.status !== "open") {
        throw invalidRequest(
          `Only an open invoice can be marked uncollectible; this one is ${before.status}.`,
        );
      }
      const halted = halt(transaction, before);
      const after = transaction.change(INVOICE, {
        ...halted,
        status: "uncollectible",
        status_transitions: {
          ...halted.status_transitions,
          marked_uncollectible_at: transaction.nowSec,
        },
      });
      transaction.emit("invoice.marked_uncollectible", after);
      return Promise.resolve(after);
    });
  },
});

async function onInvoice(
  context: Context,
  id: string,
  work: (
    transaction: BillingTransaction,
    invoice: ApiInvoice,
  ) => Promise<ApiInvoice>,
): Promise<ApiInvoice> {
  const { object: known } = await readInvoice(context, id);
  return await withCustomer(context, known.customer, async (transaction) => {
    const stored = await transaction.find(INVOICE, id);
    if (stored === null) throw noSuchPath(INVOICE.noun, id);
    return await presented(transaction, await work(transaction, stored.object));
  });
}

async function presented(
  transaction: BillingTransaction,
  { id }: ApiInvoice,
): Promise<ApiInvoice> {
  return presentInvoice(
    transaction.context,
    await transaction.need(INVOICE, id),
  );
}
