import type Stripe from "stripe";
import { addMonths } from "./calendar.ts";
import type { Grant } from "./ledger.ts";
import { grantOf, monthOfYear, MONTHS_A_YEAR } from "./monthly_grants.ts";
import {
  CHOICE_BY_LOOKUP_KEY,
  findPlan,
  type Interval,
  type Plan,
  type Prices,
} from "@/lib/billing/plans.ts";
import { choiceById } from "@/lib/billing/prices.ts";
import type { Services } from "@/lib/services.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";

/** The organization that an invoice must belong to. */
export interface InvoiceOwner {
  orgId: string;
  /** The organization's; an invoice of another customer grants nothing. */
  stripeCustomerId: string;
}

/**
 * Grants what a paid invoice of a plan brings, once for the invoice: the
 * plan's tokens of a month, or for an upgrade within a period what the new
 * plan has more than the old one, in proportion to the rest of the month. A
 * trial's invoice of nothing counts as paid, as Stripe has it.
 *
 * @throws {Error} What Stripe's SDK or the store throws, or that no price is
 * known yet by which to tell a plan: repeat it freely.
 */
export async function grantForInvoice(
  services: Services,
  { orgId, stripeCustomerId }: InvoiceOwner,
  invoiceId: string,
): Promise<void> {
  const { store, stripe, now } = services;
  const source = `invoice:${invoiceId}`;
  if (await store.readPosted(orgId, source) !== null) return;
  const invoice = await (await stripe()).invoices.retrieve(invoiceId);
  if (invoice.status !== "paid" || !invoice.customer) return;
  if (idOf(invoice.customer) !== stripeCustomerId) return;
  const lines = await planLines(services, invoice);
  const grant = periodGrant(lines, source) ?? prorationGrant(lines, {
    source,
    missing: await grantYearsMonth(services, orgId, { invoiceId, lines }),
  });
  if (grant !== null) await store.post(orgId, grant, now());
}

/**
 * A change within a paid year may come before the first read of its month,
 * which would then be granted by the new plan. So it is granted here by the
 * plan that the month began with.
 *
 * @returns Tokens that the month lacks of that plan's; below 0 where a larger
 * plan's were granted before this event arrived.
 */
async function grantYearsMonth(
  services: Services,
  orgId: string,
  { invoiceId, lines }: { invoiceId: string; lines: PlanLine[] },
): Promise<number> {
  const left = leftFirst(lines);
  if (!left?.subscriptionId || left.interval !== "year") return 0;
  const month = monthsToEnd(left) + 1;
  if (month >= MONTHS_A_YEAR) return 0; // granted by the year's invoice
  const startMs = addMonths(left.endMs, 0 - month);
  const first = await firstChange(services, left.subscriptionId, startMs);
  if (first === null) return 0;
  const grant = monthOfYear(first.plan, left.subscriptionId, startMs);
  const outcome = await services.store.post(orgId, grant, services.now());
  // Only the first change corrects the month; later ones add to the result.
  if (first.invoiceId !== invoiceId || !("entry" in outcome)) return 0;
  return grant.tokens - outcome.entry.granted;
}

/** The line that gives money back for the plan before the first change. */
function leftFirst(lines: PlanLine[]): PlanLine | undefined {
  const [first] = lines.filter(({ amountMinor }) => amountMinor < 0)
    .toSorted((a, b) => a.startMs - b.startMs);
  return first;
}

const MAX_INVOICES = 100;

/** The first change of a subscription's plan since a time. */
async function firstChange(
  services: Services,
  subscription: string,
  sinceMs: number,
): Promise<{ invoiceId: string; plan: Plan } | null> {
  const { data } = await (await services.stripe()).invoices.list({
    ...{ subscription, limit: MAX_INVOICES },
    created: { gte: Math.floor(sinceMs / 1000) },
  });
  for (const invoice of data.toReversed()) {
    if (invoice.status !== "paid" && invoice.status !== "open") continue;
    const left = leftFirst(await planLines(services, invoice));
    if (left) return { invoiceId: invoice.id ?? "", plan: left.plan };
  }
  return null;
}

/** A line of an invoice that is about a plan. */
interface PlanLine {
  plan: Plan;
  /** Null for a price that was replaced. */
  interval: Interval | null;
  subscriptionId: string | null;
  startMs: number;
  endMs: number;
  /** In the currency's minor unit; below 0 where it gives money back. */
  amountMinor: number;
  /** Whether it is for a part of a period, as by a change within it. */
  proration: boolean;
}

