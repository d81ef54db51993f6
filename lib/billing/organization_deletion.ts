import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { CustomerEntry, Deletion } from "@/lib/store/organizations.ts";
import { isDeletedCustomer } from "./missing_customer.ts";
import { idOf, isStripeError, retrieveOrNull } from "./stripe_client.ts";
import {
  clearedMetadata,
  clearOrganization,
  findCustomers,
  organizationsIn,
} from "./stripe_customers.ts";

/**
 * Deletes an organization: ends its billing at Stripe and erases its records.
 * The Stripe customer and its invoices stay, without our metadata. A repeat
 * completes a deletion that was interrupted, and otherwise does nothing.
 *
 * The tombstone comes first. From then on nothing is written for the
 * organization, and events of its customers end new billing instead of being
 * applied, so no order of events and crashes leaves it billed.
 *
 * @throws {BillingError} `unavailable` if its customer keeps changing.
 * @throws {Error} Any error from the Stripe SDK or the store. Repeat it.
 */
export async function deleteOrganization(
  services: Services,
  orgId: string,
): Promise<void> {
  const { store, log, now, recentGrantChecks } = services;
  const deletion = await bury(services, orgId);
  if (deletion.completedAtMs !== null) return;
  await store.removeApiKeys(orgId);
  await endBilling(services, orgId, deletion);
  await store.eraseOrganization(orgId);
  // The next balance checks again, and finds the organization deleted.
  recentGrantChecks.delete(orgId);
  await store.writeDeletion(orgId, { ...deletion, completedAtMs: now() });
  log.info("organization deleted", { orgId });
}

const MAX_ATTEMPTS = 5;

/** Writes the tombstone, which names the customers that it has unlinked. */
async function bury(services: Services, orgId: string): Promise<Deletion> {
  const { store } = services;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const known = await store.readDeletion(orgId);
    if (known !== null) return known;
    // Read before Stripe is asked, so that a concurrent link fails the commit.
    const entry = await store.readCustomerEntry(orgId);
    const deletion = await newDeletion(services, orgId, entry);
    if (await store.buryOrganization(orgId, deletion, entry)) return deletion;
  }
  throw new BillingError(
    "unavailable",
    "The organization's customer is changing. Try again",
    { retryAfterSec: 5 },
  );
}

async function newDeletion(
  services: Services,
  orgId: string,
  { stripeCustomerId, claim }: CustomerEntry,
): Promise<Deletion> {
  const requestedAtMs = services.now();
  const found = await findCustomers(services, orgId, claim);
  const linked = stripeCustomerId === null ? [] : [stripeCustomerId];
  const stripeCustomerIds = [...new Set([...linked, ...found])];
  const pendingPaymentIds: string[] = [];
  for (const customer of stripeCustomerIds) {
    pendingPaymentIds.push(...await listPending(services, customer));
  }
  return {
    requestedAtMs,
    stripeCustomerIds,
    pendingPaymentIds,
    completedAtMs: null,
  };
}

async function listPending(
  services: Services,
  customer: string,
): Promise<string[]> {
  const pending: string[] = [];
  try {
    const { paymentIntents } = await services.stripe();
    const all = paymentIntents.list({ customer, limit: 100 });
    for await (const { id, status } of all) {
      if (status === "processing") pending.push(id);
    }
  } catch (error) {
    if (!await isDeletedCustomer(services, customer, error)) throw error;
  }
  return pending;
}

