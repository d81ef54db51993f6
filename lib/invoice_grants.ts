import type Stripe from "stripe";
import { addMonths } from "./calendar.ts";
import type { Grant } from "./ledger.ts";
import { grantOf } from "./monthly_grants.ts";
import {
  CHOICE_BY_LOOKUP_KEY,
  findPlan,
  type Plan,
  type Prices,
} from "./plans.ts";
import { choiceById, idOf } from "./prices.ts";
import type { Services } from "./services.ts";

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
  orgId: string,
  invoiceId: string,
): Promise<void> {
  const { store, stripe, now } = services;
  const source = `invoice:${invoiceId}`;
  if (await store.readPosted(orgId, source) !== null) return;
  const invoice = await (await stripe()).invoices.retrieve(invoiceId);
  if (invoice.status !== "paid" || !invoice.customer) return;
  const owner = await store.readOrganization(idOf(invoice.customer));
  if (owner !== orgId) return;
  const lines = await planLines(services, invoice);
  const grant = wholeMonth(lines, source) ?? restOfMonth(lines, source);
  if (grant !== null) await store.post(orgId, grant, now());
}

/** A line of an invoice that is about a plan. */
interface PlanLine {
  plan: Plan;
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
    const plan = planOf(line, prices);
    return plan === null ? [] : [{
      plan,
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
function planOf(
  line: Stripe.InvoiceLineItem,
  prices: Prices,
): Plan | null {
  const { price, product } = line.pricing?.price_details ?? {};
  if (price === undefined || !isOfSubscription(line)) return null;
  const choice = choiceById(prices, idOf(price)) ??
    choiceByProduct(prices, product ?? "");
  return choice !== null && "plan" in choice
    ? findPlan(choice.plan) ?? null
    : null;
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

function isProration({ parent }: Stripe.InvoiceLineItem): boolean {
  return (parent?.subscription_item_details ?? parent?.invoice_item_details)
    ?.proration ?? false;
}

/** The period that the invoice begins, of a month, a year or a trial. */
function wholeMonth(lines: PlanLine[], source: string): Grant | null {
  const [newest] = lines.filter(({ proration }) => !proration)
    .toSorted((a, b) => b.startMs - a.startMs);
  if (newest === undefined) return null;
  return grantOf(newest.plan, { source, periodStartMs: newest.startMs });
}

/**
 * Money came for a part of a period: so do tokens, and none expire. Of several
 * changes each gives and takes from when it counts, and the rest is granted.
 */
function restOfMonth(lines: PlanLine[], source: string): Grant | null {
  const [paid] = lines.filter(({ amountMinor }) => amountMinor > 0)
    .toSorted((a, b) => b.plan.tokensPerMonth - a.plan.tokensPerMonth);
  const changes = lines.some(({ amountMinor }) => amountMinor < 0);
  if (paid === undefined || !changes) return null;
  const shares = lines.map((line) =>
    Math.sign(line.amountMinor) * line.plan.tokensPerMonth * shareOfMonth(line)
  );
  const tokens = Math.round(shares.reduce((sum, share) => sum + share, 0));
  if (tokens <= 0) return null;
  const grant = grantOf(paid.plan, { source, periodStartMs: paid.startMs });
  const description = `${paid.plan.name} plan: more for the rest of the month`;
  return { ...grant, tokens, description, inPeriod: true };
}

/**
 * How much of its month is left when a line begins, from 0 to 1. A year's
 * months end on the day on which the year does.
 */
function shareOfMonth({ startMs, endMs }: PlanLine): number {
  let months = 0;
  while (addMonths(endMs, months - 1) > startMs) months -= 1;
  const monthEndMs = addMonths(endMs, months);
  const lengthMs = monthEndMs - addMonths(endMs, months - 1);
  return (monthEndMs - startMs) / lengthMs;
}