async function planLines(
  services: Services,
  invoice: Stripe.Invoice,
): Promise<PlanLine[]> {
  const prices = await services.prices();
  if (prices.size === 0) {
    throw new Error("Cannot grant for an invoice: no price is known yet");
  }
  const lines = await linesOf(services, invoice);
  return lines.flatMap((line) => {
    const sold = soldBy(line, prices);
    return sold === null ? [] : [{
      ...sold,
      subscriptionId: subscriptionOf(line),
      startMs: line.period.start * 1000,
      endMs: line.period.end * 1000,
      amountMinor: line.amount,
      proration: isProration(line),
    }];
  });
}

/** Stripe allows no more on a page; a plan's invoice has a handful. */
const MAX_LINES = 100;

/** The invoice itself has ten at most. */
async function linesOf(
  { stripe }: Services,
  { id, lines }: Stripe.Invoice,
): Promise<Stripe.InvoiceLineItem[]> {
  if (!lines.has_more || id === undefined) return lines.data;
  const { invoices } = await stripe();
  return (await invoices.listLineItems(id, { limit: MAX_LINES })).data;
}

/**
 * By its price, or for a price that was replaced by its product. What is sold
 * once beside a subscription, such as a fee, is of no plan, whatever product
 * it names.
 */
function soldBy(
  line: Stripe.InvoiceLineItem,
  prices: Prices,
): Pick<PlanLine, "plan" | "interval"> | null {
  const { price, product } = line.pricing?.price_details ?? {};
  if (price === undefined || !isOfSubscription(line)) return null;
  const exact = choiceById(prices, idOf(price));
  const choice = exact ?? choiceByProduct(prices, product ?? "");
  if (choice === null || !("plan" in choice)) return null;
  const plan = findPlan(choice.plan);
  return plan === undefined
    ? null
    : { plan, interval: exact === null ? null : choice.interval };
}

function choiceByProduct(prices: Prices, product: string) {
  for (const [lookupKey, { productId }] of prices) {
    if (productId === product) {
      return CHOICE_BY_LOOKUP_KEY.get(lookupKey) ?? null;
    }
  }
  return null;
}

function isOfSubscription(line: Stripe.InvoiceLineItem): boolean {
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

/** The period that the invoice begins, of a month, a year or a trial. */
function periodGrant(lines: PlanLine[], source: string): Grant | null {
  const [newest] = lines.filter(({ proration }) => !proration)
    .toSorted((a, b) => b.startMs - a.startMs);
  if (newest === undefined) return null;
  return grantOf(newest.plan, { source, periodStartMs: newest.startMs });
}

/**
 * Money came for a part of a period: so do tokens, and none expire. Of several
 * changes each gives and takes from when it counts, and the rest is granted.
 */
function prorationGrant(
  lines: PlanLine[],
  { source, missing }: { source: string; missing: number },
): Grant | null {
  const [paid] = lines.filter(({ amountMinor }) => amountMinor > 0)
    .toSorted((a, b) => b.plan.tokensPerMonth - a.plan.tokensPerMonth);
  const changes = lines.some(({ amountMinor }) => amountMinor < 0);
  if (paid === undefined || !changes) return null;
  const shares = lines.map((line) =>
    Math.sign(line.amountMinor) * line.plan.tokensPerMonth * shareOfMonth(line)
  );
  const rest = Math.round(shares.reduce((sum, share) => sum + share, 0));
  const tokens = Math.max(rest, 0) + missing;
  if (tokens <= 0) return null;
  const grant = grantOf(paid.plan, { source, periodStartMs: paid.startMs });
  const description = `${paid.plan.name} plan: more for the rest of the month`;
  return { ...grant, tokens, description, inPeriod: true };
}

/**
 * How much of its month is left when a line begins, from 0 to 1. A year's
 * months end on the day on which the year does.
 */
function shareOfMonth(line: PlanLine): number {
  const { startMs, endMs } = line;
  const months = monthsToEnd(line);
  const monthEndMs = addMonths(endMs, 0 - months);
  const lengthMs = monthEndMs - addMonths(endMs, 0 - months - 1);
  return (monthEndMs - startMs) / lengthMs;
}

/** Full months from the end of the month that a line begins in to its end. */
function monthsToEnd({ startMs, endMs }: PlanLine): number {
  let months = 0;
  while (addMonths(endMs, 0 - months - 1) > startMs) months += 1;
  return months;
}
