import type { Services } from "@/lib/services.ts";
import { isStripeError, requireStripeUrl } from "./stripe_client.ts";

/**
 * Where an organization pays the invoice that is open: Stripe's page of it,
 * read anew each time, as the address is a secret and may change. The next
 * page asks Stripe first, as after a visit to the portal.
 *
 * @returns Null where nothing is open any more, or Stripe has no page of it.
 * @throws {Error} What Stripe's SDK throws.
 */
export async function openInvoiceUrl(
  services: Services,
  orgId: string,
): Promise<string | null> {
  const { store, now } = services;
  const { customer, subscription } = await store.readBilling(orgId, now());
  if (customer === null || subscription === null) return null;
  await store.markPortalOpened(orgId, now());
  const { latestInvoiceId } = subscription;
  return latestInvoiceId && await urlOf(services, latestInvoiceId);
}

async function urlOf(
  { config, stripe }: Services,
  invoiceId: string,
): Promise<string | null> {
  const { invoices } = await stripe();
  try {
    const { status, hosted_invoice_url } = await invoices.retrieve(invoiceId);
    return status === "open" && hosted_invoice_url
      ? requireStripeUrl(config, hosted_invoice_url)
      : null;
  } catch (error) {
    if (isStripeError(error) && error.code === "resource_missing") return null;
    throw error;
  }
}
