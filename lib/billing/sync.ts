import type Stripe from "stripe";
import { forgetCustomer, noCustomer, withCustomer } from "./customers.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Lane } from "@/lib/async/single_flight.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { checkPendingPurchases } from "@/lib/wallet/purchases.ts";
import type { Services } from "@/lib/services.ts";
import { currentSubscription, toSubscription } from "./subscription_mapper.ts";
import type {
  Billing,
  PortalOpened,
  StoredCustomer,
  Subscription,
  SubscriptionStatus,
} from "@/lib/store/mod.ts";

/** What a sync came to. */
export interface SyncOutcome {
  /** Null: the organization has never subscribed. */
  subscription: Subscription | null;
  /** Whether the store said something else before. */
  changed: boolean;
}

/**
 * Brings what is stored of an organization's subscription up to date with
 * what Stripe says now. The one way in which a snapshot comes about, whatever
 * happened; repeat it freely.
 *
 * Calls that overlap in this process share one run, and one more that begins
 * after it: what made them call may be newer than what the first has read.
 *
 * @param lane `interactive` while a person waits.
 * @throws {BillingError} `no_stripe_customer` if the organization has no
 * customer, also where Stripe has it no longer.
 * @throws {Error} What Stripe's SDK or the store throws.
 */
export function syncSubscription(
  services: Services,
  orgId: string,
  lane: Lane = "background",
): Promise<SyncOutcome> {
  const sync = () => syncNow(services, orgId);
  return services.inFlight.syncs.run(orgId, sync, lane);
}

const MAX_ATTEMPTS = 5;

async function syncNow(
  services: Services,
  orgId: string,
): Promise<SyncOutcome> {
  const { store, now } = services;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    // The version is read before Stripe is asked: a slow answer then cannot
    // undo what somebody else has learned and written since.
    const read = await store.readBilling(orgId, now());
    if (read.customer === null) throw noCustomer(orgId);
    const customer = read.customer;
    const subscription = await askStripe(services, { orgId, customer });
    const changed = !isSame(subscription, read.subscription);
    if (!changed && isJustRead(subscription, read.subscription)) {
      return { subscription, changed };
    }
    if (await store.writeSubscription(orgId, subscription, read)) {
      return { subscription, changed };
    }
  }
  throw new Error(
    `Cannot sync a subscription: it changed ${MAX_ATTEMPTS} times meanwhile`,
  );
}

/** Newest first; of a customer with more, the older have long ended. */
const MAX_SUBSCRIPTIONS = 100;

async function askStripe(
  services: Services,
  owner: { orgId: string; customer: StoredCustomer },
): Promise<Subscription | null> {
  const readAtMs = services.now();
  const { stripeCustomerId } = owner.customer;
  const { data } = await withCustomer(
    services,
    owner,
    (stripe) =>
      stripe.subscriptions.list({
        customer: stripeCustomerId,
        status: "all",
        limit: MAX_SUBSCRIPTIONS,
        expand: [
          "data.default_payment_method",
          "data.customer.invoice_settings.default_payment_method",
          "data.schedule",
        ],
      }),
  );
  if (data.some(isOfDeleted)) {
    await forgetCustomer(services, owner.orgId, owner.customer);
    throw noCustomer(owner.orgId, new Error("Stripe has deleted it"));
  }
  const counting = currentSubscription(data);
  if (counting === null) return null;
  return toSubscription(counting, {
    prices: await services.prices(),
    readAtMs,
  });
}

/** A deleted customer's subscriptions are listed on, and so is its end. */
function isOfDeleted({ customer }: Stripe.Subscription): boolean {
  return typeof customer !== "string" && customer.deleted === true;
}

function isSame(one: Subscription | null, other: Subscription | null): boolean {
  const content = (subscription: Subscription | null) =>
    JSON.stringify(subscription && { ...subscription, readAtMs: 0 });
  return content(one) === content(other);
}

/**
 * Events come in bursts, and every write is a sync to disk. Checks by hand,
 * which show the time, are as far apart as this.
 */
const RECORD_EVERY_MS = 10_000;

function isJustRead(
  read: Subscription | null,
  stored: Subscription | null,
): boolean {
  if (read === null || stored === null) return true; // has no time to record
  return Math.abs(read.readAtMs - stored.readAtMs) < RECORD_EVERY_MS;
}

const ENDED: readonly SubscriptionStatus[] = ["canceled", "incomplete_expired"];
const PAID: readonly SubscriptionStatus[] = ["active", "trialing", "past_due"];

/** Whether there is a subscription beside which there must be no second. */
export function hasSubscription(
  subscription: Subscription | null,
): subscription is Subscription {
  return subscription !== null && !ENDED.includes(subscription.status);
}

/**
 * Whether the organization has what its plan promises.
 *
 * @see The HTTP contract, "Words": `active`, `trialing` or `past_due`.
 */
export function isPaid(
  subscription: Subscription | null,
): subscription is Subscription {
  return subscription !== null && PAID.includes(subscription.status);
}

/** An organization's billing, for a page that is about to be shown. */
export interface SyncedBilling extends Billing {
  /** Whether Stripe was to be asked first and could not be. */
  stale: boolean;
}

/**
 * What is known of an organization's billing, in one read; while somebody was
 * at the portal since Stripe is asked first. A page that cannot ask still
 * shows what was known.
 *
 * @param read The organization's billing if it was just read.
 * @throws {Error} What the store throws.
 */
export async function readSyncedBilling(
  services: Services,
  orgId: string,
  read: Billing | null = null,
): Promise<SyncedBilling> {
  const { store, now } = services;
  const known = read ?? await store.readBilling(orgId, now());
  if (known.portalOpened === null) return { ...known, stale: false };
  const fresh = await trySync(services, orgId, known.portalOpened);
  return { ...await store.readBilling(orgId, now()), stale: !fresh };
}

async function trySync(
  services: Services,
  orgId: string,
  opened: PortalOpened,
): Promise<boolean> {
  try {
    await syncIfCustomer(services, orgId, "interactive");
    await services.store.clearPortalOpened(orgId, opened);
    return true;
  } catch (error) {
    services.log.warn("not synced after the portal", { orgId }, error);
    return false;
  }
}

/**
 * Syncs where there is something to sync: an organization without a customer,
 * or whose customer turns out to be gone, is up to date as it is.
 *
 * @returns Whether the store said something else before.
 */
export async function syncIfCustomer(
  services: Services,
  orgId: string,
  lane: Lane = "background",
): Promise<boolean> {
  try {
    return (await syncSubscription(services, orgId, lane)).changed;
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    if (error.code !== "no_stripe_customer") throw error;
    return error.cause !== undefined; // forgotten just now
  }
}

/** What came of asking Stripe by hand. */
export type RefreshOutcome = "checked" | "too_soon" | "failed";

/** Asks Stripe because somebody wants to see it done, at most every 10 s. */
export async function refreshFromStripe(
  services: Services,
  orgId: string,
): Promise<RefreshOutcome> {
  if (!services.refreshThrottle.take(orgId)) return "too_soon";
  try {
    const checking = askAgain(services, orgId);
    await withDeadline(services, "checking with Stripe by hand", checking);
    return "checked";
  } catch (error) {
    services.log.warn("not synced by hand", { orgId }, error);
    return "failed";
  }
}

async function askAgain(services: Services, orgId: string): Promise<void> {
  await syncIfCustomer(services, orgId, "interactive");
  await checkPendingPurchases(services, orgId);
}
