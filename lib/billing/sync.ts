import type Stripe from "stripe";
import type { Lane } from "@/lib/async/single_flight.ts";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type {
  Billing,
  PortalOpened,
  Subscription,
} from "@/lib/store/subscriptions.ts";
import { forgetCustomer } from "./customers.ts";
import { withFormerPlans } from "./former_plans.ts";
import { isDeletedCustomer } from "./missing_customer.ts";
import { requireLoadedPrices } from "./prices.ts";
import { subscriptionActivities } from "./subscription_activity.ts";
import type { SyncOutcome } from "./subscription.ts";
import {
  currentSubscription,
  mayOweEarlierInvoice,
  toSubscription,
} from "./subscription_mapper.ts";

/**
 * Reads an organization's subscription from Stripe and stores it. This is the
 * only function that writes subscriptions; it is safe to repeat.
 *
 * An organization without a customer is left unchanged. A customer that Stripe
 * has deleted is forgotten.
 *
 * Concurrent calls for one organization share the current run and at most one
 * following run: the change that caused a call may be newer than the state
 * that the current run has read.
 *
 * @param lane `interactive` if a user is waiting.
 * @throws {UnknownCustomerError} If Stripe does not have the customer at all.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export function syncSubscription(
  services: Services,
  orgId: string,
  lane: Lane = "background",
): Promise<SyncOutcome> {
  const sync = () => traceSync(services, orgId);
  return services.inFlight.syncs.run(orgId, sync, lane);
}

function traceSync(services: Services, orgId: string): Promise<SyncOutcome> {
  const { telemetry, now } = services;
  return telemetry.forOrganization(
    orgId,
    () =>
      telemetry.span("sync", {}, async (span) => {
        const startMs = now();
        let outcome = "failed";
        try {
          const synced = await syncNow(services, orgId);
          outcome = synced.changed ? "changed" : "unchanged";
          span.setOutcome(outcome);
          return synced;
        } finally {
          const seconds = (now() - startMs) / 1000;
          const attributes = { "portico.outcome": outcome };
          telemetry.record("portico.sync.duration", seconds, attributes);
        }
      }),
  );
}

const MAX_ATTEMPTS = 5;

async function syncNow(
  services: Services,
  orgId: string,
): Promise<SyncOutcome> {
  const { store, now } = services;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    // The version is read before Stripe is asked, so that a slow response
    // cannot overwrite a newer state.
    const read = await store.readBilling(orgId, now());
    const { customer } = read;
    if (customer === null) return withoutCustomer({ changed: false });
    const startedAtMs = now();
    const fetched = await fetchSubscription(services, customer);
    if (fetched === null) {
      await forgetCustomer(services, orgId, customer);
      return withoutCustomer({ changed: true });
    }
    const subscription = withFormerPlans(
      fetched.subscription,
      read.subscription,
    );
    const changed = !isSame(subscription, read.subscription);
    const justRead = wasJustRead(subscription, read.subscription);
    const slow = now() - startedAtMs >= SLOW_READ_MS;
    if (changed && justRead && slow && attempt < MAX_REPEATED_READS) continue;
    const current = !changed && justRead;
    if (current || await write(services, { orgId, subscription, read })) {
      return { hasCustomer: true, subscription, changed };
    }
  }
  throw new Error(
    `Cannot sync a subscription: it changed ${MAX_ATTEMPTS} times meanwhile`,
  );
}

/**
 * During a slow read, another process may have read a newer state that equals
 * the stored one, and not written it. The slow process would then store its
 * older state, so it reads again.
 */
const SLOW_READ_MS = 1_000;

/** Stripe may be slow for minutes. */
const MAX_REPEATED_READS = 2;

async function write(
  { store, rateLimits, now }: Services,
  { orgId, subscription, read }: {
    orgId: string;
    subscription: Subscription | null;
    read: Billing;
  },
): Promise<boolean> {
  const activities = subscriptionActivities(read.subscription, subscription, {
    atMs: now(),
  });
  const written = await store.writeSubscription(
    orgId,
    subscription,
    read,
    activities,
  );
  if (written) rateLimits.forgetPlan(orgId);
  return written;
}

function withoutCustomer({ changed }: { changed: boolean }): SyncOutcome {
  return { hasCustomer: false, subscription: null, changed };
}

