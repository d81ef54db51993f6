import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import { charges, credits, type ProrationBehavior } from "./item_updates.ts";
import { addPending, draftInvoice } from "./invoice_lifecycle.ts";
import { debitOf, type Entry } from "./invoice_lines.ts";
import { intervalOf } from "./recurring_prices.ts";
import { entriesFor, firstPeriod } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import { nextBoundary } from "./periods.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";
import { pauseFor } from "./subscription_objects.ts";

/** How a pause is billed. */
export interface Pause {
  /** Since when unused time is credited; "now" when not given. */
  creditFrom?: "now" | "item_current_period_start" | "none";
  /** Whether the credit is invoiced at once or with the next invoice. */
  invoicing?: "invoice" | "pending_invoice_item";
  /** When it ends by itself. */
  resumeAtSec?: number | null;
}

/** @throws {ApiError} 400 when it is not running, or a schedule manages it. */
export async function pause(
  transaction: BillingTransaction,
  { object, extra }: StoredSubscription,
  wish: Pause,
): Promise<ApiSubscription> {
  checkPausable(object);
  const fromSec = wish.creditFrom === "item_current_period_start"
    ? 0
    : transaction.nowSec;
  const items = new Set(object.items.data.map(({ id }) => id));
  const of = { before: object, items, atSec: fromSec };
  const unused = wish.creditFrom === "none"
    ? []
    : await credits(transaction, extra, of);
  for (const entry of unused) await addPending(transaction, entry);
  const paused = pauseFor(object, "pause_requested", transaction.nowSec);
  transaction.change(SUBSCRIPTION, paused, {
    ...extra,
    debits: wish.creditFrom === "none" ? extra.debits : [],
    resumeAtSec: wish.resumeAtSec ?? null,
  });
  transaction.emit("customer.subscription.paused", paused);
  transaction.emitUpdate("customer.subscription.updated", object, paused);
  if (wish.invoicing === "invoice" && unused.length > 0) {
    return await billChange(transaction, paused, []);
  }
  return paused;
}

function checkPausable({ schedule, status }: ApiSubscription): void {
  if (schedule !== null) {
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${schedule}\` and cannot be paused.`,
    );
  }
  if (status === "trialing") throw notImplemented("pausing a trial");
  if (status !== "active" && status !== "past_due") {
    throw invalidRequest(
      `Only a running subscription can be paused; this one is ${status}.`,
    );
  }
}

/** How a subscription comes back. */
export interface Resume {
  /** "now" (when not given) begins a new period; "unchanged" goes on with the old one. */
  anchor?: "now" | "unchanged";
  prorationBehavior?: ProrationBehavior;
  prorationSec?: number;
  /** Whether it waits for the payment of its first invoice; it does not when not given. */
  paymentBehavior?: "resume_on_payment_attempt" | "resume_on_payment_success";
}

/** @throws {ApiError} 400 when it is not paused. */
export async function resume(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  wish: Resume,
): Promise<ApiSubscription> {
  const { object: before, extra } = stored;
  if (before.status !== "paused") {
    throw invalidRequest(
      `Only a paused subscription can be resumed; this one is ${before.status}.`,
    );
  }
  const waits = wish.paymentBehavior === "resume_on_payment_success";
  const { object, entries } = wish.anchor === "unchanged"
    ? await goOn(transaction, stored, wish)
    : await beginAgain(transaction, before);
  const debits = [
    ...wish.anchor === "unchanged" ? extra.debits : [],
    ...entries.map(debitOf),
  ];
  const back = waits ? { ...object, ...statusOf(before) } : active(object);
  const next = { ...extra, debits, resumeAtSec: null };
  transaction.change(SUBSCRIPTION, back, next);
  if (!waits) transaction.emit("customer.subscription.resumed", back);
  const after = await settleUp(transaction, {
    subscription: back,
    entries,
    wish,
  });
  transaction.emitMerged("customer.subscription.updated", before, after);
  return after;
}

function statusOf({ status, status_details: details }: ApiSubscription) {
  return { status, ...(details && { status_details: details }) };
}

function active(subscription: ApiSubscription): ApiSubscription {
  const { status_details: _paused, ...rest } = subscription;
  return { ...rest, status: "active" };
}

async function beginAgain(
  transaction: BillingTransaction,
  before: ApiSubscription,
) {
  const object = firstPeriod(before, transaction.nowSec);
  const ids = new Set(object.items.data.map(({ id }) => id));
  return { object, entries: await entriesFor(transaction, object, ids) };
}

async function goOn(
  transaction: BillingTransaction,
  { object: before, extra }: StoredSubscription,
  wish: Resume,
): Promise<{ object: ApiSubscription; entries: Entry[] }> {
  const data = before.items.data.map((item) => {
    if (item.current_period_end > transaction.nowSec) return item;
    const every = intervalOf(item.price);
    const { billing_cycle_anchor: anchor } = before;
    const end = nextBoundary(anchor, every, transaction.nowSec);
    return {
      ...item,
      current_period_start: transaction.nowSec,
      current_period_end: end,
    };
  });
  const object = { ...before, items: { ...before.items, data } };
  const billed = new Set(extra.debits.map(({ item }) => item));
  const items = new Set(
    data.map(({ id }) => id).filter((id) => !billed.has(id)),
  );
  if (wish.prorationBehavior === "none") return { object, entries: [] };
  const atSec = wish.prorationSec ?? transaction.nowSec;
  return {
    object,
    entries: await charges(transaction, object, { items, atSec }),
  };
}

async function settleUp(
  transaction: BillingTransaction,
  of: { subscription: ApiSubscription; entries: Entry[]; wish: Resume },
): Promise<ApiSubscription> {
  const { subscription, entries, wish } = of;
  const later = wish.anchor === "unchanged" &&
    wish.prorationBehavior !== "always_invoice";
  if (!later) return await billChange(transaction, subscription, entries, wish);
  for (const entry of entries) await addPending(transaction, entry);
  return subscription;
}

async function billChange(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  entries: Entry[],
  wish: Resume = {},
): Promise<ApiSubscription> {
  const draft = await draftInvoice(transaction, {
    reason: "subscription_update",
    currency: subscription.currency,
    entries,
    subscription,
    takesPending: true,
    advances: false,
  });
  const { extra } = await transaction.need(SUBSCRIPTION, subscription.id);
  const waits = wish.paymentBehavior === "resume_on_payment_success";
  const latest = { ...subscription, latest_invoice: draft.id };
  transaction.change(SUBSCRIPTION, latest, {
    ...extra,
    resumesWith: waits ? draft.id : null,
  });
  await bill(transaction, { ...draft, auto_advance: !waits }, {
    retries: !waits,
  });
  return (await transaction.need(SUBSCRIPTION, subscription.id)).object;
}
