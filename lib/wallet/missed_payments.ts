import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { LedgerEntry } from "@/lib/store/ledger_types.ts";
import { grantForInvoice, type InvoiceOwner } from "./invoice_grants.ts";
import { fulfillCheckout } from "./purchases.ts";
import { reverseMissed } from "./refunds.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** As long as the pack of a session is recorded. */
const PACKS_MS = 90 * DAY_MS;
/** More than a month: the grants of earlier months have expired. */
const INVOICES_MS = 35 * DAY_MS;
/** Small pages: Stripe takes longer for a list with expanded objects. */
const SESSIONS_PER_PAGE = 25;
const MAX_SESSIONS = 200;
/** Stripe's largest page. */
const MAX_INVOICES = 100;

/** The customer of an organization, and when it was linked. */
interface Owner extends InvoiceOwner {
  linkedAtMs: number;
}

/**
 * Applies the payments, refunds and lost disputes of credit packs and the paid
 * invoices whose events were missed. If none was missed, it calls Stripe once,
 * and once more for an organization that has subscribed.
 *
 * @throws {Error} An error of Stripe's SDK or the store. Safe to retry.
 */
export async function applyMissedPayments(
  services: Services,
  orgId: string,
): Promise<void> {
  const { store, now } = services;
  const { customer, subscription } = await store.readBilling(orgId, now());
  if (customer === null) return;
  const { stripeCustomerId, createdAtMs: linkedAtMs } = customer;
  const owner = { orgId, stripeCustomerId, linkedAtMs };
  await Promise.all([
    subscription !== null && grantMissedInvoices(services, owner),
    applyMissedPacks(services, owner),
  ]);
}

/**
 * A pack that cannot be added must not hold up the others, so the first error
 * is thrown at the end.
 */
async function applyMissedPacks(
  services: Services,
  owner: Owner,
): Promise<void> {
  const errors: unknown[] = [];
  for (const session of await listPaidPacks(services, owner)) {
    try {
      const entry = await readOrFulfill(services, owner, session);
      const charge = chargeOf(session);
      if (entry === null || charge === null) continue;
      await reverseMissed(services, owner.orgId, charge);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Lists the paid sessions of the last 90 days, oldest first. */
async function listPaidPacks(
  { stripe, now }: Services,
  { stripeCustomerId }: Owner,
): Promise<Stripe.Checkout.Session[]> {
  const { sessions } = (await stripe()).checkout;
  const completed = await sessions.list({
    customer: stripeCustomerId,
    status: "complete",
    created: { gte: Math.floor((now() - PACKS_MS) / 1000) },
    limit: SESSIONS_PER_PAGE,
    expand: ["data.payment_intent.latest_charge.refunds"],
  }).autoPagingToArray({ limit: MAX_SESSIONS });
  return completed.filter(({ mode, payment_status }) =>
    mode === "payment" && payment_status !== "unpaid"
  ).toReversed();
}

/**
 * Adds only packs whose session this app has opened. Sessions of another
 * integration may be older than the link to the customer, and fulfilled there.
 */
async function readOrFulfill(
  services: Services,
  { orgId }: Owner,
  { id, client_reference_id, metadata }: Stripe.Checkout.Session,
): Promise<LedgerEntry | null> {
  const { store, log, now } = services;
  const posted = await store.readPosted(orgId, `checkout:${id}`);
  const isOwn = client_reference_id === orgId && metadata?.["pack"];
  if (posted !== null || !isOwn) return posted;
  const entry = await fulfillCheckout(services, orgId, id);
  if (entry === null) return null;
  log.warn("credit pack was missed", { orgId, sessionId: id });
  await store.clearCheckout(orgId, id, now());
  return entry;
}

/** Null for a session that a coupon has paid. */
function chargeOf(
  { payment_intent: intent }: Stripe.Checkout.Session,
): Stripe.Charge | null {
  if (intent === null || typeof intent === "string") return null;
  const { latest_charge: charge } = intent;
  return typeof charge === "string" ? null : charge;
}

/** Invoices that were paid before the link were granted by another system. */
async function grantMissedInvoices(
  services: Services,
  owner: Owner,
): Promise<void> {
  const { stripe, now } = services;
  const { invoices } = await stripe();
  const { data } = await invoices.list({
    customer: owner.stripeCustomerId,
    status: "paid",
    created: { gte: Math.floor((now() - INVOICES_MS) / 1000) },
    limit: MAX_INVOICES,
  });
  for (const invoice of data.toReversed()) {
    const { parent, status_transitions: { paid_at }, created } = invoice;
    const paidAtMs = (paid_at ?? created) * 1000;
    if (!parent?.subscription_details || paidAtMs < owner.linkedAtMs) continue;
    await grantForInvoice(services, owner, invoice);
  }
}
