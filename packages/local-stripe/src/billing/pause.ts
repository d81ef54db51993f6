import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "./transaction.ts";
import { charges, credits, type ProrationBehavior } from "./item_updates.ts";
import { addAllPending, draftForSubscription } from "./invoice_lifecycle.ts";
import { debitOf, type Entry } from "./invoice_lines.ts";
import { intervalOf } from "./recurring_prices.ts";
import { entriesFor, firstPeriod } from "./renewal.ts";
import { bill } from "./invoice_settlement.ts";
import { nextBoundary } from "./periods.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import { type StoredSubscription, SUBSCRIPTION } from "../store/schema.ts";
import {
  itemIds,
  paused,
  unpaused,
  withItems,
} from "./subscription_objects.ts";

/** How to bill a pause. */
export interface Pause {
  /** When unused time is credited from; defaults to "now". */
  creditFrom?: "now" | "item_current_period_start" | "none";
  /** Whether to invoice the credit at once; defaults to the next invoice. */
  invoicing?: "invoice" | "pending_invoice_item";
  /** When the subscription resumes by itself. */
  resumeAtSec?: number | null;
}

/**
 * Pauses a subscription.
 *
 * @throws {ApiError} 400 unless it is active or past due, or if a schedule manages it.
 */
export async function pause(
  tx: BillingTransaction,
  { object, extra }: StoredSubscription,
  options: Pause,
): Promise<ApiSubscription> {
  checkPausable(object);
  const atSec = options.creditFrom === "item_current_period_start"
    ? 0
    : tx.nowSec;
  const of = { before: object, items: itemIds(object), atSec };
  const keepsDebits = options.creditFrom === "none";
  const unused = keepsDebits ? [] : await credits(tx, extra, of);
  await addAllPending(tx, unused);
  const after = paused(object, "pause_requested", tx.nowSec);
  tx.change(SUBSCRIPTION, after, {
    ...extra,
    debits: keepsDebits ? extra.debits : [],
    resumeAtSec: options.resumeAtSec ?? null,
  });
  tx.emit("customer.subscription.paused", after);
  tx.emitUpdate("customer.subscription.updated", object, after);
  if (options.invoicing !== "invoice" || unused.length === 0) return after;
  return await billChange(tx, after, { entries: [], waits: false });
}

function checkPausable({ schedule, status }: ApiSubscription) {
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

/** How to resume a subscription. */
export interface Resume {
  /** "now", the default, begins a new period; "unchanged" continues the old one. */
  anchor?: "now" | "unchanged";
  prorationBehavior?: ProrationBehavior;
  prorationSec?: number;
  /** Whether to stay paused until the first invoice is paid; not by default. */
  paymentBehavior?: "resume_on_payment_attempt" | "resume_on_payment_success";
}

/**
 * Resumes a paused subscription.
 *
 * @throws {ApiError} 400 if it is not paused.
 */
export async function resume(
  tx: BillingTransaction,
  { object: before, extra }: StoredSubscription,
  options: Resume,
): Promise<ApiSubscription> {
  if (before.status !== "paused") {
    throw invalidRequest(
      `Only a paused subscription can be resumed; this one is ${before.status}.`,
    );
  }
  const continues = options.anchor === "unchanged";
  const waits = options.paymentBehavior === "resume_on_payment_success";
  const { object, entries } = continues
    ? await continuePeriod(tx, { object: before, extra }, options)
    : await beginPeriod(tx, before);
  const resumed = waits
    ? { ...object, status: before.status }
    : unpaused(object, "active");
  const kept = continues ? extra.debits : [];
  const debits = [...kept, ...entries.map(debitOf)];
  tx.change(SUBSCRIPTION, resumed, { ...extra, debits, resumeAtSec: null });
  if (!waits) tx.emit("customer.subscription.resumed", resumed);
  const defers = continues && options.prorationBehavior !== "always_invoice";
  if (defers) await addAllPending(tx, entries);
  const after = defers
    ? resumed
    : await billChange(tx, resumed, { entries, waits });
  tx.emitSubscriptionUpdate(before, after);
  return after;
}

async function beginPeriod(tx: BillingTransaction, before: ApiSubscription) {
  const object = firstPeriod(before, tx.nowSec);
  return { object, entries: await entriesFor(tx, object, itemIds(object)) };
}

async function continuePeriod(
  tx: BillingTransaction,
  { object: before, extra }: Pick<StoredSubscription, "object" | "extra">,
  options: Resume,
): Promise<{ object: ApiSubscription; entries: Entry[] }> {
  const data = before.items.data.map((item) => {
    if (item.current_period_end > tx.nowSec) return item;
    const { billing_cycle_anchor: anchor } = before;
    const end = nextBoundary(anchor, intervalOf(item.price), tx.nowSec);
    return {
      ...item,
      current_period_start: tx.nowSec,
      current_period_end: end,
    };
  });
  const object = withItems(before, data);
  if (options.prorationBehavior === "none") return { object, entries: [] };
  const billed = new Set(extra.debits.map(({ item }) => item));
  const items = itemIds(object).difference(billed);
  const atSec = options.prorationSec ?? tx.nowSec;
  return { object, entries: await charges(tx, object, { items, atSec }) };
}

async function billChange(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  { entries, waits }: { entries: Entry[]; waits: boolean },
): Promise<ApiSubscription> {
  const draft = await draftForSubscription(tx, subscription, {
    entries,
    reason: "subscription_update",
  });
  const { object, extra } = await tx.need(SUBSCRIPTION, subscription.id);
  const resumesWith = waits ? draft.id : null;
  tx.change(SUBSCRIPTION, object, { ...extra, resumesWith });
  const open = { ...draft, auto_advance: !waits };
  await bill(tx, open, { retries: !waits });
  return (await tx.need(SUBSCRIPTION, subscription.id)).object;
}
