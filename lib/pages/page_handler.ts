import type { Context, PageResponse } from "fresh";
import {
  answerUnhandled,
  handlerFor,
  type MethodHandlers,
} from "@/lib/http/methods.ts";
import { limitFailures, runLimited } from "@/lib/http/rate_limit.ts";
import type { State } from "@/lib/state.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";

/** Handles one method of a page. */
export type PageMethod<Data> = (
  ctx: Context<State>,
) => Promise<Response | PageResponse<Data>>;

/**
 * Makes a page's handler from its methods; others are 405 with `Allow`.
 *
 * A request that fails before its organization is known counts against the
 * client address, so guessing at tokens is rate-limited.
 */
export function pageHandler<Data>(
  methods: Pick<MethodHandlers<PageMethod<Data>>, "GET" | "POST">,
): PageMethod<Data> {
  return (ctx) =>
    limitFailures(ctx, () => {
      const handle = handlerFor(methods, ctx.req);
      return handle?.(ctx) ?? answerUnhandled(methods, ctx.req);
    });
}

/** The same for the target of a form that is not a page itself. */
export function formHandler(
  post: (ctx: Context<State>) => Promise<Response>,
): PageMethod<never> {
  return pageHandler<never>({ POST: post });
}

/**
 * Counts a page or form post of an organization, then runs its work, which may
 * call Stripe or write.
 *
 * @param work Receives the organization's billing if counting has read it.
 * @throws {RateLimitedError} With any error of the work, or `rate_limited`.
 */
export async function limitPage<Result>(
  { state: { services } }: Context<State>,
  orgId: string,
  work: (billing: Billing | null) => Promise<Result>,
): Promise<Result> {
  const { rateLimit, billing } = await services.rateLimits.countPage(orgId);
  return await runLimited(
    rateLimit,
    services,
    () => services.telemetry.forOrganization(orgId, () => work(billing)),
  );
}
