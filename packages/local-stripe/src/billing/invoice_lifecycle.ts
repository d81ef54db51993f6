import { longId, pageSecret, sha256 } from "../store/ids.ts";
import {
  CUSTOMER,
  INVOICE,
  INVOICE_ITEM,
  SUBSCRIPTION,
  type SubscriptionExtra,
  TAX_ID,
} from "../store/schema.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import type {
  ApiInvoice,
  ApiInvoiceItem,
  ApiInvoiceLine,
  ApiSubscription,
} from "../api/api_types.ts";
import type { BillingTransaction } from "./transaction.ts";
import { type Draft, invoiceOf, recounted } from "./invoice_objects.ts";
import { entryOf, newInvoiceItem, newLine } from "./line_objects.ts";
import { activeDiscounts, discountIds, endDiscounts } from "./discounts.ts";
import type { Entry } from "./invoice_lines.ts";
import { netDebits, withDiscounts } from "./line_discounts.ts";
import { cancelPayments, markPaid, openPayment } from "./payment_collection.ts";
import { customerTaxation, withTaxes } from "./taxes.ts";
import { idOf } from "./subscription_objects.ts";

/** The most lines of an invoice: an object has to fit into one Deno KV value. */
const MAX_LINES = 40;

/** Adds a pending item for the next invoice. */
export async function addPending(
  tx: BillingTransaction,
  entry: Entry,
): Promise<ApiInvoiceItem> {
  const { id: customer, test_clock: clock } = await tx.customer();
  const of = { customer, testClock: idOf(clock), atSec: tx.nowSec };
  const item = tx.insert(INVOICE_ITEM, newInvoiceItem(entry, of), null);
  tx.emit("invoiceitem.created", item);
  return item;
}

/** Adds pending items for the next invoice. */
export async function addAllPending(
  tx: BillingTransaction,
  entries: Entry[],
): Promise<void> {
  for (const entry of entries) await addPending(tx, entry);
}

/** Creates a draft invoice. */
export async function draftInvoice(
  tx: BillingTransaction,
  draft: Draft,
): Promise<ApiInvoice> {
  const customer = await tx.customer();
  const id = longId("in");
  const discounted = withDiscounts([
    ...draft.takesPending ? await takePending(tx, draft, id) : [],
    ...draft.entries.map((entry) =>
      newLine(entry, { invoice: id, invoiceItem: null })
    ),
  ], draft.discounts ?? []);
  const taxation = draft.automaticTax ? await customerTaxation(tx) : null;
  const lines = taxation
    ? await withTaxes(tx, discounted, taxation)
    : discounted;
  if (lines.length > MAX_LINES) {
    throw notImplemented(`invoices of more than ${MAX_LINES} lines`);
  }
  const taxIds = await tx.all(TAX_ID, ["tax_ids_by_customer", customer.id]);
  const made = {
    customer,
    draft,
    lines,
    nowSec: tx.nowSec,
    taxIds: taxIds.map(({ object: { type, value } }) => ({ type, value })),
  };
  const invoice = tx.insert(INVOICE, invoiceOf(id, made), { secret: null });
  tx.emit("invoice.created", invoice);
  return invoice;
}

type SubscriptionDraft =
  & Pick<Draft, "reason" | "entries">
  & Partial<Pick<Draft, "advances" | "period" | "prorationSec">>;

/** Creates a draft for a subscription and stores it as the subscription's latest invoice. */
export async function draftForSubscription(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  terms: SubscriptionDraft,
  extra?: SubscriptionExtra,
): Promise<ApiInvoice> {
  const { currency } = subscription;
  const discounts = await activeDiscounts(tx, discountIds(subscription));
  const draft = await draftInvoice(tx, {
    advances: false,
    automaticTax: subscription.automatic_tax.enabled,
    currency,
    discounts,
    subscription,
    takesPending: true,
    ...terms,
  });
  const before = await tx.need(SUBSCRIPTION, subscription.id);
  const { debits, ...others } = extra ?? before.extra;
  tx.change(SUBSCRIPTION, {
    ...subscription,
    discounts: await discountsAfter(tx, subscription, draft),
    latest_invoice: draft.id,
  }, { ...others, debits: netDebits(debits, draft.lines.data) });
  return draft;
}

