import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import type { Books } from "../billing/transaction.ts";
import { settled } from "../billing/payment_collection.ts";
import { atDesk } from "../billing/subscription_actions.ts";
import {
  draftInvoice,
  finalizeInvoice,
  halt,
  voidInvoice,
} from "../billing/invoice_lifecycle.ts";
import { charge, settle } from "../billing/invoice_settlement.ts";
import { paymentProblem } from "../billing/card_charge.ts";
import type { Attempt } from "../billing/payment_collection.ts";
import { collectionMethod } from "../billing/subscription_params.ts";
import { HOUR_SEC } from "../billing/periods.ts";
import { CUSTOMER, INVOICE, readParam } from "../store/schema.ts";
import { boolean, clearable, missing, oneOf, text } from "../api/params.ts";
import type { WireInvoice } from "../api/api_types.ts";
import { presentInvoice, readInvoice } from "./invoices.ts";
import { mergeMetadata, metadata } from "./metadata.ts";
import { checkMethod } from "./subscriptions.ts";

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
    return await atDesk(context, customer, async (books) => {
      const { currency } = await books.customer();
      const draft = await draftInvoice(books, {
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
      return await presented(books, draft);
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
    description: clearable(text(1_500)),
    footer: clearable(text(5_000)),
    metadata,
  },
  run(context, params, ids) {
    const { metadata: said, auto_advance: advances, ...plain } = params;
    return onInvoice(context, onlyId(ids), async (books, before) => {
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
      const at = advances ? books.nowSec + HOUR_SEC : null;
      const after = books.change(INVOICE, {
        ...before,
        ...plain,
        metadata: mergeMetadata(before.metadata ?? {}, said),
        ...(advances !== undefined && { auto_advance: advances }),
        ...(advances !== undefined && isDraft &&
          { automatically_finalizes_at: at }),
        ...(advances === false && { next_payment_attempt: null }),
      });
      books.tellUpdate("invoice.updated", before, after);
      return after;
    });
  },
});

export const finalizeInvoiceNow = endpoint({
  returns: "invoice",
  params: { auto_advance: boolean },
  run(context, params, ids) {
    return onInvoice(context, onlyId(ids), async (books, draft) => {
      const advances = params.auto_advance ?? draft.auto_advance;
      const open = await finalizeInvoice(books, {
        ...draft,
        auto_advance: advances,
      });
      if (open.status === "paid") await settle(books, open);
      else if (advances) soon(books, open);
      return open;
    });
  },
});

// Finalized by hand, it is charged by itself within the hour.
function soon(books: Books, open: WireInvoice): void {
  const at = books.nowSec + HOUR_SEC;
  books.change(INVOICE, { ...open, next_payment_attempt: at });
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
      async (books, invoice) => {
        if (method) await checkMethod(context, method, invoice.customer);
        const open = await payable(books, invoice);
        if (open.status === "paid") return open;
        if (params.paid_out_of_band) return await payElsewhere(books, open);
        const how = { retries: false, ...(method && { method }) };
        const { invoice: after, attempt } = await charge(books, open, how);
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
  books: Books,
  invoice: WireInvoice,
): Promise<WireInvoice> {
  if (invoice.status === "draft") {
    const open = await finalizeInvoice(books, invoice);
    if (open.status === "paid") await settle(books, open);
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
  books: Books,
  open: WireInvoice,
): Promise<WireInvoice> {
  const paid = books.change(INVOICE, settled(open, books.nowSec));
  books.tell("invoice.paid", paid);
  await settle(books, paid);
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

export const voidInvoiceNow = endpoint({
  returns: "invoice",
  params: {},
  run: (context, _params, ids) => onInvoice(context, onlyId(ids), voidInvoice),
});

export const markUncollectible = endpoint({
  returns: "invoice",
  params: {},
  run(context, _params, ids) {
    return onInvoice(context, onlyId(ids), (books, before) => {
      if (before.status !== "open") {
        throw invalidRequest(
          `Only an open invoice can be marked uncollectible; this one is ${before.status}.`,
        );
      }
      const halted = halt(books, before);
      const after = books.change(INVOICE, {
        ...halted,
        status: "uncollectible",
        status_transitions: {
          ...halted.status_transitions,
          marked_uncollectible_at: books.nowSec,
        },
      });
      books.tell("invoice.marked_uncollectible", after);
      return Promise.resolve(after);
    });
  },
});

async function onInvoice(
  context: Context,
  id: string,
  work: (books: Books, invoice: WireInvoice) => Promise<WireInvoice>,
): Promise<WireInvoice> {
  const { object: known } = await readInvoice(context, id);
  return await atDesk(context, known.customer, async (books) => {
    const row = await books.find(INVOICE, id);
    if (row === null) throw noSuchPath(INVOICE.noun, id);
    return await presented(books, await work(books, row.object));
  });
}

async function presented(
  books: Books,
  { id }: WireInvoice,
): Promise<WireInvoice> {
  return presentInvoice(books.context, await books.need(INVOICE, id));
}
