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
import { nulls } from "../store/objects.ts";
import { dueOf } from "./minimum_charge.ts";
import { periodBounds } from "./periods.ts";
import { nextPhase } from "./schedule_phases.ts";
import { findSubscription } from "./recurring_prices.ts";
import { endTrial, renew } from "./renewal.ts";
import { type Start, start } from "./subscription_start.ts";
import { changeItems, type TrialItemUpdate } from "./item_updates.ts";

// A preview makes the real change in a transaction that is never committed, so that both agree.

/** A change to preview the next invoice of. */
export type PreviewWish =
  | { kind: "nothing" }
  | { kind: "switch"; wish: TrialItemUpdate }
  | { kind: "trial_ends" }
  | { kind: "cancel_now"; prorate: boolean };

/**
 * The next invoice after a change of a subscription: the change's own invoice, or the renewal.
 *
 * @throws {ApiError} 404 `invoice_upcoming_none` if there is none.
 */
export async function previewChange(
  context: Context,
  { customer, id }: ApiSubscription,
  of: PreviewWish,
  mode: "next" | "recurring" = "next",
): Promise<ApiInvoice> {
  const tx = await BillingTransaction.open(context, customer);
  const stored = await findSubscription(tx, id);
  if (stored === null || !isLive(stored.object)) throw noneUpcoming();
  const known = stored.object.latest_invoice;
  await apply(tx, stored, of);
  const changed = await findSubscription(tx, id);
  const invoice = await newInvoiceOf(tx, changed, known) ??
    await nextInvoice(tx, changed);
  return asPreview(mode === "recurring" ? onlyRecurring(invoice) : invoice);
}

async function newInvoiceOf(
  tx: BillingTransaction,
  changed: StoredSubscription | null,
  known: string | null,
): Promise<ApiInvoice | null> {
  const id = changed?.object.latest_invoice;
  if (!id || id === known) return null;
  return (await tx.find(INVOICE, id))?.object ?? null;
}

async function apply(
  tx: BillingTransaction,
  stored: StoredSubscription,
  of: PreviewWish,
) {
  if (of.kind === "switch") await changeItems(tx, stored, of.wish);
  if (of.kind === "trial_ends" && stored.object.status === "trialing") {
    await endTrial(tx, stored, { billNow: true });
  }
  if (of.kind === "cancel_now") {
    await endNow(tx, stored, { prorate: of.prorate, invoiceNow: true });
  }
}

async function nextInvoice(
  tx: BillingTransaction,
  stored: StoredSubscription | null,
): Promise<ApiInvoice> {
  if (stored === null || !isLive(stored.object)) throw noneUpcoming();
  const { object } = stored;
  const { cancel_at: cancelAt, id, latest_invoice: known, status } = object;
  const end = periodBounds(object).firstEndSec;
  const isLast = cancelAt !== null && cancelAt <= end;
  if (isLast || status === "paused" || status === "incomplete") {
    throw noneUpcoming();
  }
  tx.nowSec = Math.max(end, tx.nowSec);
  await advancePhase(tx, stored);
  const due = await findSubscription(tx, id) ?? stored;
  if (status !== "trialing") return await renew(tx, due);
  await endTrial(tx, due, { billNow: false });
  const made = await newInvoiceOf(tx, await findSubscription(tx, id), known);
  if (made === null) throw noneUpcoming();
  return made;
}

async function advancePhase(
  tx: BillingTransaction,
  stored: StoredSubscription,
) {
  const id = stored.object.schedule;
  const schedule = await tx.find(SCHEDULE, id);
  const end = schedule?.object.current_phase?.end_date;
  if (end !== undefined && end <= tx.nowSec) await nextPhase(tx, stored);
}

/** The renewal invoice of a subscription. */
export function previewRenewal(
  context: Context,
  subscription: ApiSubscription,
): Promise<ApiInvoice> {
  return previewChange(context, subscription, { kind: "nothing" });
}

/** The first invoice of a new subscription. */
export async function previewStart(
  context: Context,
  customer: string,
  request: Start,
): Promise<ApiInvoice> {
  const tx = await BillingTransaction.open(context, customer);
  const paymentBehavior = "default_incomplete";
  const begun = await start(tx, { ...request, paymentBehavior });
  const { object } = await tx.need(INVOICE, begun.latest_invoice ?? "");
  return asPreview(object);
}

function onlyRecurring(invoice: ApiInvoice): ApiInvoice {
  const lines = invoice.lines.data.filter(({ parent }) =>
    parent?.subscription_item_details?.proration === false
  );
  return recounted(invoice, lines, 0);
}

// Resets everything that finalizing and paying has set.
function asPreview(invoice: ApiInvoice): ApiInvoice {
  const id = `upcoming_in_${randomText(23)}`;
  const data = invoice.lines.data.map((line) => ({ ...line, invoice: id }));
  const url = `/v1/invoices/upcoming/lines?invoice=${id}`;
  const total = invoice.total + invoice.starting_balance;
  const due = dueOf(total, invoice.currency);
  return {
    ...invoice,
    ...nulls(
      "automatically_finalizes_at effective_at hosted_invoice_url invoice_pdf",
      "number webhooks_delivered_at",
    ),
    id,
    amount_due: due,
    amount_paid: 0,
    amount_remaining: due,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    ending_balance: total - due,
    lines: { ...invoice.lines, data, url },
    next_payment_attempt: invoice.created,
    status: "draft",
    status_transitions: nulls(
      "finalized_at marked_uncollectible_at paid_at voided_at",
    ),
  };
}

/** The error of a preview when nothing would be invoiced. */
export function noneUpcoming() {
  return invalidRequest("No upcoming invoices for customer", {
    status: 404,
    code: "invoice_upcoming_none",
  });
}
