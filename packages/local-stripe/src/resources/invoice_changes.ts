import type { ApiInvoice } from "../api/api_types.ts";
import { endpoint, operation } from "../api/endpoint.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { merge } from "../api/merge.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { paymentProblem } from "../billing/card_charge.ts";
import {
  draftInvoice,
  finalizeInvoice,
  halt,
  voidInvoice,
} from "../billing/invoice_lifecycle.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";
import { charge, settleInvoice } from "../billing/invoice_settlement.ts";
import { type Attempt, paidInvoice } from "../billing/payment_collection.ts";
import { HOUR_SEC } from "../billing/periods.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { collectionMethod } from "../billing/subscription_params.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import { CUSTOMER, INVOICE, readParam, readPath } from "../store/schema.ts";
import { checkMethod } from "./payment_method_attachment.ts";

const PARAMS = {
  auto_advance: p.boolean,
  collection_method: collectionMethod,
  default_payment_method: p.text(255),
  metadata,
  // deno-fmt-ignore: a list of names reads best filled
  ...p.gaps(
    "account_tax_ids", "application_fee_amount", "automatic_tax", "automatically_finalizes_at",
    "custom_fields", "days_until_due", "default_source", "default_tax_rates", "discounts",
    "due_date", "effective_at", "issuer", "number", "on_behalf_of", "payment_settings",
    "rendering", "shipping_cost", "shipping_details", "statement_descriptor", "transfer_data",
  ),
};

export const createInvoice = operation({
  params: {
    ...PARAMS,
    currency: p.text(3, /^[a-z]{3}$/),
    customer: p.text(255),
    description: p.text(1_500),
    footer: p.text(5_000),
    pending_invoice_items_behavior: p.oneOf("exclude", "include"),
    ...p.gaps("customer_account", "from_invoice", "subscription"),
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

export const updateInvoice = operation({
  params: {
    ...PARAMS,
    description: p.nullable(p.text(1_500)),
    footer: p.nullable(p.text(5_000)),
  },
  run: (context, params, id) =>
    onInvoice(context, id, async (transaction, before) => {
      const { auto_advance: advances, ...change } = params;
      const { default_payment_method: method } = change;
      if (method !== undefined) {
        await checkMethod(context, method, before.customer);
      }
      const isDraft = before.status === "draft";
      if (!isDraft && (change.description ?? change.footer) !== undefined) {
        throw invalidRequest(
          "Finalized invoices can't be updated in this way.",
          { code: "invoice_not_editable" },
        );
      }
      const at = advances ? transaction.nowSec + HOUR_SEC : null;
      const after = transaction.change(INVOICE, {
        ...merge(before, change),
        ...(advances !== undefined && { auto_advance: advances }),
        ...(advances !== undefined && isDraft &&
          { automatically_finalizes_at: at }),
        ...(advances === false && { next_payment_attempt: null }),
      });
      transaction.emitUpdate("invoice.updated", before, after);
      return after;
    }),
});

const finalize = endpoint({
  params: { auto_advance: p.boolean },
  run: (context, params, id) =>
    onInvoice(context, id, async (transaction, draft) => {
      const advances = params.auto_advance ?? draft.auto_advance;
      const open = await finalizeInvoice(transaction, {
        ...draft,
        auto_advance: advances,
      });
      if (open.status === "paid") await settleInvoice(transaction, open);
      else if (advances) {
        // Charged within the hour.
        const at = transaction.nowSec + HOUR_SEC;
        transaction.change(INVOICE, { ...open, next_payment_attempt: at });
      }
      return open;
    }),
});

const pay = endpoint({
  params: {
    off_session: p.boolean,
    paid_out_of_band: p.boolean,
    payment_method: p.text(255),
    ...p.gaps("forgive", "mandate", "source"),
  },
  async run(context, params, id) {
    const { payment_method: method } = params;
    let failure: Attempt | undefined;
    const paid = await onInvoice(context, id, async (transaction, invoice) => {
      if (method) {
        const { customer } = invoice;
        await checkMethod(context, method, customer, "payment_method");
      }
      const open = await payable(transaction, invoice);
      if (open.status === "paid") return open;
      if (params.paid_out_of_band) return await payElsewhere(transaction, open);
      const how = { retries: false, ...(method && { method }) };
      const charged = await charge(transaction, open, how);
      failure = charged.attempt;
      return charged.invoice;
    });
    // The failed attempt is committed, then reported.
    refuse(failure);
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
  const paid = transaction.change(INVOICE, {
    ...paidInvoice(open, transaction.nowSec),
    amount_paid_off_stripe: open.amount_due,
  });
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

const markUncollectible = endpoint({
  run: (context, _params, id) =>
    onInvoice(context, id, (transaction, before) => {
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
    }),
});

export const INVOICE_ACTIONS = {
  "POST /*/finalize": finalize,
  "POST /*/mark_uncollectible": markUncollectible,
  "POST /*/pay": pay,
  "POST /*/void": endpoint({
    run: (context, _params, id) => onInvoice(context, id, voidInvoice),
  }),
};

async function onInvoice(
  context: Context,
  id: string,
  work: (
    transaction: BillingTransaction,
    invoice: ApiInvoice,
  ) => Promise<ApiInvoice>,
): Promise<ApiInvoice> {
  const { customer } = (await readPath(context, INVOICE, id)).object;
  return await withCustomer(context, customer, async (transaction) => {
    const { object } = await transaction.need(INVOICE, id);
    return await presented(transaction, await work(transaction, object));
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
