import type { Policy, RateLimiter, RateLimitResult } from "./rate_limiter.ts";
import { clientAddress, parseRange } from "./client_address.ts";
import { BillingError } from "@/lib/errors.ts";
import { FREE_PLAN, type Plan, PLANS } from "@/lib/billing/plans.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing } from "@/lib/store/mod.ts";
import { isPaid } from "@/lib/billing/subscription.ts";

/** Counts calls against the limits of the contract. */
export interface RateLimits {
  /** By organization, as its plan allows. */
  countOrganization(orgId: string): Promise<OrganizationCall>;
  /** By organization: its pages and forms have twice its calls. */
  countPage(orgId: string): Promise<OrganizationCall>;
  /** By address, for whoever is not known; null where limits are off. */
  countAddress(caller: Caller): Promise<RateLimitResult | null>;
}

/** A call or a page of an organization. */
export interface OrganizationCall {
  /** Null where limits are off. */
  counted: RateLimitResult | null;
  /** The read that told the plan, to reuse; null if none was due. */
  billing: Billing | null;
}

/** What a connection and its headers say of where a request comes from. */
export interface Caller {
  /** The connection's own address. */
  peer: string;
  /** `X-Forwarded-For` */
  forwarded: string | null;
}

export interface RateLimitOptions {
  store: Services["store"];
  now: () => number;
  log: Services["log"];
  /** Multiplies every limit; 0 switches them off. */
  scale: number;
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  trusted: readonly string[];
}

/** Calls a minute of whoever is not known; the contract's figure. */
const ANONYMOUS_CALLS = 60;

/**
 * Makes the limits. A call reads the store only when its plan is not at hand,
 * and writes to it only with the last of a share of the minute's calls.
 *
 * @see The HTTP contract, "Rate limits".
 */
export function createRateLimits(options: RateLimitOptions): RateLimits {
  const { scale, trusted } = options;
  if (scale === 0) return UNLIMITED;
  const planOf = createPlanMemory(options);
  let allowances: ReturnType<typeof createLimiters> | undefined;
  const ranges = trusted.map(parseRange);
  return {
    async countOrganization(orgId) {
      const { plan, billing } = await planOf(orgId);
      const { plans, anonymous } =
        await (allowances ??= createLimiters(options));
      const counted = await (plans.get(plan) ?? anonymous).take(orgId);
      return { counted, billing };
    },
    async countPage(orgId) {
      const { plan, billing } = await planOf(orgId);
      const { pages, anonymous } =
        await (allowances ??= createLimiters(options));
      const counted = await (pages.get(plan) ?? anonymous).take(orgId);
      return { counted, billing };
    },
    async countAddress(caller) {
      const address = clientAddress({ ...caller, trusted: ranges });
      const { anonymous } = await (allowances ??= createLimiters(options));
      return await anonymous.take(address);
    },
  };
}

const UNLIMITED: RateLimits = {
  countOrganization: () => Promise.resolve({ counted: null, billing: null }),
  countPage: () => Promise.resolve({ counted: null, billing: null }),
  countAddress: () => Promise.resolve(null),
};

/** Loaded with the first call, and kept out of the start. */
async function createLimiters(options: RateLimitOptions) {
  const { RateLimiter } = await import("./rate_limiter.ts");
  const plans = new Map<Plan["id"], RateLimiter>();
  const pages = new Map<Plan["id"], RateLimiter>();
  for (const { id, callsPerMinute } of PLANS) {
    const { quota } = policyOf(id, callsPerMinute, options.scale);
    plans.set(id, new RateLimiter({ name: id, quota }, options));
    const twice = { name: `${id}_pages`, quota: 2 * quota };
    pages.set(id, new RateLimiter(twice, options));
  }
  const unknown = policyOf("anonymous", ANONYMOUS_CALLS, options.scale);
  const anonymous = new RateLimiter(unknown, options);
  return { plans, pages, anonymous };
}

function policyOf(name: string, calls: number, scale: number): Policy {
  return { name, quota: Math.max(1, Math.round(calls * scale)) };
}

/** A plan is remembered this long: an upgrade counts within the minute. */
const PLAN_REMEMBERED_MS = 60_000;
const MAX_PLANS = 10_000;

interface KnownPlan {
  plan: Plan["id"];
  readAtMs: number;
}

function createPlanMemory({ store, now }: RateLimitOptions) {
  // A Map keeps the order of insertion, so its first entry is its oldest.
  const plans = new Map<string, KnownPlan>();
  return async (
    orgId: string,
  ): Promise<{ plan: Plan["id"]; billing: Billing | null }> => {
    const nowMs = now();
    const known = plans.get(orgId);
    if (known && nowMs - known.readAtMs < PLAN_REMEMBERED_MS) {
      return { plan: known.plan, billing: null };
    }
    const billing = await store.readBilling(orgId, nowMs);
    const { subscription } = billing;
    const paid = isPaid(subscription) ? subscription.plan : null;
    const plan = paid ?? FREE_PLAN.id;
    plans.delete(orgId);
    plans.set(orgId, { plan, readAtMs: nowMs });
    const [oldest] = plans.keys();
    if (plans.size > MAX_PLANS && oldest !== undefined) plans.delete(oldest);
    return { plan, billing };
  };
}

/**
 * Refuses a call that was one too many.
 *
 * @throws {BillingError} `rate_limited`, with seconds after which it is not.
 */
export function requireAllowed(counted: RateLimitResult, nowMs: number): void {
  if (counted.allowed) return;
  const { name, quota } = counted.policy;
  throw new BillingError(
    "rate_limited",
    `Too many calls: ${quota} a minute is the limit (${name})`,
    { retryAfterSec: secondsToRenewal(counted, nowMs) },
  );
}

/**
 * The headers that tell a caller where it stands.
 *
 * @see draft-ietf-httpapi-ratelimit-headers: lists of structured fields, `q`
 * the quota, `w` its window, `r` what remains, `t` when there is more; the
 * two times in seconds.
 */
export function rateLimitHeaders(
  counted: RateLimitResult,
  nowMs: number,
): Record<string, string> {
  const { policy: { name, quota }, remaining } = counted;
  const t = secondsToRenewal(counted, nowMs);
  return {
    "RateLimit-Policy": `"${name}";q=${quota};w=60`,
    "RateLimit": `"${name}";r=${remaining};t=${t}`,
  };
}

/** Rounded up: whoever waits that long is never too early. */
function secondsToRenewal(
  { renewsAtMs }: RateLimitResult,
  nowMs: number,
): number {
  return Math.max(1, Math.ceil((renewsAtMs - nowMs) / 1000));
}
