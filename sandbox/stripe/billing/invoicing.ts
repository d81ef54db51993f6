import { longId, pageSecret, sha256 } from "../ids.ts";
import { INVOICE } from "../kinds.ts";
import { emptyInvoice } from "../resources/blank_invoice.ts";
import { invalidRequest, notImplemented } from "../errors.ts";
import type { WireCustomer, WireInvoice, WireInvoiceLine } from "../wire.ts";
import { CUSTOMER } from "../kinds.ts";
import type { Books } from "./books.ts";
import { INVOICE_ITEM, INVOICE_PAYMENT, PAYMENT_INTENT } from "./kinds.ts";
import { type Entry, entryOf, newInvoiceItem, newLine } from "./lines.ts";
import { newInvoicePayment, newPaymentIntent } from "./payment_objects.ts";
import { idOf } from "./subscription_objects.ts";
import { HOUR_SEC } from "./time.ts";
import type { WireInvoiceItem, WireSubscription } from "./wire.ts";

/** Lines of one invoice; an object has to fit into one entry of the store. */
const MAX_LINES = 40;

/** What is to be billed. */
export interface Draft {
  reason: NonNullable<WireInvoice["billing_reason"]>;
  currency: string;
  entries: Entry[];
  subscription?: WireSubscription;
  /** Whether what waits for the next invoice goes onto this one. */
  takesPending: boolean;
  /** Whether it is finalized and charged by itself, an hour later. */
  advances: boolean;
  period?: { startSec: number; endSec: number };
  prorationSec?: number;
  fields?: Partial<
    Pick<
      WireInvoice,
      "default_payment_method" | "description" | "footer" | "metadata"
    >
  >;
}

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

function invoiceOf(
  id: string,
  made: {
    customer: WireCustomer;
    draft: Draft;
    lines: WireInvoiceLine[];
    nowSec: number;
  },
): WireInvoice {
  const { customer, draft, lines, nowSec } = made;
  const { advances, currency, period } = draft;
  return {
    ...emptyInvoice(id, { currency, createdSec: nowSec }),
    ...draft.fields,
    ...totalsOf(lines, customer.balance),
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: advances,
    automatically_finalizes_at: advances ? nowSec + HOUR_SEC : null,
    billing_reason: draft.reason,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    effective_at: null,
    ending_balance: null,
    lines: {
      object: "list",
      data: lines,
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    number: null,
    parent: parentOf(draft),
    period_end: period?.endSec ?? nowSec,
    period_start: period?.startSec ?? nowSec,
    starting_balance: customer.balance,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    test_clock: idOf(customer.test_clock),
    webhooks_delivered_at: nowSec,
  };
}

// A customer's balance is what it owes us: a negative one is credit, and used up first.
function totalsOf(lines: WireInvoiceLine[], balance: number) {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total + balance);
  return {
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

function parentOf(
  { subscription, prorationSec }: Draft,
): WireInvoice["parent"] {
  return subscription === undefined ? null : {
    type: "subscription_details",
    quote_details: null,
    subscription_details: {
      metadata: subscription.metadata,
      subscription: subscription.id,
      ...(prorationSec !== undefined &&
        { subscription_proration_date: prorationSec }),
    },
  };
}

/** A draft with its amounts counted again, after a line was added or taken. */
export function recounted(
  invoice: WireInvoice,
  lines: WireInvoiceLine[],
  balance: number,
): WireInvoice {
  return {
    ...invoice,
    ...totalsOf(lines, balance),
    lines: { ...invoice.lines, data: lines },
  };
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
