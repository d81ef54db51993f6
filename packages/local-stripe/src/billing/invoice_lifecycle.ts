import { longId, pageSecret, sha256 } from "../store/ids.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_ITEM,
  INVOICE_PAYMENT,
  PAYMENT_INTENT,
} from "../store/schema.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import type {
  ApiInvoice,
  ApiInvoiceItem,
  ApiInvoiceLine,
} from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { type Draft, invoiceOf, recounted } from "./invoice_objects.ts";
import { entryOf, newInvoiceItem, newLine } from "./line_objects.ts";
import type { Entry } from "./invoice_lines.ts";
import { newInvoicePayment, newPaymentIntent } from "./payment_objects.ts";
import { idOf } from "./subscription_objects.ts";
/** Lines of one invoice; an object has to fit into one entry of the store. */
const MAX_LINES = 40;

/** Puts something aside for the next invoice. */
export async function addPending(
  transaction: BillingTransaction,
  entry: Entry,
): Promise<ApiInvoiceItem> {
  const { id: customer, test_clock: clock } = await transaction.customer();
  const testClock = idOf(clock);
  const of = { customer, testClock, atSec: transaction.nowSec };
  const item = transaction.insert(
    INVOICE_ITEM,
    newInvoiceItem(entry, of),
    null,
  );
  transaction.emit("invoiceitem.created", item);
  return item;
}

/** Makes an invoice that can still be changed. */
export async function draftInvoice(
  transaction: BillingTransaction,
  draft: Draft,
): Promise<ApiInvoice> {
  const customer = await transaction.customer();
  const id = longId("in");
  const lines = [
    ...draft.takesPending ? await takePending(transaction, draft, id) : [],
    ...draft.entries.map((entry) =>
      newLine(entry, { invoice: id, invoiceItem: null })
    ),
  ];
  if (lines.length > MAX_LINES) {
    throw notImplemented(`invoices of more than ${MAX_LINES} lines`);
  }
  const invoice = transaction.insert(
    INVOICE,
    invoiceOf(id, { customer, draft, lines, nowSec: transaction.nowSec }),
    { secret: null },
  );
  transaction.emit("invoice.created", invoice);
  return invoice;
}

async function takePending(
  transaction: BillingTransaction,
  draft: Draft,
  invoice: string,
): Promise<ApiInvoiceLine[]> {
  const list = ["invoiceitems_pending", transaction.customerId];
  const rows = await transaction.all(INVOICE_ITEM, list);
  return rows.filter(({ object }) => belongs(object, draft)).map(
    ({ object }) => {
      transaction.change(INVOICE_ITEM, { ...object, invoice });
      const of = { invoice, invoiceItem: object.id };
      return newLine(entryOf(object), of);
    },
  );
}

// What another subscription left waits for that one's own invoice.
function belongs(item: ApiInvoiceItem, draft: Draft): boolean {
  const owner = item.parent?.subscription_details?.subscription;
  return item.currency === draft.currency &&
    (owner === undefined || owner === draft.subscription?.id);
}

/**
 * Gives an invoice its number and closes it to changes. One of nothing is paid at once; any other
 * gets a payment, which `collect` in `collecting.ts` tries.
 *
 * @param how `usesBalance`: whether the customer's balance counts, as it does when nothing is said.
 * @throws {ApiError} 400 when it is no draft.
 */
export async function finalizeInvoice(
  transaction: BillingTransaction,
  draft: ApiInvoice,
  how: { usesBalance: boolean } = { usesBalance: true },
): Promise<ApiInvoice> {
  if (draft.status !== "draft") throw notEditable(draft);
  const secret = pageSecret();
  transaction.point(["invoice_secret", await sha256(secret)], draft.id);
  const numbered = await number(transaction, draft, how);
  const open = transaction.change(INVOICE, numbered, { secret });
  if (open.amount_due > 0) openPayment(transaction, open);
  transaction.emit("invoice.finalized", open);
  return open.amount_due > 0 ? open : payNothing(transaction, open);
}

