import { timeOf } from "@/lib/billing/customer_time.ts";
import type Stripe from "stripe";
import {
  findPlan,
  type Interval,
  type Plan,
  type Prices,
} from "@/lib/billing/plans.ts";
import {
  choiceById,
  choiceByProduct,
  requirePrices,
} from "@/lib/billing/prices.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";
import type { Services } from "@/lib/services.ts";
import type { Grant } from "@/lib/store/ledger_types.ts";
import {
  addMonths,
  monthlyGrant,
  MONTHS_PER_YEAR,
  yearlyPlanGrant,
} from "./monthly_grants.ts";

/** The organization that an invoice must belong to. */
export interface InvoiceOwner {
  orgId: string;
  /** An invoice of another customer grants nothing. */
  stripeCustomerId: string;
}

/**
 * Posts the grant of a plan's paid invoice, once per invoice: the plan's
 * monthly tokens, or for an upgrade within a period the difference between the
 * plans, in proportion to the rest of the month. A trial's invoice is paid too,
 * with a total of 0.
 *
 * @param reference `in_…`, or the invoice if it was read just now.
 * @throws {Error} An error of Stripe's SDK or the store, or if the prices are
 * not loaded yet. Safe to retry.
 */
export async function grantForInvoice(
  services: Services,
  { orgId, stripeCustomerId }: InvoiceOwner,
  reference: string | Stripe.Invoice,
): Promise<void> {
  const { store, stripe } = services;
  const invoiceId = typeof reference === "string" ? reference : reference.id;
  if (invoiceId === undefined) return; // a preview
  const source = `invoice:${invoiceId}`;
  if (await store.readPosted(orgId, source) !== null) return;
  const invoice = typeof reference === "string"
    ? await (await stripe()).invoices.retrieve(reference)
    : reference;
  if (invoice.status !== "paid" || !invoice.customer) return;
  if (idOf(invoice.customer) !== stripeCustomerId) return;
  const lines = await planLines(services, invoice);
  const { grantsAfterMs = 0 } = await store.readWallet(orgId);
  if (lines.every(({ startMs }) => startMs <= grantsAfterMs)) return;
  const grant = periodGrant(lines, source) ?? prorationGrant(lines, {
    source,
    missing: await grantMonthOfChange(services, orgId, { invoiceId, lines }),
  });
  if (grant === null) return;
  await store.post(orgId, grant, await timeOf(services, orgId));
}

/**
 * Posts the grant of the month in which a yearly plan changes, for the plan
 * that the month began with. Without it, a change before the first read of the
 * month would grant the new plan's tokens for all of it.
 *
 * @returns Tokens that the month still lacks of its first plan; negative if a
 * larger plan's grant was posted before this event arrived.
 */
async function grantMonthOfChange(
  services: Services,
  orgId: string,
  { invoiceId, lines }: { invoiceId: string; lines: PlanLine[] },
): Promise<number> {
  const credit = firstCredit(lines);
  if (!credit?.subscriptionId || credit.interval !== "year") return 0;
  const month = monthsToEnd(credit) + 1;
  if (month >= MONTHS_PER_YEAR) return 0; // granted by the year's invoice
  const startMs = addMonths(credit.endMs, 0 - month);
  const { grantsAfterMs = 0 } = await services.store.readWallet(orgId);
  if (startMs <= grantsAfterMs) return 0;
  const first = await firstChange(services, credit.subscriptionId, startMs);
  if (first === null) return 0;
  const grant = yearlyPlanGrant(first.plan, credit.subscriptionId, startMs);
  const nowMs = await timeOf(services, orgId);
  const outcome = await services.store.post(orgId, grant, nowMs);
  // Only the first change corrects the month; later ones add to it.
  if (first.invoiceId !== invoiceId || !("entry" in outcome)) return 0;
  return grant.tokens - outcome.entry.granted;
}

/** The proration credit for the plan before the first change. */
function firstCredit(lines: PlanLine[]): PlanLine | undefined {
  const [first] = lines.filter(({ amountMinor }) => amountMinor < 0)
    .toSorted((a, b) => a.startMs - b.startMs);
  return first;
}

const MAX_INVOICES = 100;

/** Finds the first change of a subscription's plan since a time. */
async function firstChange(
  services: Services,
  subscription: string,
  sinceMs: number,
): Promise<{ invoiceId: string; plan: Plan } | null> {
  const { data } = await (await services.stripe()).invoices.list({
    subscription,
    limit: MAX_INVOICES,
    created: { gte: Math.floor(sinceMs / 1000) },
  });
  for (const invoice of data.toReversed()) {
    if (invoice.status !== "paid" && invoice.status !== "open") continue;
    const credit = firstCredit(await planLines(services, invoice));
    if (credit) return { invoiceId: invoice.id ?? "", plan: credit.plan };
  }
  return null;
}

