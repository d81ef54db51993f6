import type Stripe from "stripe";
import { findSession } from "./checkout_sessions.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { idOf } from "./prices.ts";
import type { Services } from "@/lib/services.ts";
import { requireStripeUrl } from "./stripe_client.ts";

/** Whether an entry came of something that Stripe has an invoice of. */
export function hasInvoice(source: string): boolean {
  return INVOICED.test(source);
}

/** Sources that only payments have: those of charges are digests. */
const INVOICED = /^(?:invoice:in|checkout:cs)_[A-Za-z0-9_]{1,250}$/;

/**
 * Stripe's page of the invoice that an entry of the ledger came of, made new
 * each time: with the link anybody sees the invoice, so it is never stored.
 *
 * @param source As the entry has it; one that is in no ledger of this
 * organization leads nowhere.
 * @returns Null where there is no such entry, or no invoice of it.
 * @throws {BillingError} `unavailable` where Stripe takes too long.
 * @throws {Error} What Stripe's SDK or the store throws.
 */
export function entryInvoiceUrl(
  services: Services,
  orgId: string,
  source: string,
): Promise<string | null> {
  const finding = findUrl(services, orgId, source);
  return withDeadline(services, "finding an entry's invoice", finding);
}

async function findUrl(
  services: Services,
  orgId: string,
  source: string,
): Promise<string | null> {
  if (!hasInvoice(source)) return null;
  const [posted, customer] = await Promise.all([
    services.store.readPosted(orgId, source),
    services.store.readCustomer(orgId),
  ]);
  if (posted === null || customer === null) return null;
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
