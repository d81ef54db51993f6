import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted } from "./tombstones.ts";

/** The kinds of {@linkcode Actor}. */
export const ACTOR_TYPES = [
  "user",
  "api_key",
  "service_key",
  "stripe",
  "operator",
] as const;

/** The cause of an activity. */
export interface Actor {
  type: typeof ACTOR_TYPES[number];
  /** `user_…` or the key's id; null if the type says it all. */
  id: string | null;
}

/** The actor of a change that was made at Stripe, on its pages or by time. */
export const STRIPE: Actor = { type: "stripe", id: null };
/** The actor of a call outside a request, such as a task. */
export const OPERATOR: Actor = { type: "operator", id: null };

/** The members of a subscription that its organization can see. */
export interface SubscriptionState {
  /** Null for a custom plan. */
  plan: string | null;
  interval: "month" | "year" | null;
  status: string;
  cancel_at: string | null;
  scheduled: {
    plan: string | null;
    interval: "month" | "year" | null;
    at: string;
  } | null;
}

interface Card {
  brand: string;
  last4: string | null;
}

/** The item of a checkout, by its ids in the catalogue. */
type Item = { plan: string; interval: "month" | "year" } | { credits: string };

interface KeyDetails {
  key_id: string;
  name: string;
  prefix: string;
  scopes: readonly string[];
}

/**
 * The details of each action, as the API shows them. Stored records keep their
 * details: add fields, never rename them.
 */
export interface ActivityDetails {
  "portal.opened": { flow: string | null };
  "checkout.started": Item;
  "checkout.completed": Item;
  "subscription.changed": {
    before: SubscriptionState | null;
    after: SubscriptionState | null;
  };
  "payment.failed": {
    /** In the currency's minor unit. */
    amount: number;
    currency: string;
    invoice: string | null;
    next_attempt_at: string | null;
  };
  "payment_method.changed": { before: Card | null; after: Card | null };
  "api_key.created": KeyDetails;
  "api_key.changed": KeyDetails & {
    before: Pick<KeyDetails, "name" | "scopes">;
  };
  "api_key.rotated": KeyDetails & {
    successor_id: string;
    successor_prefix: string;
    /** When the former key stops working. */
    expires_at: string;
  };
  "api_key.revoked": KeyDetails;
  "wallet.adjusted": { tokens: number; reason: string };
  "customer.linked": Record<never, never>;
  "organization.deleted": Record<never, never>;
}

export type Action = keyof ActivityDetails;

/** The actions of {@linkcode ActivityDetails}. */
export const ACTIONS = [
  "portal.opened",
  "checkout.started",
  "checkout.completed",
  "subscription.changed",
  "payment.failed",
  "payment_method.changed",
  "api_key.created",
  "api_key.changed",
  "api_key.rotated",
  "api_key.revoked",
  "wallet.adjusted",
  "customer.linked",
  "organization.deleted",
] as const satisfies readonly Action[];

/** Something that happened to an organization's account. */
export type Activity = {
  [A in Action]: {
    /** Milliseconds since the Unix epoch. */
    atMs: number;
    actor: Actor;
    action: A;
    details: ActivityDetails[A];
  };
}[Action];

/** An activity with its position among those of its organization. */
export type StoredActivity = Activity & { seq: string };

/** How long activities are kept. */
export const ACTIVITY_KEPT_MS = 365 * 24 * 60 * 60 * 1000;

/** Stores the activity of organizations. */
export interface ActivityStore {
  /**
   * Lists an organization's activities of the last year, newest first.
   *
   * @param before The `seq` below which the page starts; null for the newest.
   */
  listActivity(
    orgId: string,
    options: { limit: number; before: string | null; nowMs: number },
  ): Promise<StoredActivity[]>;
  /**
   * Records an activity, once per source. Nothing is recorded for a deleted
   * organization.
   */
  recordActivity(
    orgId: string,
    activity: Activity,
    source: string,
  ): Promise<void>;
}

export function activityStore(kv: Deno.Kv): ActivityStore {
  return {
    async recordActivity(orgId, activity, source) {
      const { key, value, expireInMs } = activityWrite(orgId, activity, source);
      const commit = kv.atomic().check(notDeleted(orgId))
        .set(key, value, { expireIn: expireInMs });
      await withRetry(() => commit.commit());
    },
    listActivity: (orgId, options) =>
      withRetry(() => listActivity(kv, orgId, options)),
  };
}

/** A write that records an activity. */
export interface ActivityWrite {
  key: Deno.KvKey;
  value: Activity;
  expireInMs: number;
}

/**
 * Returns the write of an activity, for a commit that checks the organization.
 *
 * @param source Identifies what happened, such as a Stripe event: a repeated
 * write then replaces the first one.
 */
export function activityWrite(
  orgId: string,
  activity: Activity,
  source?: string,
): ActivityWrite {
  const seq = source === undefined
    ? newSeq(activity.atMs)
    : seqOf(activity.atMs, 0, source.slice(-SUFFIX_LENGTH));
  return {
    key: key.activity(orgId, seq),
    value: activity,
    expireInMs: ACTIVITY_KEPT_MS,
  };
}

/** Adds activities to the commit of the change that they record. */
export function addActivity(
  commit: Deno.AtomicOperation,
  orgId: string,
  ...activities: readonly Activity[]
): Deno.AtomicOperation {
  for (const activity of activities) {
    const { key, value, expireInMs } = activityWrite(orgId, activity);
    commit.set(key, value, { expireIn: expireInMs });
  }
  return commit;
}

const SUFFIX_LENGTH = 8;
const ORDERS = 36 ** 4;
/** Orders the activities of one millisecond within this process. */
let order = 0;

/**
 * Sorts by time. Not a counter in the store, on which all writes of an
 * organization would conflict.
 */
function newSeq(atMs: number): string {
  order = (order + 1) % ORDERS;
  return seqOf(atMs, order, crypto.randomUUID().slice(0, SUFFIX_LENGTH));
}

function seqOf(atMs: number, order: number, suffix: string): string {
  const time = atMs.toString(36).padStart(9, "0");
  return `${time}${order.toString(36).padStart(4, "0")}${suffix}`;
}

async function listActivity(
  kv: Deno.Kv,
  orgId: string,
  { limit, before, nowMs }: {
    limit: number;
    before: string | null;
    nowMs: number;
  },
): Promise<StoredActivity[]> {
  const prefix = key.activities(orgId);
  const selector = before === null
    ? { prefix }
    : { prefix, end: key.activity(orgId, before) };
  const entries = kv.list<Activity>(selector, {
    reverse: true,
    limit,
    batchSize: limit,
  });
  const found: StoredActivity[] = [];
  for await (const { key, value } of entries) {
    // Deno KV deletes expired entries late.
    if (value.atMs + ACTIVITY_KEPT_MS <= nowMs) break;
    found.push({ ...value, seq: String(key.at(-1)) });
  }
  return found;
}