/** @returns Null if Stripe has deleted the customer. */
async function fetchSubscription(
  services: Services,
  customer: StoredCustomer,
): Promise<{ subscription: Subscription | null } | null> {
  const readAtMs = services.now();
  const listed = await listSubscriptions(services, customer);
  if (listed === null) return null;
  const current = currentSubscription(listed);
  if (current === null) return { subscription: null };
  const [prices, openInvoice] = await Promise.all([
    requireLoadedPrices(services),
    mayOweEarlierInvoice(current) ? findOpenInvoice(services, current) : null,
  ]);
  const read = { prices, readAtMs, openInvoice };
  return { subscription: toSubscription(current, read) };
}

async function findOpenInvoice(
  { stripe }: Services,
  { id }: Stripe.Subscription,
): Promise<Stripe.Invoice | null> {
  const { invoices } = await stripe();
  const { data } = await invoices.list({
    subscription: id,
    status: "open",
    limit: 1,
  });
  return data[0] ?? null;
}

/** Stripe's limit for one page, newest first; older ones have ended. */
const MAX_SUBSCRIPTIONS = 100;

async function listSubscriptions(
  services: Services,
  { stripeCustomerId }: StoredCustomer,
): Promise<Stripe.Subscription[] | null> {
  const { subscriptions } = await services.stripe();
  try {
    const { data } = await subscriptions.list({
      customer: stripeCustomerId,
      status: "all",
      limit: MAX_SUBSCRIPTIONS,
      expand: [
        "data.default_payment_method",
        "data.customer.invoice_settings.default_payment_method",
        "data.latest_invoice",
        "data.schedule",
      ],
    });
    return data.some(hasDeletedCustomer) ? null : data;
  } catch (error) {
    if (await isDeletedCustomer(services, stripeCustomerId, error)) return null;
    throw error;
  }
}

/** Stripe still lists the subscriptions of a deleted customer. */
function hasDeletedCustomer({ customer }: Stripe.Subscription): boolean {
  return typeof customer !== "string" && customer.deleted === true;
}

function isSame(one: Subscription | null, other: Subscription | null): boolean {
  const content = (subscription: Subscription | null) =>
    JSON.stringify(subscription && { ...subscription, readAtMs: 0 });
  return content(one) === content(other);
}

/**
 * Events arrive in bursts and each write syncs to disk, so an unchanged
 * subscription is not written again within this time. Refreshes from the page,
 * which show the time, are throttled to the same interval.
 */
const RECORD_EVERY_MS = 10_000;

function wasJustRead(
  read: Subscription | null,
  stored: Subscription | null,
): boolean {
  if (read === null || stored === null) return true; // no time to record
  return Math.abs(read.readAtMs - stored.readAtMs) < RECORD_EVERY_MS;
}

/** An organization's billing, synced if a portal visit may have changed it. */
export interface SyncedBilling extends Billing {
  /** Whether a sync was needed and failed. */
  stale: boolean;
  /**
   * The portal visit whose changes this read has synced; usually null. It is
   * stored until `clearPortalOpened()`.
   */
  portalVisit: PortalOpened | null;
}

/**
 * Reads an organization's billing with one store read. If the organization has
 * opened the portal since the last sync, syncs first. If that sync fails, the
 * stored billing is returned with `stale: true`.
 *
 * @param read The organization's billing, if the request has read it already.
 * @throws {Error} Any error from the store.
 */
export async function readSyncedBilling(
  services: Services,
  orgId: string,
  read: Billing | null = null,
): Promise<SyncedBilling> {
  const { store, now } = services;
  const stored = read ?? await store.readBilling(orgId, now());
  const { portalOpened } = stored;
  if (portalOpened === null) {
    return { ...stored, stale: false, portalVisit: null };
  }
  const synced = await trySync(services, orgId);
  return {
    ...await store.readBilling(orgId, now()),
    stale: !synced,
    portalVisit: synced ? portalOpened : null,
  };
}

async function trySync(services: Services, orgId: string): Promise<boolean> {
  try {
    await syncSubscription(services, orgId, "interactive");
    return true;
  } catch (error) {
    services.log.warn("sync after a portal visit failed", { orgId }, error);
    return false;
  }
}