/**
 * Ends all billing of a deleted organization's customers: expires open Checkout
 * sessions, cancels subscriptions, voids unpaid invoices, refunds payments made
 * since the deletion, and removes our metadata. Safe to repeat. Skips customers
 * that were linked to another organization since the deletion.
 *
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function endBilling(
  services: Services,
  orgId: string,
  deletion: Deletion,
): Promise<void> {
  for (const customer of deletion.stripeCustomerIds) {
    if (await services.store.readDeletedOwner(customer) !== orgId) continue;
    try {
      await endBillingOf(services, customer, deletion);
    } catch (error) {
      // Stripe ends the billing of a customer that is deleted.
      if (!await isDeletedCustomer(services, customer, error)) throw error;
    }
  }
}

async function endBillingOf(
  services: Services,
  customer: string,
  deletion: Deletion,
): Promise<void> {
  // Sessions first: a concurrent payment of one creates a subscription.
  await expireSessions(services, customer);
  await cancelSubscriptions(services, customer);
  await voidInvoices(services, customer);
  await refundCharges(services, customer, deletion);
  await clearOrganization(services, customer);
}

/**
 * Ends the billing that an event of a deleted organization's customer reports,
 * such as a Checkout finished late.
 *
 * @returns The organization; null if the customer is of no deleted one.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export async function endLateBilling(
  services: Services,
  event: Stripe.Event,
): Promise<string | null> {
  const { store, log } = services;
  const customer = customerOf(event);
  const orgId = customer && await store.readDeletedOwner(customer);
  if (!orgId) return null;
  const deletion = await store.readDeletion(orgId);
  if (deletion === null) return null;
  log.info("event of a deleted organization", { orgId, type: event.type });
  await endBilling(services, orgId, deletion);
  return orgId;
}

function customerOf({ data }: Stripe.Event): string | null {
  const object = data.object as {
    object?: string;
    id?: string;
    customer?: string | { id: string } | null;
  };
  if (object.object === "customer") return object.id ?? null;
  return object.customer ? idOf(object.customer) : null;
}

async function expireSessions(
  { stripe, log }: Services,
  customer: string,
): Promise<void> {
  const { sessions } = (await stripe()).checkout;
  const open = sessions.list({ customer, status: "open", limit: 100 });
  for await (const { id } of open) {
    await unlessRefused(log, "expiring", id, sessions.expire(id));
  }
}

async function cancelSubscriptions(
  services: Services,
  customer: string,
): Promise<void> {
  const { log } = services;
  const { subscriptions } = await services.stripe();
  const all = subscriptions.list({ customer, status: "all", limit: 100 });
  for await (const { id, status, metadata } of all) {
    if (status !== "canceled" && status !== "incomplete_expired") {
      await unlessRefused(log, "canceling", id, subscriptions.cancel(id));
    }
    if (organizationsIn(services, metadata).length === 0) continue;
    const cleared = { metadata: clearedMetadata(services) };
    await unlessRefused(
      log,
      "clearing the metadata of",
      id,
      subscriptions.update(id, cleared),
    );
  }
}

/** A renewal's invoice is a draft for an hour. Only final ones can be voided. */
async function voidInvoices(
  { stripe, log }: Services,
  customer: string,
): Promise<void> {
  const { invoices } = await stripe();
  const drafts = invoices.list({ customer, status: "draft", limit: 100 });
  for await (const { id } of drafts) {
    if (!id) continue;
    const final = invoices.finalizeInvoice(id, { auto_advance: false });
    await unlessRefused(log, "finalizing", id, final);
  }
  const open = invoices.list({ customer, status: "open", limit: 100 });
  for await (const { id } of open) {
    if (id) await unlessRefused(log, "voiding", id, invoices.voidInvoice(id));
  }
}

async function refundCharges(
  { stripe, log }: Services,
  customer: string,
  { requestedAtMs, pendingPaymentIds }: Deletion,
): Promise<void> {
  const { charges, paymentIntents, refunds } = await stripe();
  const refund = async (charge: Stripe.Charge) => {
    const { id, status, refunded } = charge;
    if (status !== "succeeded" || refunded) return;
    await unlessRefused(log, "refunding", id, refunds.create({ charge: id }));
  };
  const gte = Math.floor(requestedAtMs / 1000);
  const late = charges.list({ customer, created: { gte }, limit: 100 });
  for await (const charge of late) await refund(charge);
  const expand = { expand: ["latest_charge"] };
  for (const id of pendingPaymentIds) {
    const payment = await retrieveOrNull(paymentIntents.retrieve(id, expand));
    const charge = payment?.latest_charge;
    if (charge && typeof charge !== "string") await refund(charge);
  }
}

/**
 * Awaits a change. Stripe refuses it after a concurrent change of the object, or
 * while a dispute holds the payment; a repeat finds the remaining objects.
 */
async function unlessRefused(
  log: Services["log"],
  action: string,
  id: string,
  change: Promise<unknown>,
): Promise<void> {
  try {
    await change;
  } catch (error) {
    const refused = isStripeError(error) &&
      (error.statusCode === 400 || error.statusCode === 404);
    if (!refused) throw error;
    log.warn("Stripe refused a change for a deletion", { action, id }, error);
  }
}