// A discount ends with its time, or for the duration "once" with the first invoice that it reduces.
async function discountsAfter(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  { total_discount_amounts: amounts }: ApiInvoice,
): Promise<string[]> {
  const ids = discountIds(subscription);
  const used = new Set((amounts ?? []).map(({ discount }) => discount));
  const kept = (await activeDiscounts(tx, ids)).filter(({ object, extra }) =>
    extra.duration !== "once" || !used.has(object.id)
  ).map(({ object }) => object.id);
  await endDiscounts(tx, ids.filter((id) => !kept.includes(id)));
  return kept;
}

async function takePending(
  tx: BillingTransaction,
  draft: Draft,
  invoice: string,
): Promise<ApiInvoiceLine[]> {
  const list = ["invoiceitems_pending", tx.customerId];
  const pending = await tx.all(INVOICE_ITEM, list);
  return pending.filter(({ object }) => belongs(object, draft)).map(
    ({ object }) => {
      tx.change(INVOICE_ITEM, { ...object, invoice });
      return newLine(entryOf(object), { invoice, invoiceItem: object.id });
    },
  );
}

// An item of another subscription waits for that subscription's invoice.
function belongs(item: ApiInvoiceItem, draft: Draft): boolean {
  const owner = item.parent?.subscription_details?.subscription;
  return item.currency === draft.currency &&
    (owner === undefined || owner === draft.subscription?.id);
}

/**
 * Finalizes a draft: assigns its number and opens its payment, for `collect` to attempt. An
 * invoice with nothing due is paid at once.
 *
 * @throws {ApiError} 400 if the invoice is not a draft.
 */
export async function finalizeInvoice(
  tx: BillingTransaction,
  draft: ApiInvoice,
): Promise<ApiInvoice> {
  if (draft.status !== "draft") throw notEditable(draft);
  const secret = pageSecret();
  tx.point(["invoice_secret", await sha256(secret)], draft.id);
  const numbered = await number(tx, draft);
  const open = tx.change(INVOICE, numbered, { secret });
  if (open.amount_due > 0) openPayment(tx, open);
  tx.emit("invoice.finalized", open);
  if (open.amount_due > 0) return open;
  return markPaid(tx, open, { auto_advance: open.auto_advance });
}

async function number(
  tx: BillingTransaction,
  draft: ApiInvoice,
): Promise<ApiInvoice> {
  const customer = await tx.customer();
  const { invoice_prefix: prefix, next_invoice_sequence: count } = customer;
  const { balance } = customer;
  const counted = recounted(draft, draft.lines.data, balance);
  const after = draft.total + balance - counted.amount_due;
  tx.change(CUSTOMER, {
    ...customer,
    balance: after,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: count + 1,
  });
  return {
    ...counted,
    auto_advance: draft.auto_advance,
    automatically_finalizes_at: null,
    effective_at: tx.nowSec,
    ending_balance: after,
    number: `${prefix}-${String(count).padStart(4, "0")}`,
    starting_balance: balance,
    status: "open",
    status_transitions: {
      ...draft.status_transitions,
      finalized_at: tx.nowSec,
    },
  };
}

/**
 * Voids an invoice and cancels its payment.
 *
 * @throws {ApiError} 400 unless the invoice is open or uncollectible.
 */
export async function voidInvoice(
  tx: BillingTransaction,
  invoice: ApiInvoice,
): Promise<ApiInvoice> {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(
      `You can only void an invoice that is open or uncollectible; this one is ${invoice.status}.`,
      { code: "invoice_not_editable" },
    );
  }
  await cancelPayments(tx, invoice.id);
  const voided = tx.change(INVOICE, {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: "void",
    status_transitions: { ...invoice.status_transitions, voided_at: tx.nowSec },
  });
  tx.emit("invoice.voided", voided);
  return voided;
}

/** Stops the automatic finalization and collection of an invoice. */
export function halt(tx: BillingTransaction, invoice: ApiInvoice): ApiInvoice {
  return tx.update(INVOICE, invoice, {
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  });
}

function notEditable({ status }: ApiInvoice) {
  return invalidRequest(
    `This invoice is already finalized (it is ${status}), so that it cannot be changed any more.`,
    { code: "invoice_not_editable" },
  );
}
