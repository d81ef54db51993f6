import { Cache } from "@/lib/async/cache.ts";
import { FREE_PLAN, type Plan, PLANS } from "@/lib/billing/plans.ts";
import { isPaid } from "@/lib/billing/subscription.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import type { Store } from "@/lib/store/mod.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import type { RateLimiter, RateLimitResult } from "./rate_limiter.ts";

/** Counts requests against the limits of plans and client addresses. */
export interface RateLimits {
  /** Counts an API call against the organization's plan. */
  countOrganization(orgId: string): Promise<OrganizationCount>;
  /** Counts a service key's call, for any organization, against the key. */
  countServiceKey(serviceKeyId: string): Promise<OrganizationCount>;
  /** Counts a page or form post, which have twice the plan's API limit. */
  countPage(orgId: string): Promise<OrganizationCount>;
  /** Counts an anonymous request; null if limits are off. */
  countAddress(client: Client): Promise<RateLimitResult | null>;
  /** Drops the cached plan of an organization, after it has changed. */
  forgetPlan(orgId: string): void;
}

export interface OrganizationCount {
  /** Null if limits are off. */
  rateLimit: RateLimitResult | null;
  /** The record read to find the plan, for reuse; null if the plan was cached. */
  billing: Billing | null;
}

/** The client, as the connection and its proxies report it. */
export interface Client {
  /** The connection's remote address. */
  peer: string;
  /** `X-Forwarded-For` */
  forwarded: string | null;
}

export interface RateLimitOptions {
  store: Store;
  now: () => number;
  log: Log;
  /** Multiplies every limit; 0 turns them off. */
  scale: number;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is trusted. */
  trusted: readonly string[];
}

/**
 * Creates the rate limits. A request reads the store only if the
 * organization's plan is not cached, and writes to it once per batch of calls.
 */
export function createRateLimits(options: RateLimitOptions): RateLimits {
  if (options.scale === 0) return UNLIMITED;
  const plans = createPlanCache(options);
  let loading: ReturnType<typeof createLimiters> | undefined;
  const limiters = () => loading ??= createLimiters(options);
  const count = async (kind: "api" | "pages", orgId: string) => {
    const { plan, billing } = await planOf(options, plans, orgId);
    const { [kind]: byPlan, anonymous } = await limiters();
    const limiter = byPlan.get(plan) ?? anonymous;
    return { rateLimit: await limiter.consume(orgId), billing };
  };
  return {
    countOrganization: (orgId) => count("api", orgId),
    async countServiceKey(serviceKeyId) {
      const { serviceKey } = await limiters();
      const rateLimit = await serviceKey.consume(serviceKeyId);
      return { rateLimit, billing: null };
    },
    countPage: (orgId) => count("pages", orgId),
    async countAddress(client) {
      const { addressOf, anonymous } = await limiters();
      return await anonymous.consume(addressOf(client));
    },
    forgetPlan: (orgId) => plans.delete(orgId),
  };
}

const UNLIMITED: RateLimits = {
  countOrganization: () => Promise.resolve({ rateLimit: null, billing: null }),
  countServiceKey: () => Promise.resolve({ rateLimit: null, billing: null }),
  countPage: () => Promise.resolve({ rateLimit: null, billing: null }),
  countAddress: () => Promise.resolve(null),
  forgetPlan: () => {},
};

/** Anonymous calls per minute and address. */
const ANONYMOUS_CALLS = 60;

/** Calls per minute of a service key, for all organizations together. */
const SERVICE_KEY_CALLS = 6_000;

/** Imported at the first request, to keep it out of the start-up time. */
async function createLimiters(options: RateLimitOptions) {
  const { RateLimiter } = await import("./rate_limiter.ts");
  const { clientAddress, parseRange } = await import("./client_address.ts");
  const trusted = options.trusted.map(parseRange);
  const limiter = (name: string, quota: number) =>
    new RateLimiter({ name, quota }, options);
  const api = new Map<Plan["id"], RateLimiter>();
  const pages = new Map<Plan["id"], RateLimiter>();
  for (const { id, callsPerMinute } of PLANS) {
    const quota = scaledQuota(callsPerMinute, options);
    api.set(id, limiter(id, quota));
    pages.set(id, limiter(`${id}_pages`, 2 * quota));
  }
  return {
    api,
    pages,
    anonymous: limiter("anonymous", scaledQuota(ANONYMOUS_CALLS, options)),
    serviceKey: limiter("service_key", scaledQuota(SERVICE_KEY_CALLS, options)),
    addressOf: (client: Client) => clientAddress({ ...client, trusted }),
  };
}

function scaledQuota(calls: number, { scale }: RateLimitOptions): number {
  return Math.max(1, Math.round(calls * scale));
}