/** An invoice line for a plan. */
interface PlanLine {
  plan: Plan;
  /** Null for a price that is no longer in the catalogue. */
  interval: Interval | null;
  subscriptionId: string | null;
  startMs: number;
  endMs: number;
  /** In the currency's minor unit; negative for a credit. */
  amountMinor: number;
  /** True if it covers part of a period, after a change within it. */
  proration: boolean;
}

async function planLines(
  services: Services,
  invoice: Stripe.Invoice,
): Promise<PlanLine[]> {
  const prices = await requirePrices(services);
  const lines = await listLines(services, invoice);
  return lines.flatMap((line) => {
    const plan = planOf(line, prices);
    return plan === null ? [] : [{
      ...plan,
      subscriptionId: subscriptionOf(line),
      startMs: line.period.start * 1000,
      endMs: line.period.end * 1000,
      amountMinor: line.amount,
      proration: isProration(line),
    }];
  });
}

/** Stripe's largest page; a plan's invoice has a few lines. */
const MAX_LINES = 100;

/** The invoice object itself holds at most ten lines. */
async function listLines(
  { stripe }: Services,
  { id, lines }: Stripe.Invoice,
): Promise<Stripe.InvoiceLineItem[]> {
  if (!lines.has_more || id === undefined) return lines.data;
  const { invoices } = await stripe();
  return (await invoices.listLineItems(id, { limit: MAX_LINES })).data;
}

/**
 * Finds the plan by the line's price, or by its product if the price is no
 * longer in the catalogue. A one-off item on a subscription's invoice, such as
 * a fee, belongs to no plan, whatever its product.
 */
function planOf(
  line: Stripe.InvoiceLineItem,
  prices: Prices,
): Pick<PlanLine, "plan" | "interval"> | null {
  const { price, product } = line.pricing?.price_details ?? {};
  if (price === undefined || !isSubscriptionLine(line)) return null;
  const exact = choiceById(prices, idOf(price));
  const choice = exact ?? choiceByProduct(prices, product ?? "");
  if (choice === null || !("plan" in choice)) return null;
  const plan = findPlan(choice.plan);
  return plan === undefined
    ? null
    : { plan, interval: exact === null ? null : choice.interval };
}

function isSubscriptionLine(line: Stripe.InvoiceLineItem): boolean {
  return Boolean(line.parent?.subscription_item_details) || isProration(line);
}

function subscriptionOf({ parent }: Stripe.InvoiceLineItem): string | null {
  return (parent?.subscription_item_details ?? parent?.invoice_item_details)
    ?.subscription ?? null;
}

function isProration({ parent }: Stripe.InvoiceLineItem): boolean {
  return (parent?.subscription_item_details ?? parent?.invoice_item_details)
    ?.proration ?? false;
}

/** The grant of the month, year or trial that the invoice begins. */
function periodGrant(lines: PlanLine[], source: string): Grant | null {
  const [newest] = lines.filter(({ proration }) => !proration)
    .toSorted((a, b) => b.startMs - a.startMs);
  if (newest === undefined) return null;
  return monthlyGrant(newest.plan, { source, periodStartMs: newest.startMs });
}

/**
 * The grant of a paid proration, which lets no tokens expire. The invoice may
 * hold several changes: each line adds or subtracts its share, and the sum is
 * granted.
 */
function prorationGrant(
  lines: PlanLine[],
  { source, missing }: { source: string; missing: number },
): Grant | null {
  const [paid] = lines.filter(({ amountMinor }) => amountMinor > 0)
    .toSorted((a, b) => b.plan.tokensPerMonth - a.plan.tokensPerMonth);
  const isChange = lines.some(({ amountMinor }) => amountMinor < 0);
  if (paid === undefined || !isChange) return null;
  const shares = lines.map((line) =>
    Math.sign(line.amountMinor) * line.plan.tokensPerMonth * shareOfMonth(line)
  );
  const prorated = Math.round(shares.reduce((sum, share) => sum + share, 0));
  const tokens = Math.max(prorated, 0) + missing;
  if (tokens <= 0) return null;
  const grant = monthlyGrant(paid.plan, {
    source,
    periodStartMs: paid.startMs,
  });
  const description = `${paid.plan.name} plan – prorated tokens`;
  return { ...grant, tokens, description, inPeriod: true };
}

/**
 * The share of the month, from 0 to 1, that is left when the line begins. The
 * months of a year end on the same day of the month as the year.
 */
function shareOfMonth(line: PlanLine): number {
  const { startMs, endMs } = line;
  const months = monthsToEnd(line);
  const monthEndMs = addMonths(endMs, 0 - months);
  const lengthMs = monthEndMs - addMonths(endMs, 0 - months - 1);
  return (monthEndMs - startMs) / lengthMs;
}

/** Full months between the month in which the line begins and its end. */
function monthsToEnd({ startMs, endMs }: PlanLine): number {
  let months = 0;
  while (addMonths(endMs, 0 - months - 1) > startMs) months += 1;
  return months;
}
