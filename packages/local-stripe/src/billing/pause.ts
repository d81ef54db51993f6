import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { Books } from "./transaction.ts";
import { charges, credits, type ProrationBehavior } from "./item_updates.ts";
import { addPending, draftInvoice } from "./invoice_lifecycle.ts";
import { debitOf, type Entry } from "./invoice_lines.ts";
import { intervalOf } from "./recurring_prices.ts";
import { entriesFor, firstPeriod, type SubscriptionRow } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import { nextBoundary } from "./periods.ts";
import type { WireSubscription } from "../api/api_types.ts";
import { SUBSCRIPTION } from "../store/schema.ts";
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

/** @throws {StripeProblem} 400 when it is not running, or a schedule manages it. */
export async function pause(
  books: Books,
  { object, extra }: SubscriptionRow,
  wish: Pause,
): Promise<WireSubscription> {
  checkPausable(object);
  const fromSec = wish.creditFrom === "item_current_period_start"
    ? 0
    : books.nowSec;
  const items = new Set(object.items.data.map(({ id }) => id));
  const of = { before: object, items, atSec: fromSec };
  const unused = wish.creditFrom === "none"
    ? []
    : await credits(books, extra, of);
  for (const entry of unused) await addPending(books, entry);
  const paused = pauseFor(object, "pause_requested", books.nowSec);
  books.change(SUBSCRIPTION, paused, {
    ...extra,
    debits: wish.creditFrom === "none" ? extra.debits : [],
    resumeAtSec: wish.resumeAtSec ?? null,
  });
  books.tell("customer.subscription.paused", paused);
  books.tellUpdate("customer.subscription.updated", object, paused);
  if (wish.invoicing === "invoice" && unused.length > 0) {
    return await billChange(books, paused, []);
  }
  return paused;
}

function checkPausable({ schedule, status }: WireSubscription): void {
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

/** @throws {StripeProblem} 400 when it is not paused. */
export async function resume(
  books: Books,
  row: SubscriptionRow,
  wish: Resume,
): Promise<WireSubscription> {
  const { object: before, extra } = row;
  if (before.status !== "paused") {
    throw invalidRequest(
      `Only a paused subscription can be resumed; this one is ${before.status}.`,
    );
  }
  const waits = wish.paymentBehavior === "resume_on_payment_success";
  const { object, entries } = wish.anchor === "unchanged"
    ? await goOn(books, row, wish)
    : await beginAgain(books, before);
  const debits = [
    ...wish.anchor === "unchanged" ? extra.debits : [],
    ...entries.map(debitOf),
  ];
  const back = waits ? { ...object, ...statusOf(before) } : active(object);
  const next = { ...extra, debits, resumeAtSec: null };
  books.change(SUBSCRIPTION, back, next);
  if (!waits) books.tell("customer.subscription.resumed", back);
  const after = await settleUp(books, { subscription: back, entries, wish });
  books.tellWhole("customer.subscription.updated", before, after);
  return after;
}

function statusOf({ status, status_details: details }: WireSubscription) {
  return { status, ...(details && { status_details: details }) };
}

function active(subscription: WireSubscription): WireSubscription {
  const { status_details: _paused, ...rest } = subscription;
  return { ...rest, status: "active" };
}

async function beginAgain(books: Books, before: WireSubscription) {
  const object = firstPeriod(before, books.nowSec);
  const ids = new Set(object.items.data.map(({ id }) => id));
  return { object, entries: await entriesFor(books, object, ids) };
}

async function goOn(
  books: Books,
  { object: before, extra }: SubscriptionRow,
  wish: Resume,
): Promise<{ object: WireSubscription; entries: Entry[] }> {
  const data = before.items.data.map((item) => {
    if (item.current_period_end > books.nowSec) return item;
    const every = intervalOf(item.price);
    const { billing_cycle_anchor: anchor } = before;
    const end = nextBoundary(anchor, every, books.nowSec);
    return {
      ...item,
      current_period_start: books.nowSec,
      current_period_end: end,
    };
  });
  const object = { ...before, items: { ...before.items, data } };
  const billed = new Set(extra.debits.map(({ item }) => item));
  const items = new Set(
    data.map(({ id }) => id).filter((id) => !billed.has(id)),
  );
  if (wish.prorationBehavior === "none") return { object, entries: [] };
  const atSec = wish.prorationSec ?? books.nowSec;
  return { object, entries: await charges(books, object, { items, atSec }) };
}

async function settleUp(
  books: Books,
  of: { subscription: WireSubscription; entries: Entry[]; wish: Resume },
): Promise<WireSubscription> {
  const { subscription, entries, wish } = of;
  const later = wish.anchor === "unchanged" &&
    wish.prorationBehavior !== "always_invoice";
  if (!later) return await billChange(books, subscription, entries, wish);
  for (const entry of entries) await addPending(books, entry);
  return subscription;
}

async function billChange(
  books: Books,
  subscription: WireSubscription,
  entries: Entry[],
  wish: Resume = {},
): Promise<WireSubscription> {
  const draft = await draftInvoice(books, {
    reason: "subscription_update",
    currency: subscription.currency,
    entries,
    subscription,
    takesPending: true,
    advances: false,
  });
  const { extra } = await books.need(SUBSCRIPTION, subscription.id);
  const waits = wish.paymentBehavior === "resume_on_payment_success";
  const latest = { ...subscription, latest_invoice: draft.id };
  books.change(SUBSCRIPTION, latest, {
    ...extra,
    resumesWith: waits ? draft.id : null,
  });
  await bill(books, { ...draft, auto_advance: !waits }, { retries: !waits });
  return (await books.need(SUBSCRIPTION, subscription.id)).object;
}
