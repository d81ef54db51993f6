import { type Activity, addActivity } from "./activity.ts";
import { asCustomer, type StoredCustomer } from "./customers.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Stripe's subscription statuses. */
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

/** One of {@linkcode SUBSCRIPTION_STATUSES}. */
export type SubscriptionStatus = typeof SUBSCRIPTION_STATUSES[number];

/**
 * An organization's current subscription, as last read from Stripe. Times are
 * milliseconds since the Unix epoch.
 */
export interface Subscription {
  /** `cus_…` */
  stripeCustomerId: string;
  /** `sub_…` */
  id: string;
  /** `si_…` */
  itemId: string;
  status: SubscriptionStatus;
  /** Null for a custom price, which is not in the catalogue. */
  plan: string | null;
  interval: "month" | "year" | null;
  price: {
    /** `price_…` */
    id: string;
    /** Null if the price has no fixed amount, such as a tiered one. */
    amountMinor: number | null;
    /** Lower-case ISO 4217. */
    currency: string;
  };
  /** The units of the price that are billed. Absent if it is 1. */
  quantity?: number;
  currentPeriodEndMs: number;
  /** When it ends or has ended; null if it renews. */
  cancelAtMs: number | null;
  trialEndMs: number | null;
  /** The change that takes effect at the end of the period. */
  scheduled: ScheduledChange | null;
  /** The default payment method; null without one. */
  paymentMethod: { brand: string; last4: string | null } | null;
  /** `in_…` */
  latestInvoiceId: string | null;
  /**
   * The open invoice if there is one, else the latest. Absent in records of
   * older versions.
   */
  invoice?: SubscriptionInvoice | null;
  /** Stripe's reason for the end. Absent in records of older versions. */
  endReason?: string | null;
  /** When it was last read from Stripe; up to ten seconds behind. */
  readAtMs: number;
  /**
   * The earlier plans of a paid year, oldest first, so that each month is
   * granted by the plan that it began with. Absent if there are none.
   */
  formerPlans?: readonly FormerPlan[];
}

/** A plan that an upgrade or a downgrade within a year has replaced. */
export interface FormerPlan {
  plan: string;
  untilMs: number;
}

/** An invoice of a subscription. Amounts are in the currency's minor unit. */
export interface SubscriptionInvoice {
  /** `in_…`; its page lets the customer pay it while it is open. */
  id: string;
  number: string | null;
  createdAtMs: number;
  isOpen: boolean;
  amountDueMinor: number;
  amountPaidMinor: number;
  /** Lower-case ISO 4217. */
  currency: string;
  /** When Stripe tries the payment again; null if it does not. */
  retryAtMs: number | null;
}

/** A scheduled change of plan or interval. */
export interface ScheduledChange {
  plan: string | null;
  interval: "month" | "year" | null;
  atMs: number;
}

/** An organization's stored billing, from one consistent read. */
export interface Billing {
  customer: StoredCustomer | null;
  /** Null if no subscription was ever seen. */
  subscription: Subscription | null;
  /** The version of the subscription's record; null without one. */
  subscriptionVersion: string | null;
  /** While it is set, the subscription may be out of date. */
  portalOpened: PortalOpened | null;
}

/** When the portal was opened, with the version of the record. */
export interface PortalOpened extends PortalRecord {
  versionstamp: string;
}

/** Subscriptions, and whether the portal was opened. */
export interface SubscriptionStore {
  /** Reads customer, subscription and portal record at one point in time. */
  readBilling(orgId: string, nowMs: number): Promise<Billing>;
  /**
   * Writes the subscription read from Stripe, unless the record has changed.
   *
   * @param subscription Null deletes the record.
   * @param read The billing as read before Stripe was asked.
   * @param activities What has changed, recorded in the same commit.
   * @returns False if subscription or customer have changed since that read,
   * because the stored subscription may be newer then.
   */
  writeSubscription(
    orgId: string,
    subscription: Subscription | null,
    read: Billing,
    activities?: readonly Activity[],
  ): Promise<boolean>;
  /** Deletes the portal record, unless the portal was opened again. */
  clearPortalOpened(orgId: string, opened: PortalOpened): Promise<void>;
}

export function subscriptionStore(kv: Deno.Kv): SubscriptionStore {
  return {
    readBilling: (orgId, nowMs) => readBilling(kv, orgId, nowMs),
    writeSubscription: (orgId, subscription, read, activities = []) =>
      writeSubscription(kv, orgId, { subscription, read, activities }),
    async clearPortalOpened(orgId, { versionstamp }) {
      const record = key.portalOpened(orgId);
      await withRetry(() =>
        kv.atomic().check({ key: record, versionstamp }).delete(record).commit()
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
    kv.getMany<[unknown, Subscription, PortalRecord]>([
      key.customer(orgId),
      key.subscription(orgId),
      key.portalOpened(orgId),
    ])
  );
  return {
    customer: asCustomer(customer),
    subscription: subscription.value,
    subscriptionVersion: subscription.versionstamp,
    portalOpened: toPortalOpened(opened, nowMs),
  };
}

/** After a day, webhooks have certainly arrived. In milliseconds. */
export const PORTAL_OPENED_KEPT_MS = 24 * 60 * 60 * 1000;

/** The stored portal record. */
export interface PortalRecord {
  openedAtMs: number;
  /**
   * The subscription at that time, so that the next page can show the
   * changes. Absent in records of older versions.
   */
  before?: Subscription | null;
}

function toPortalOpened(
  { value, versionstamp }: Deno.KvEntryMaybe<PortalRecord>,
  nowMs: number,
): PortalOpened | null {
  if (value === null || nowMs - value.openedAtMs >= PORTAL_OPENED_KEPT_MS) {
    return null;
  }
  return { ...value, versionstamp };
}

async function writeSubscription(
  kv: Deno.Kv,
  orgId: string,
  { subscription, read, activities }: {
    subscription: Subscription | null;
    read: Billing;
    activities: readonly Activity[];
  },
): Promise<boolean> {
  const record = key.subscription(orgId);
  const commit = kv.atomic()
    .check({ key: record, versionstamp: read.subscriptionVersion })
    .check({
      key: key.customer(orgId),
      versionstamp: read.customer?.versionstamp ?? null,
    });
  if (subscription === null) commit.delete(record);
  else commit.set(record, subscription);
  addActivity(commit, orgId, ...activities);
  return (await withRetry(() => commit.commit())).ok;
}
