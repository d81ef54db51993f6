import type Stripe from "stripe";
import { forgetCustomer, linkExisting } from "@/lib/billing/customers.ts";
import { grantForInvoice } from "@/lib/wallet/invoice_grants.ts";
import { idOf } from "@/lib/billing/prices.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import { reverseDispute, reverseRefund } from "@/lib/wallet/refunds.ts";
import type { Services } from "@/lib/services.ts";
import { findCustomerById } from "@/lib/billing/stripe_customers.ts";
import { syncIfCustomer } from "@/lib/billing/sync.ts";

/**
 * Does what an event asks for.
 *
 * @returns The organization whose state was brought up to date; null for a
 * customer that is nobody's.
 */
export type EventHandler = (
  services: Services,
  event: Stripe.Event,
) => Promise<string | null>;

type EventType = Stripe.Event["type"];

const BY_TYPE: Partial<Record<EventType, EventHandler>> = {
  "charge.dispute.closed": takeDispute,
  "charge.dispute.funds_reinstated": takeDispute,
  "checkout.session.completed": completeCheckout,
  "checkout.session.async_payment_succeeded": completeCheckout,
  "checkout.session.async_payment_failed": completeCheckout,
  "checkout.session.expired": endCheckout,
  "customer.deleted": forgetDeleted,
  "customer.updated": (services, event) =>
    syncOwner(services, (event.data.object as Stripe.Customer).id),
  "customer.subscription.created": syncNamed,
  "customer.subscription.deleted": syncNamed,
  "customer.subscription.paused": syncNamed,
  "customer.subscription.pending_update_applied": syncNamed,
  "customer.subscription.pending_update_expired": syncNamed,
  "customer.subscription.resumed": syncNamed,
  "customer.subscription.trial_will_end": syncNamed,
  "customer.subscription.updated": syncNamed,
  "invoice.paid": takeInvoice,
  "invoice.payment_action_required": syncNamed,
  "invoice.payment_failed": syncNamed,
  "payment_method.attached": syncNamed,
  "payment_method.automatically_updated": syncNamed,
  "payment_method.detached": syncFormer,
  "payment_method.updated": syncNamed,
  "refund.created": takeRefund,
  "refund.failed": takeRefund,
  "refund.updated": takeRefund,
  "subscription_schedule.canceled": syncNamed,
  "subscription_schedule.completed": syncNamed,
  "subscription_schedule.created": syncNamed,
  "subscription_schedule.released": syncNamed,
  "subscription_schedule.updated": syncNamed,
};

/**
 * What is done for each type. The webhook endpoint at Stripe listens to these
 * and no others.
 */
export const HANDLERS: ReadonlyMap<string, EventHandler> = new Map(
  Object.entries(BY_TYPE),
);

/** An object that may say whose it is. */
interface OfCustomer {
  customer?: string | { id: string } | null;
}

async function syncOwner(
  services: Services,
  stripeCustomerId: string,
): Promise<string | null> {
  const orgId = await services.store.readOrganization(stripeCustomerId);
  if (orgId !== null) await syncIfCustomer(services, orgId);
  return orgId;
}

/** Most events are about an object that names its customer. */
async function syncNamed(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  const { customer } = data.object as OfCustomer;
  return customer ? await syncOwner(services, idOf(customer)) : null;
}

/** A paid invoice may begin a period, which brings tokens. */
async function takeInvoice(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { id, customer } = event.data.object as Stripe.Invoice;
  if (!customer) return null;
  const stripeCustomerId = idOf(customer);
  const orgId = await syncOwner(services, stripeCustomerId);
  if (orgId !== null && id) {
    await grantForInvoice(services, { orgId, stripeCustomerId }, id);
  }
  return orgId;
}

function takeRefund(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  return reverseRefund(services, (data.object as Stripe.Refund).id);
}

function takeDispute(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  return reverseDispute(services, (data.object as Stripe.Dispute).id);
}

/** A card that was taken away is nobody's; the event says whose it was. */
async function syncFormer(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  const { customer } = (data.previous_attributes ?? {}) as OfCustomer;
  return customer ? await syncOwner(services, idOf(customer)) : null;
}

async function forgetDeleted(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  const { store } = services;
  const { id } = data.object as Stripe.Customer;
  const orgId = await store.readOrganization(id);
  if (orgId === null) return null;
  const customer = await store.readCustomer(orgId);
  if (customer?.stripeCustomerId === id) {
    await forgetCustomer(services, orgId, customer);
  }
  return orgId;
}

async function completeCheckout(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const session = event.data.object as Stripe.Checkout.Session;
  if (!session.customer) return null;
  const stripeCustomerId = idOf(session.customer);
  const orgId = await services.store.readOrganization(stripeCustomerId) ??
    await linkAgain(services, session, stripeCustomerId);
  if (orgId === null) return null;
  await syncIfCustomer(services, orgId);
  if (session.mode === "payment") {
    await fulfillCheckout(services, orgId, session.id);
  }
  await services.store.clearCheckout(orgId, session.id);
  return orgId;
}

/**
 * A store that was restored from a backup may have lost a customer's
 * organization. The session only names a candidate: the organization is the
 * one in the metadata that we gave the customer.
 *
 * @throws {BillingError} `unavailable` while the organization's customer is
 * being created: Stripe delivers the event again.
 */
async function linkAgain(
  services: Services,
  { client_reference_id: orgId }: Stripe.Checkout.Session,
  stripeCustomerId: string,
): Promise<string | null> {
  if (orgId === null || !/^[\w-]{1,128}$/.test(orgId)) return null;
  const customer = await findCustomerById(services, stripeCustomerId);
  if (customer?.metadata["organization"] !== orgId) return null;
  const linked = await linkExisting(services, orgId, stripeCustomerId);
  services.log.warn("a paid session's customer was not known", {
    orgId,
    linked,
  });
  return linked ? orgId : null;
}

async function endCheckout(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { id, customer } = event.data.object as Stripe.Checkout.Session;
  const orgId = customer &&
    await services.store.readOrganization(idOf(customer));
  if (!orgId) return null;
  await services.store.clearCheckout(orgId, id);
  return orgId;
}
