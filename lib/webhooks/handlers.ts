import type Stripe from "stripe";
import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import {
  forgetCustomer,
  linkExistingCustomer,
} from "@/lib/billing/customers.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";
import {
  findCustomerById,
  nameCustomer,
  organizationsIn,
} from "@/lib/billing/stripe_customers.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import type { Services } from "@/lib/services.ts";
import { grantForInvoice } from "@/lib/wallet/invoice_grants.ts";
import { STRIPE } from "@/lib/store/activity.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import { reverseDispute, reverseRefund } from "@/lib/wallet/refunds.ts";

/**
 * Handles an event.
 *
 * @returns The id of the affected organization, or null if the customer is
 * unknown.
 */
type EventHandler = (
  services: Services,
  event: Stripe.Event,
) => Promise<string | null>;

type EventType = Stripe.Event["type"];

const BY_TYPE: Partial<Record<EventType, EventHandler>> = {
  "charge.dispute.closed": reverseEventDispute,
  "charge.dispute.funds_reinstated": reverseEventDispute,
  "checkout.session.completed": completeCheckout,
  "checkout.session.async_payment_succeeded": completeCheckout,
  "checkout.session.async_payment_failed": completeCheckout,
  "checkout.session.expired": clearExpiredCheckout,
  "customer.deleted": forgetDeletedCustomer,
  "customer.updated": syncUpdatedCustomer,
  "customer.subscription.created": syncCustomer,
  "customer.subscription.deleted": syncCustomer,
  "customer.subscription.paused": syncCustomer,
  "customer.subscription.pending_update_applied": syncCustomer,
  "customer.subscription.pending_update_expired": syncCustomer,
  "customer.subscription.resumed": syncCustomer,
  "customer.subscription.trial_will_end": syncCustomer,
  "customer.subscription.updated": syncCustomer,
  "invoice.marked_uncollectible": syncCustomer,
  "invoice.paid": grantInvoice,
  "invoice.payment_action_required": syncCustomer,
  "invoice.payment_failed": syncCustomer,
  "invoice.voided": syncCustomer,
  "payment_method.attached": syncCustomer,
  "payment_method.automatically_updated": syncCustomer,
  "payment_method.detached": syncFormerCustomer,
  "payment_method.updated": syncCustomer,
  "refund.created": reverseEventRefund,
  "refund.failed": reverseEventRefund,
  "refund.updated": reverseEventRefund,
  "subscription_schedule.canceled": syncCustomer,
  "subscription_schedule.completed": syncCustomer,
  "subscription_schedule.created": syncCustomer,
  "subscription_schedule.released": syncCustomer,
  "subscription_schedule.updated": syncCustomer,
};

/**
 * The handler of each event type. `deno task stripe:setup` subscribes the
 * webhook endpoint to exactly these types.
 */
export const HANDLERS: ReadonlyMap<string, EventHandler> = new Map(
  Object.entries(BY_TYPE),
);

/** The part that objects of a customer have in common. */
interface CustomerReference {
  customer?: string | { id: string } | null;
}

async function syncByCustomerId(
  services: Services,
  stripeCustomerId: string,
): Promise<string | null> {
  const orgId = await services.store.readOrganization(stripeCustomerId);
  if (orgId !== null) await syncSubscription(services, orgId);
  return orgId;
}

async function syncCustomer(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  const { customer } = data.object as CustomerReference;
  return customer ? await syncByCustomerId(services, idOf(customer)) : null;
}

async function syncUpdatedCustomer(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const id = objectId(services, event);
  return id === null ? null : await syncByCustomerId(services, id);
}

/** A paid invoice may start a period, which grants tokens. */
async function grantInvoice(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { id, customer } = event.data.object as Stripe.Invoice;
  if (!customer) return null;
  const stripeCustomerId = idOf(customer);
  const orgId = await syncByCustomerId(services, stripeCustomerId);
  if (orgId !== null && id) {
    await grantForInvoice(services, { orgId, stripeCustomerId }, id);
  }
  return orgId;
}

async function reverseEventRefund(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const id = objectId(services, event);
  return id === null ? null : await reverseRefund(services, id);
}

async function reverseEventDispute(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const id = objectId(services, event);
  return id === null ? null : await reverseDispute(services, id);
}

/** The id of the event's object. Without one, a retry would never succeed. */
function objectId(
  { log }: Services,
  { id: eventId, data, type }: Stripe.Event,
): string | null {
  const { id } = data.object as { id?: unknown };
  if (typeof id === "string" && id !== "") return id;
  log.warn("ignored event: object without id", { eventId, type });
  return null;
}

/** A detached payment method has no customer; the event has the former one. */
async function syncFormerCustomer(
  services: Services,
  { data }: Stripe.Event,
): Promise<string | null> {
  const { customer } = (data.previous_attributes ?? {}) as CustomerReference;
  return customer ? await syncByCustomerId(services, idOf(customer)) : null;
}

async function forgetDeletedCustomer(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { store } = services;
  const id = objectId(services, event);
  if (id === null) return null;
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
  if (!session.customer || objectId(services, event) === null) return null;
  const stripeCustomerId = idOf(session.customer);
  const orgId = await services.store.readOrganization(stripeCustomerId) ??
    await relinkCustomer(services, session, stripeCustomerId);
  if (orgId === null) return null;
  const name = session.customer_details?.business_name;
  // A delayed payment clears days later, when the name may have been corrected.
  if (name && event.type === "checkout.session.completed") {
    await nameCustomer(services, stripeCustomerId, name);
  }
  await syncSubscription(services, orgId);
  if (session.mode === "payment") {
    await fulfillCheckout(services, orgId, session.id);
  }
  const completedAtMs = Math.min(services.now(), endOfSecond(event.created));
  await services.store.clearCheckout(orgId, session.id, completedAtMs);
  return orgId;
}

/** Event times are whole seconds, so a checkout could end before it starts. */
function endOfSecond(timeSec: number): number {
  return timeSec * 1000 + 999;
}

/**
 * Restores the link between an organization and its customer, which a restore
 * from a backup may have lost. The session names a candidate; the metadata of
 * the Stripe customer decides.
 *
 * @throws {BillingError} `unavailable` while the organization's customer is
 * being created. Stripe then delivers the event again.
 */
async function relinkCustomer(
  services: Services,
  { client_reference_id: orgId }: Stripe.Checkout.Session,
  stripeCustomerId: string,
): Promise<string | null> {
  if (!orgId || !ORGANIZATION_ID.test(orgId)) return null;
  if (await services.store.readDeletion(orgId) !== null) return null;
  const customer = await findCustomerById(services, stripeCustomerId);
  if (customer === null) return null;
  const [named, another] = organizationsIn(services, customer.metadata);
  if (named !== orgId || another !== undefined) return null;
  const linked = await linkExistingCustomer(
    services,
    orgId,
    stripeCustomerId,
    STRIPE,
  );
  services.log.warn("checkout of an unknown customer", { orgId, linked });
  return linked ? orgId : null;
}

async function clearExpiredCheckout(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { customer } = event.data.object as Stripe.Checkout.Session;
  const id = objectId(services, event);
  const orgId = id !== null && customer &&
    await services.store.readOrganization(idOf(customer));
  if (!orgId) return null;
  await services.store.clearCheckout(orgId, id);
  return orgId;
}
