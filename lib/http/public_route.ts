import type { Context } from "fresh";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";
import { prefersToJson } from "./accept.ts";
import {
  errorFormatOf,
  logFailure,
  toHttpFailure,
  toJson,
} from "./error_responses.ts";
import { answerUnhandled, handlerFor, type MethodHandlers } from "./methods.ts";
import {
  limitByAddress,
  rateLimitHeaders,
  splitRateLimit,
} from "./rate_limit.ts";
import type { RateLimitResult } from "./rate_limiter.ts";
import { isForm } from "./request.ts";

/** Handles one method of an API route. */
export type Handler = (ctx: Context<State>) => Response | Promise<Response>;

/**
 * Makes an API route that needs no caller.
 *
 * @param options `rateLimit`: per client address, or none.
 */
export function publicApiRoute(
  handlers: MethodHandlers<Handler>,
  { rateLimit }: { rateLimit: "address" | "none" },
): Handler {
  const dispatch: Handler = (ctx) =>
    handlerFor(handlers, ctx.req)?.(ctx) ?? answerUnhandled(handlers, ctx.req);
  return respond((ctx) =>
    rateLimit === "none"
      ? dispatch(ctx)
      : limitAnonymous(ctx, () => dispatch(ctx))
  );
}

/** Counts a request against its client address, then runs its work. */
export async function limitAnonymous(
  ctx: Context<State>,
  work: () => Response | Promise<Response>,
): Promise<Response> {
  return await limitByAddress(
    ctx,
    async (rateLimit) =>
      addRateLimit(await work(), rateLimit, ctx.state.services),
  );
}

/** Adds the rate limit's headers to a response. */
export function addRateLimit(
  response: Response,
  rateLimit: RateLimitResult | null,
  { now }: Services,
): Response {
  const headers = rateLimitHeaders(rateLimit, now());
  for (const [name, value] of Object.entries(headers)) {
    response.headers.set(name, value);
  }
  return response;
}

/**
 * Completes an API route: errors become JSON in the path's format, and every
 * response has the API's headers.
 */
export function respond(handle: Handler): Handler {
  return async (ctx) => {
    try {
      return addApiHeaders(await handle(ctx), ctx);
    } catch (failure) {
      // The error page shows it instead.
      if (await isNavigation(ctx)) throw failure;
      return addApiHeaders(respondToFailure(failure, ctx), ctx);
    }
  };
}

function respondToFailure(failure: unknown, ctx: Context<State>): Response {
  const { services, requestId } = ctx.state;
  const { pathname } = ctx.url;
  const { error, rateLimit } = splitRateLimit(failure);
  const errorFormat = errorFormatOf(pathname);
  logFailure(services.log, error, {
    requestId,
    method: ctx.req.method,
    path: pathname,
  });
  const httpFailure = toHttpFailure(error, errorFormat);
  const json = toJson(httpFailure, { errorFormat, requestId });
  const response = ctx.req.method === "HEAD" ? new Response(null, json) : json;
  return addRateLimit(response, rateLimit, services);
}

/** Responses are private to an account unless their route says otherwise. */
function addApiHeaders(response: Response, ctx: Context<State>): Response {
  if (!response.headers.has("Cache-Control")) {
    response.headers.set("Cache-Control", "no-store");
  }
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Request-Id", ctx.state.requestId);
  return response;
}

/** Reports whether a browser navigates: only operations have links and forms. */
async function isNavigation(
  { req, url }: Context<State>,
): Promise<boolean> {
  const visits = req.method === "GET" || req.method === "POST" && isForm(req);
  if (!visits || errorFormatOf(url.pathname) !== "operations") return false;
  return await prefersToJson(req, "text/html");
}
