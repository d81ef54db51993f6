import type Stripe from "stripe";
import { withDeadline } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import { findSession } from "./checkout.ts";
import { portalRecord } from "./portal.ts";
import { idOf, requireStripeUrl, retrieveOrNull } from "./stripe_client.ts";

/**
 * The URL of Stripe's page where an organization pays its open invoice. It is
 * a secret and may change, so it is read from Stripe every time. The next page
 * view syncs with Stripe first, as after a portal visit.
 *
 * @returns Null if there is no open invoice, or it has no hosted page.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export async function openInvoiceUrl(
  services: Services,
  orgId: string,
): Promise<string | null> {
  const { config, store, now, stripe } = services;
  const billing = await store.readBilling(orgId, now());
  const { customer, subscription } = billing;
  if (customer === null || subscription === null) return null;
  await store.markPortalOpened(orgId, portalRecord(billing, now()));
  const id = subscription.invoice?.id ?? subscription.latestInvoiceId;
  if (id === null) return null;
  const { invoices } = await stripe();
  const invoice = await retrieveOrNull(invoices.retrieve(id));
  return invoice?.status === "open" && invoice.hosted_invoice_url
    ? requireStripeUrl(config, invoice.hosted_invoice_url)
    : null;
}

/** Reports whether a ledger entry with this source has a Stripe invoice. */
export function hasInvoice(source: string): boolean {
  return INVOICED.test(source);
}

/** Sources of payments only: the sources of charges are digests. */
const INVOICED = /^(?:invoice:in|checkout:cs)_[A-Za-z0-9_]{1,250}$/;

/**
 * The URL of Stripe's page for the invoice behind a ledger entry. The link
 * shows the invoice to anyone who has it, so it is never stored.
 *
 * @param source The entry's `source`, from the request.
 * @returns Null if this organization's ledger has no such entry, or the entry
 * has no invoice.
 * @throws {BillingError} `unavailable` if Stripe takes too long.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export function entryInvoiceUrl(
  services: Services,
  orgId: string,
  source: string,
): Promise<string | null> {
  const finding = findEntryInvoiceUrl(services, orgId, source);
  return withDeadline(services, "finding the invoice of an entry", finding);
}

async function findEntryInvoiceUrl(
  services: Services,
  orgId: string,
  source: string,
): Promise<string | null> {
  if (!hasInvoice(source)) return null;
  const [entry, customer] = await Promise.all([
    services.store.readPosted(orgId, source),
    services.store.readCustomer(orgId),
  ]);
  if (entry === null || customer === null) return null;
  const invoice = await findInvoice(services, source);
  if (!invoice?.customer) return null;
  const { hosted_invoice_url: url } = invoice;
  return url && idOf(invoice.customer) === customer.stripeCustomerId
    ? requireStripeUrl(services.config, url)
    : null;
}

async function findInvoice(
  services: Services,
  source: string,
): Promise<Stripe.Invoice | null> {
  const id = source.slice(source.indexOf(":") + 1);
  const { invoices } = await services.stripe();
  if (source.startsWith("invoice:")) return await invoices.retrieve(id);
  const session = await findSession(services, id);
  return session?.invoice
    ? await invoices.retrieve(idOf(session.invoice))
    : null;
}