async function number(
  transaction: BillingTransaction,
  draft: ApiInvoice,
  { usesBalance }: { usesBalance: boolean },
): Promise<ApiInvoice> {
  const customer = await transaction.customer();
  const { invoice_prefix: prefix, next_invoice_sequence: count } = customer;
  const balance = usesBalance ? customer.balance : 0;
  const after = usesBalance
    ? Math.min(0, draft.total + balance)
    : customer.balance;
  transaction.change(CUSTOMER, {
    ...customer,
    balance: after,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: count + 1,
  });
  return {
    ...recounted(draft, draft.lines.data, balance),
    auto_advance: draft.auto_advance,
    automatically_finalizes_at: null,
    effective_at: transaction.nowSec,
    ending_balance: after,
    number: `${prefix}-${String(count).padStart(4, "0")}`,
    starting_balance: balance,
    status: "open",
    status_transitions: {
      ...draft.status_transitions,
      finalized_at: transaction.nowSec,
    },
  };
}

/** Opens the payment of an invoice. */
export function openPayment(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
) {
  const intent = transaction.insert(
    PAYMENT_INTENT,
    newPaymentIntent({
      amountMinor: invoice.amount_due,
      currency: invoice.currency,
      customer: invoice.customer,
      description: descriptionOf(invoice),
      metadata: {},
      createdSec: transaction.nowSec,
    }),
    null,
  );
  const payment = newInvoicePayment(invoice.id, intent);
  transaction.insert(INVOICE_PAYMENT, payment, null);
  transaction.emit("payment_intent.created", intent);
  return { intent, payment };
}

function descriptionOf({ billing_reason: reason, description }: ApiInvoice) {
  if (description !== null) return description;
  return reason === "subscription_create"
    ? "Subscription creation"
    : reason === "manual"
    ? "Payment for Invoice"
    : "Subscription update";
}

function payNothing(
  transaction: BillingTransaction,
  open: ApiInvoice,
): ApiInvoice {
  const paid = transaction.change(INVOICE, {
    ...open,
    attempted: true,
    status: "paid",
    status_transitions: {
      ...open.status_transitions,
      paid_at: transaction.nowSec,
    },
  });
  transaction.emit("invoice.paid", paid);
  transaction.emit("invoice.payment_succeeded", paid);
  return paid;
}

/** Takes back an invoice that was not paid, with the payment that was opened for it. */
export async function voidInvoice(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): Promise<ApiInvoice> {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(
      `You can only void an invoice that is open or uncollectible; this one is ${invoice.status}.`,
      { code: "invoice_not_editable" },
    );
  }
  await cancelPayments(transaction, invoice.id);
  const voided = transaction.change(INVOICE, {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: "void",
    status_transitions: {
      ...invoice.status_transitions,
      voided_at: transaction.nowSec,
    },
  });
  transaction.emit("invoice.voided", voided);
  return voided;
}

async function cancelPayments(
  transaction: BillingTransaction,
  invoice: string,
): Promise<void> {
  const list = ["invoice_payments_by_invoice", invoice];
  for (const { object } of await transaction.all(INVOICE_PAYMENT, list)) {
    if (object.status !== "open") continue;
    const { canceled_at: _none, paid_at } = object.status_transitions;
    transaction.change(INVOICE_PAYMENT, {
      ...object,
      status: "canceled",
      status_transitions: { canceled_at: transaction.nowSec, paid_at },
    });
    const { payment_intent: id } = object.payment;
    const intent = (await transaction.need(PAYMENT_INTENT, id)).object;
    const canceled = transaction.change(PAYMENT_INTENT, {
      ...intent,
      canceled_at: transaction.nowSec,
      cancellation_reason: "void_invoice",
      next_action: null,
      status: "canceled",
    });
    transaction.emit("payment_intent.canceled", canceled);
  }
}

/** Stops an invoice from being finalized or charged by itself. */
export function halt(
  transaction: BillingTransaction,
  invoice: ApiInvoice,
): ApiInvoice {
  const halted = transaction.change(INVOICE, {
    ...invoice,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  });
  transaction.emitUpdate("invoice.updated", invoice, halted);
  return halted;
}

function notEditable({ status }: ApiInvoice) {
  return invalidRequest(
    `This invoice is already finalized (it is ${status}), so that it cannot be changed any more.`,
    { code: "invoice_not_editable" },
  );
}
