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
  WireInvoice,
  WireInvoiceItem,
  WireInvoiceLine,
} from "../api/api_types.ts";
import type { Books } from "./transaction.ts";
import { type Draft, invoiceOf, recounted } from "./invoice_objects.ts";
import { entryOf, newInvoiceItem, newLine } from "./line_objects.ts";
import type { Entry } from "./invoice_lines.ts";
import { newInvoicePayment, newPaymentIntent } from "./payment_objects.ts";
import { idOf } from "./subscription_objects.ts";
/** Lines of one invoice; an object has to fit into one entry of the store. */
const MAX_LINES = 40;

/** Puts something aside for the next invoice. */
export async function addPending(
  books: Books,
  entry: Entry,
): Promise<WireInvoiceItem> {
  const { id: customer, test_clock: clock } = await books.customer();
  const testClock = idOf(clock);
  const of = { customer, testClock, atSec: books.nowSec };
  const item = books.insert(INVOICE_ITEM, newInvoiceItem(entry, of), null);
  books.tell("invoiceitem.created", item);
  return item;
}

/** Makes an invoice that can still be changed. */
export async function draftInvoice(
  books: Books,
  draft: Draft,
): Promise<WireInvoice> {
  const customer = await books.customer();
  const id = longId("in");
  const lines = [
    ...draft.takesPending ? await takePending(books, draft, id) : [],
    ...draft.entries.map((entry) =>
      newLine(entry, { invoice: id, invoiceItem: null })
    ),
  ];
  if (lines.length > MAX_LINES) {
    throw notImplemented(`invoices of more than ${MAX_LINES} lines`);
  }
  const invoice = books.insert(
    INVOICE,
    invoiceOf(id, { customer, draft, lines, nowSec: books.nowSec }),
    { secret: null },
  );
  books.tell("invoice.created", invoice);
  return invoice;
}

async function takePending(
  books: Books,
  draft: Draft,
  invoice: string,
): Promise<WireInvoiceLine[]> {
  const list = ["invoiceitems_pending", books.customerId];
  const rows = await books.all(INVOICE_ITEM, list);
  return rows.filter(({ object }) => belongs(object, draft)).map(
    ({ object }) => {
      books.change(INVOICE_ITEM, { ...object, invoice });
      const of = { invoice, invoiceItem: object.id };
      return newLine(entryOf(object), of);
    },
  );
}

// What another subscription left waits for that one's own invoice.
function belongs(item: WireInvoiceItem, draft: Draft): boolean {
  const owner = item.parent?.subscription_details?.subscription;
  return item.currency === draft.currency &&
    (owner === undefined || owner === draft.subscription?.id);
}

/**
 * Gives an invoice its number and closes it to changes. One of nothing is paid at once; any other
 * gets a payment, which `collect` in `collecting.ts` tries.
 *
 * @param how `usesBalance`: whether the customer's balance counts, as it does when nothing is said.
 * @throws {StripeProblem} 400 when it is no draft.
 */
export async function finalizeInvoice(
  books: Books,
  draft: WireInvoice,
  how: { usesBalance: boolean } = { usesBalance: true },
): Promise<WireInvoice> {
  if (draft.status !== "draft") throw notEditable(draft);
  const secret = pageSecret();
  books.point(["invoice_secret", await sha256(secret)], draft.id);
  const numbered = await number(books, draft, how);
  const open = books.change(INVOICE, numbered, { secret });
  if (open.amount_due > 0) openPayment(books, open);
  books.tell("invoice.finalized", open);
  return open.amount_due > 0 ? open : payNothing(books, open);
}

