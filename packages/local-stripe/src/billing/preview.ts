import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { randomText } from "../store/ids.ts";
import {
  INVOICE,
  isLive,
  SCHEDULE,
  type StoredSubscription,
} from "../store/schema.ts";
import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";
import { BillingTransaction } from "./transaction.ts";
import { endNow } from "./cancellation.ts";
import { recounted } from "./invoice_objects.ts";
import { nextPhase } from "./schedule_phases.ts";
import { findSubscription } from "./recurring_prices.ts";
import { endTrial, renew } from "./renewal.ts";
import { type Start, start } from "./subscription_start.ts";
import { changeItems, type TrialItemUpdate } from "./item_updates.ts";

// A preview is the thing itself, done in a transaction that is thrown away, so that it cannot differ.

/** What would be changed before the invoice is looked at. */
export type PreviewWish =
  | { kind: "nothing" }
  | { kind: "switch"; wish: TrialItemUpdate }
  | { kind: "trial_ends" }
  | { kind: "cancel_now"; prorate: boolean };

/** The invoice that a subscription leads to next, after a change that is not made. */
export async function previewChange(
  context: Context,
  subscription: ApiSubscription,
  of: PreviewWish,
  mode: "next" | "recurring" = "next",
): Promise<ApiInvoice> {
  const transaction = await BillingTransaction.open(
    context,
    subscription.customer,
  );
  const stored = await rowIn(transaction, subscription.id);
  if (stored === null || !isLive(stored.object)) throw noneUpcoming();
  const known = new Set([stored.object.latest_invoice]);
  await apply(transaction, stored, of);
  const changed = await rowIn(transaction, subscription.id);
  const at = changed?.object.latest_invoice ?? null;
  const now = known.has(at) || at === null
    ? null
    : (await transaction.find(INVOICE, at))?.object ?? null;
  const invoice = now ?? await nextInvoice(transaction, changed);
  return asPreview(mode === "recurring" ? onlyRecurring(invoice) : invoice);
}

async function apply(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  of: PreviewWish,
): Promise<void> {
  if (of.kind === "switch") await changeItems(transaction, stored, of.wish);
  // Without a trial there is none to end, and the change is nothing.
  if (of.kind === "trial_ends" && stored.object.status === "trialing") {
    await endTrial(transaction, stored, { billNow: true });
  }
  if (of.kind === "cancel_now") {
    await endNow(transaction, stored, {
      prorate: of.prorate,
      invoiceNow: true,
    });
  }
}

async function nextInvoice(
  transaction: BillingTransaction,
  stored: StoredSubscription | null,
): Promise<ApiInvoice> {
  if (stored === null || !isLive(stored.object)) throw noneUpcoming();
  const { object } = stored;
  const ends = object.items.data.map((item) => item.current_period_end);
  const end = Math.min(...ends);
  const isLast = object.cancel_at !== null && object.cancel_at <= end;
  if (isLast || object.status === "paused" || object.status === "incomplete") {
    throw noneUpcoming();
  }
  transaction.nowSec = Math.max(end, transaction.nowSec);
  await advancePhase(transaction, stored);
  const due = await rowIn(transaction, object.id) ?? stored;
  if (object.status !== "trialing") return await renew(transaction, due);
  await endTrial(transaction, due, { billNow: false });
  const after = await rowIn(transaction, object.id);
  const id = after?.object.latest_invoice;
  const made = id && id !== object.latest_invoice
    ? await transaction.find(INVOICE, id)
    : null;
  if (!made) throw noneUpcoming();
  return made.object;
}

async function advancePhase(
  transaction: BillingTransaction,
  stored: StoredSubscription,
) {
  const id = stored.object.schedule;
  const schedule = id === null ? null : await transaction.find(SCHEDULE, id);
  const end = schedule?.object.current_phase?.end_date;
  if (end !== undefined && end <= transaction.nowSec) {
    await nextPhase(transaction, stored);
  }
}

function rowIn(
  transaction: BillingTransaction,
  id: string,
): Promise<StoredSubscription | null> {
  return findSubscription(transaction, id);
}

/** The renewal of a subscription as it stands. */
export function previewRenewal(
  context: Context,
  subscription: ApiSubscription,
): Promise<ApiInvoice> {
  return previewChange(context, subscription, { kind: "nothing" });
}

/** The first invoice of a subscription that is not begun. */
export async function previewStart(
  context: Context,
  customer: string,
  request: Start,
): Promise<ApiInvoice> {
  const transaction = await BillingTransaction.open(context, customer);
  const begun = await start(transaction, {
    ...request,
    paymentBehavior: "default_incomplete",
  });
  const { object } = await transaction.need(
    INVOICE,
    begun.latest_invoice ?? "",
  );
  return asPreview(object);
}

function onlyRecurring(invoice: ApiInvoice): ApiInvoice {
  const lines = invoice.lines.data.filter(({ parent }) =>
    parent?.subscription_item_details?.proration === false
  );
  return recounted(invoice, lines, 0);
}

// What only comes with finalizing is taken back: nobody can pay or find it.
function asPreview(invoice: ApiInvoice): ApiInvoice {
  const id = `upcoming_in_${randomText(23)}`;
  const data = invoice.lines.data.map((line) => ({ ...line, invoice: id }));
  const url = `/v1/invoices/upcoming/lines?invoice=${id}`;
  const due = Math.max(0, invoice.total + invoice.starting_balance);
  return {
    ...invoice,
    id,
    amount_due: due,
    amount_paid: 0,
    amount_remaining: due,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatically_finalizes_at: null,
    effective_at: null,
    ending_balance: Math.min(0, invoice.total + invoice.starting_balance),
    hosted_invoice_url: null,
    invoice_pdf: null,
    lines: { ...invoice.lines, data, url },
    next_payment_attempt: invoice.created,
    number: null,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    webhooks_delivered_at: null,
  };
}

/** There is nothing that would be billed. */
export function noneUpcoming() {
  return invalidRequest("No upcoming invoices for customer", {
    status: 404,
    code: "invoice_upcoming_none",
  });
}
