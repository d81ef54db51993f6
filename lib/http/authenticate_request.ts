import type { Context } from "fresh";
import {
  authenticate,
  type AuthenticateOptions,
  type Principal,
} from "@/lib/auth/authenticate.ts";
import { rateLimitHeaders, requireAllowed } from "./rate_limit.ts";
import type { State } from "@/lib/state.ts";
import type { Billing } from "@/lib/store/mod.ts";

/**
 * Tells who calls an API route, and counts the call: by organization, as its
 * plan allows. The one way in which a route asks for its principal, so that
 * no call goes uncounted.
 *
 * @throws {BillingError} As {@linkcode authenticate}; `rate_limited`.
 * @see The HTTP contract, "Who is calling" and "Rate limits".
 */
export async function requireCaller(
  ctx: Context<State>,
  options: AuthenticateOptions = {},
): Promise<Principal> {
  const { services } = ctx.state;
  const principal = await authenticate(services, ctx.req, options);
  if (principal.orgId !== null) {
    const { limits, now } = services;
    const call = await limits.countOrganization(principal.orgId);
    const { counted, billing } = call;
    ctx.state.counted = counted;
    ctx.state.billing = billing;
    if (counted) requireAllowed(counted, now());
  }
  return principal;
}

/**
 * Counts a page or a form of an organization, before it asks Stripe or writes.
 *
 * @returns The organization's billing where counting has read it.
 * @throws {BillingError} `rate_limited`.
 */
export async function countPage(
  { state }: Pick<Context<State>, "state">,
  orgId: string,
): Promise<Billing | null> {
  const { limits, now } = state.services;
  const { counted, billing } = await limits.countPage(orgId);
  state.counted = counted;
  if (counted) requireAllowed(counted, now());
  return billing;
}

/**
 * Counts a call by address, unless it was counted already: what is for
 * everybody, and what nobody stood up for.
 *
 * @throws {BillingError} `rate_limited`.
 */
export async function countAnonymous(ctx: Context<State>): Promise<void> {
  const { req, info, state } = ctx;
  if (state.counted !== undefined) return;
  const { limits, now } = state.services;
  const { remoteAddr } = info;
  const counted = await limits.countAddress({
    peer: "hostname" in remoteAddr ? remoteAddr.hostname : "",
    forwarded: req.headers.get("X-Forwarded-For"),
  });
  state.counted = counted;
  if (counted) requireAllowed(counted, now());
}

/** What an answer tells of the limit that its call was counted against. */
export function limitHeaders({ state }: Pick<Context<State>, "state">) {
  const { counted, services } = state;
  return counted ? rateLimitHeaders(counted, services.now()) : {};
}