/** An upgrade synced by another process takes effect within this time. */
const PLAN_TTL_MS = 60_000;
const MAX_PLANS = 10_000;

type PlanCache = Cache<string, Plan["id"]>;

function createPlanCache({ now }: RateLimitOptions): PlanCache {
  return new Cache({ max: MAX_PLANS, ttlMs: PLAN_TTL_MS, now });
}

async function planOf(
  { store, now }: RateLimitOptions,
  plans: PlanCache,
  orgId: string,
): Promise<{ plan: Plan["id"]; billing: Billing | null }> {
  const cached = plans.get(orgId);
  if (cached !== undefined) return { plan: cached, billing: null };
  const billing = await store.readBilling(orgId, now());
  const { subscription } = billing;
  const paid = isPaid(subscription) ? subscription.plan : null;
  const plan = paid ?? FREE_PLAN.id;
  plans.set(orgId, plan);
  return { plan, billing };
}

/** The parts of a request's context that limiting it needs. */
export interface LimitedRequest {
  req: Request;
  info: Deno.ServeHandlerInfo;
  state: { services: { rateLimits: RateLimits; now: () => number } };
}

/**
 * Counts a request against the client address, then runs its work.
 *
 * @throws {RateLimitedError} With any error of the work, or `rate_limited`.
 */
export async function limitByAddress<Result>(
  { req, info: { remoteAddr }, state: { services } }: LimitedRequest,
  work: (rateLimit: RateLimitResult | null) => Result | Promise<Result>,
): Promise<Result> {
  const rateLimit = await services.rateLimits.countAddress({
    peer: "hostname" in remoteAddr ? remoteAddr.hostname : "",
    forwarded: req.headers.get("X-Forwarded-For"),
  });
  return await runLimited(rateLimit, services, () => work(rateLimit));
}

/**
 * Runs a request's work. If it fails before the request was counted, counts it
 * against the client address, so guessing at tokens is rate-limited.
 *
 * @throws {RateLimitedError} With any error of the work, or `rate_limited`.
 */
export async function limitFailures<Result>(
  request: LimitedRequest,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RateLimitedError) throw error;
    return await limitByAddress(request, () => {
      throw error;
    });
  }
}

/**
 * Runs the work of a request that was counted.
 *
 * @param rateLimit Null if limits are off.
 * @throws {RateLimitedError} With any error of the work, or `rate_limited`.
 */
export async function runLimited<Result>(
  rateLimit: RateLimitResult | null,
  { now }: { now: () => number },
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    if (rateLimit !== null) requireAllowed(rateLimit, now());
    return await work();
  } catch (error) {
    throw new RateLimitedError(error, rateLimit);
  }
}

/**
 * A failure of a request that was counted. It carries the rate limit to the
 * error response, whatever the cause.
 */
export class RateLimitedError extends Error {
  override name = "RateLimitedError";
  constructor(
    override readonly cause: unknown,
    /** Null if limits are off. */
    readonly rateLimit: RateLimitResult | null,
  ) {
    super("A rate-limited request failed");
  }
}

/** Separates a failure from the rate limit that it may carry. */
export function splitRateLimit(
  error: unknown,
): { error: unknown; rateLimit: RateLimitResult | null } {
  return error instanceof RateLimitedError
    ? { error: error.cause, rateLimit: error.rateLimit }
    : { error, rateLimit: null };
}

function requireAllowed(rateLimit: RateLimitResult, nowMs: number): void {
  if (rateLimit.allowed) return;
  const { name, quota } = rateLimit.policy;
  throw new BillingError(
    "rate_limited",
    `Too many requests: the limit is ${quota} per minute (${name})`,
    { retryAfterSec: secondsUntilReset(rateLimit, nowMs) },
  );
}

/**
 * Returns the rate limit headers of a response; none if limits are off.
 *
 * @see draft-ietf-httpapi-ratelimit-headers: `q` is the quota, `w` the window
 * in seconds, `r` the calls left, `t` the seconds until the quota resets.
 */
export function rateLimitHeaders(
  rateLimit: RateLimitResult | null,
  nowMs: number,
): Record<string, string> {
  if (rateLimit === null) return {};
  const { policy: { name, quota }, remaining } = rateLimit;
  const t = secondsUntilReset(rateLimit, nowMs);
  return {
    "RateLimit-Policy": `"${name}";q=${quota};w=60`,
    "RateLimit": `"${name}";r=${remaining};t=${t}`,
  };
}

/** Rounded up, so a client that waits this long is never too early. */
function secondsUntilReset(
  { resetsAtMs }: RateLimitResult,
  nowMs: number,
): number {
  return Math.max(1, Math.ceil((resetsAtMs - nowMs) / 1000));
}
