import { asCustomer, type StoredCustomer } from "./customer_claims.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Where a subscription can stand, in Stripe's words. */
export const SUBSCRIPTION_STATUSES = [
  "incomplete",
  "incomplete_expired",
  "trialing",
  "active",
  "past_due",
  "unpaid",
  "paused",
  "canceled",
] as const;
export type SubscriptionStatus = typeof SUBSCRIPTION_STATUSES[number];

/**
 * What Stripe said last of the subscription that counts for an organization.
 * Times are milliseconds since the Unix epoch.
 */
export interface Subscription {
  /** `cus_…`: whose it is at Stripe. */
  stripeCustomerId: string;
  /** `sub_…` */
  id: string;
  /** `si_…` */
  itemId: string;
  status: SubscriptionStatus;
  /** Null: sold by hand, for a price that is not the catalogue's. */
  plan: string | null;
  interval: "month" | "year" | null;
  price: {
    /** `price_…` */
    id: string;
    /** Null where the price has no single amount. */
    amountMinor: number | null;
    /** Lower-case ISO 4217. */
    currency: string;
  };
  currentPeriodEndMs: number;
  /** When it ends, or ended; null while it goes on. */
  cancelAtMs: number | null;
  trialEndMs: number | null;
  /** What follows by itself at the end of the period. */
  scheduled: ScheduledChange | null;
  /** What is charged; null where nothing is there to charge. */
  paymentMethod: { brand: string; last4: string | null } | null;
  /** `in_…`, for a first payment that is to be finished. */
  latestInvoiceId: string | null;
  /** When Stripe was last read, or up to ten seconds before. */
  readAtMs: number;
}

export interface ScheduledChange {
  plan: string | null;
  interval: "month" | "year" | null;
  atMs: number;
}

/** All that is kept of an organization's billing, as read at one time. */
export interface Billing {
  customer: StoredCustomer | null;
  /** Null: never subscribed, as far as is known. */
  subscription: Subscription | null;
  /** The version of the subscription's record; null where there is none. */
  subscriptionVersion: string | null;
  /** While it stands, what is kept may be out of date. */
  portalOpened: PortalOpened | null;
}

export interface PortalOpened {
  openedAtMs: number;
  versionstamp: string;
}

/** What the store knows of subscriptions. */
export interface SubscriptionStore {
  /** One read for customer, subscription and whether the portal was opened. */
  readBilling(orgId: string, nowMs: number): Promise<Billing>;
  /**
   * Writes a snapshot in place of what was read before Stripe was asked.
   *
   * @param subscription Null removes what was there.
   * @returns False if subscription or customer have changed since they were
   * read: what was learned in between may be older than what stands there.
   */
  writeSubscription(
    orgId: string,
    subscription: Subscription | null,
    read: Billing,
  ): Promise<boolean>;
  /** Takes the mark away, unless the portal was opened again meanwhile. */
  clearPortalOpened(orgId: string, opened: PortalOpened): Promise<void>;
}

export function subscriptionStore(kv: Deno.Kv): SubscriptionStore {
  return {
    readBilling: (orgId, nowMs) => readBilling(kv, orgId, nowMs),
    writeSubscription: (orgId, subscription, read) =>
      writeSubscription(kv, orgId, { subscription, read }),
    async clearPortalOpened(orgId, { versionstamp }) {
      const marked = key.portalOpened(orgId);
      await withRetry(() =>
        kv.atomic().check({ key: marked, versionstamp }).delete(marked).commit()
      );
    },
  };
}

async function readBilling(
  kv: Deno.Kv,
  orgId: string,
  nowMs: number,
): Promise<Billing> {
  const [customer, subscription, opened] = await withRetry(() =>
    kv.getMany<[unknown, Subscription, MarkedOpen]>([
      key.customer(orgId),
      key.subscription(orgId),
      key.portalOpened(orgId),
    ])
  );
  return {
    customer: asCustomer(customer),
    subscription: subscription.value,
    subscriptionVersion: subscription.versionstamp,
    portalOpened: asOpened(opened, nowMs),
  };
}

/** A day after the portal was opened, webhooks have long told. */
export const PORTAL_OPENED_MS = 24 * 60 * 60 * 1000;

export interface MarkedOpen {
  openedAtMs: number;
}

function asOpened(
  { value, versionstamp }: Deno.KvEntryMaybe<MarkedOpen>,
  nowMs: number,
): PortalOpened | null {
  if (value === null || nowMs - value.openedAtMs >= PORTAL_OPENED_MS) {
    return null;
  }
  return { ...value, versionstamp };
}

async function writeSubscription(
  kv: Deno.Kv,
  orgId: string,
  { subscription, read }: { subscription: Subscription | null; read: Billing },
): Promise<boolean> {
  const kept = key.subscription(orgId);
  const commit = kv.atomic()
    .check({ key: kept, versionstamp: read.subscriptionVersion })
    .check({
      key: key.customer(orgId),
      versionstamp: read.customer?.versionstamp ?? null,
    });
  if (subscription === null) commit.delete(kept);
  else commit.set(kept, subscription);
  return (await withRetry(() => commit.commit())).ok;
}