async function number(
  books: Books,
  draft: WireInvoice,
  { usesBalance }: { usesBalance: boolean },
): Promise<WireInvoice> {
  const customer = await books.customer();
  const { invoice_prefix: prefix, next_invoice_sequence: count } = customer;
  const balance = usesBalance ? customer.balance : 0;
  const after = usesBalance
    ? Math.min(0, draft.total + balance)
    : customer.balance;
  books.change(CUSTOMER, {
    ...customer,
    balance: after,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: count + 1,
  });
  return {
    ...recounted(draft, draft.lines.data, balance),
    auto_advance: draft.auto_advance,
    automatically_finalizes_at: null,
    effective_at: books.nowSec,
    ending_balance: after,
    number: `${prefix}-${String(count).padStart(4, "0")}`,
    starting_balance: balance,
    status: "open",
    status_transitions: {
      ...draft.status_transitions,
      finalized_at: books.nowSec,
    },
  };
}

/** Opens the payment of an invoice. */
export function openPayment(books: Books, invoice: WireInvoice) {
  const intent = books.insert(
    PAYMENT_INTENT,
    newPaymentIntent({
      amountMinor: invoice.amount_due,
      currency: invoice.currency,
      customer: invoice.customer,
      description: descriptionOf(invoice),
      metadata: {},
      createdSec: books.nowSec,
    }),
    null,
  );
  const payment = newInvoicePayment(invoice.id, intent);
  books.insert(INVOICE_PAYMENT, payment, null);
  books.tell("payment_intent.created", intent);
  return { intent, payment };
}

function descriptionOf({ billing_reason: reason, description }: WireInvoice) {
  if (description !== null) return description;
  return reason === "subscription_create"
    ? "Subscription creation"
    : reason === "manual"
    ? "Payment for Invoice"
    : "Subscription update";
}

function payNothing(books: Books, open: WireInvoice): WireInvoice {
  const paid = books.change(INVOICE, {
    ...open,
    attempted: true,
    status: "paid",
    status_transitions: { ...open.status_transitions, paid_at: books.nowSec },
  });
  books.tell("invoice.paid", paid);
  books.tell("invoice.payment_succeeded", paid);
  return paid;
}

/** Takes back an invoice that was not paid, with the payment that was opened for it. */
export async function voidInvoice(
  books: Books,
  invoice: WireInvoice,
): Promise<WireInvoice> {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(
      `You can only void an invoice that is open or uncollectible; this one is ${invoice.status}.`,
      { code: "invoice_not_editable" },
    );
  }
  await cancelPayments(books, invoice.id);
  const voided = books.change(INVOICE, {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: "void",
    status_transitions: {
      ...invoice.status_transitions,
      voided_at: books.nowSec,
    },
  });
  books.tell("invoice.voided", voided);
  return voided;
}

async function cancelPayments(books: Books, invoice: string): Promise<void> {
  const list = ["invoice_payments_by_invoice", invoice];
  for (const { object } of await books.all(INVOICE_PAYMENT, list)) {
    if (object.status !== "open") continue;
    const { canceled_at: _none, paid_at } = object.status_transitions;
    books.change(INVOICE_PAYMENT, {
      ...object,
      status: "canceled",
      status_transitions: { canceled_at: books.nowSec, paid_at },
    });
    const { payment_intent: id } = object.payment;
    const intent = (await books.need(PAYMENT_INTENT, id)).object;
    const canceled = books.change(PAYMENT_INTENT, {
      ...intent,
      canceled_at: books.nowSec,
      cancellation_reason: "void_invoice",
      next_action: null,
      status: "canceled",
    });
    books.tell("payment_intent.canceled", canceled);
  }
}

/** Stops an invoice from being finalized or charged by itself. */
export function halt(books: Books, invoice: WireInvoice): WireInvoice {
  const halted = books.change(INVOICE, {
    ...invoice,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  });
  books.tellUpdate("invoice.updated", invoice, halted);
  return halted;
}

function notEditable({ status }: WireInvoice) {
  return invalidRequest(
    `This invoice is already finalized (it is ${status}), so that it cannot be changed any more.`,
    { code: "invoice_not_editable" },
  );
}
