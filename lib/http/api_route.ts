import type { Context } from "fresh";
import Negotiator from "negotiator";
import { countAnonymous, limitHeaders } from "./authenticate_request.ts";
import { BillingError } from "@/lib/errors.ts";
import {
  errorFormatOf,
  logFailure,
  toHttpFailure,
  toJson,
} from "./error_responses.ts";
import { isForm } from "./request.ts";
import type { State } from "@/lib/state.ts";

/** What an API route does, by method. `HEAD` without its own is `GET`'s. */
export type ApiRouteHandlers = Partial<
  Record<"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE", ApiRouteHandler>
>;

export type ApiRouteHandler = (
  ctx: Context<State>,
) => Response | Promise<Response>;

export interface ApiRouteOptions {
  /**
   * Whose limit a call counts against: the caller's, whom the route asks for
   * by `callerOf`, and the address's where that does not come about; the
   * address's, for what is for everybody; or nobody's.
   */
  counts?: "caller" | "address" | "nobody";
}

/**
 * Makes an API route of what it does: other methods are 405 with `Allow`,
 * what is thrown becomes an error in the path's dialect, and every answer has
 * the headers that the contract gives to all. One function for all methods,
 * since Fresh answers 404 where an object of them lacks one.
 *
 * @see The HTTP contract, "Two dialects of error" and "Rate limits".
 */
export function apiRoute(
  handlers: ApiRouteHandlers,
  { counts = "caller" }: ApiRouteOptions = {},
): ApiRouteHandler {
  const allow = allowedMethods(handlers);
  return async (ctx) => {
    try {
      if (counts === "address") await countAnonymous(ctx);
      const answer = await dispatch(handlers, allow, ctx);
      // What needs nobody, such as OPTIONS.
      if (counts === "caller") await countAnonymous(ctx);
      return withApiHeaders(answer, ctx);
    } catch (cause) {
      const error = counts === "caller" ? await countFailed(ctx, cause) : cause;
      // The error page says it to a person, with a way on.
      if (isNavigation(ctx)) throw error;
      return withApiHeaders(answerError(error, ctx), ctx);
    }
  };
}

/** Who guesses at tokens hears after a while that it is enough. */
async function countFailed(
  ctx: Context<State>,
  cause: unknown,
): Promise<unknown> {
  try {
    await countAnonymous(ctx);
    return cause;
  } catch (error) {
    return error;
  }
}

function allowedMethods(handlers: ApiRouteHandlers): string[] {
  const methods = new Set(Object.keys(handlers));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods, "OPTIONS"];
}

function dispatch(
  handlers: ApiRouteHandlers,
  allow: string[],
  ctx: Context<State>,
): Response | Promise<Response> {
  const method = ctx.req.method as keyof ApiRouteHandlers;
  const handler = handlers[method] ??
    (method === "HEAD" ? handlers.GET : undefined);
  if (handler !== undefined) return handler(ctx);
  if (ctx.req.method === "OPTIONS") {
    return new Response(null, {
      status: 204,
      headers: { Allow: allow.join(", ") },
    });
  }
  throw new BillingError(
    "method_not_allowed",
    `Method not allowed: use ${allow.join(", ")}`,
    { allow },
  );
}

function answerError(error: unknown, ctx: Context<State>): Response {
  const { services, requestId } = ctx.state;
  const { pathname } = ctx.url;
  const errorFormat = errorFormatOf(pathname);
  logFailure(services.log, error, {
    requestId,
    method: ctx.req.method,
    path: pathname,
  });
  const answer = toJson(toHttpFailure(error, errorFormat), {
    errorFormat,
    requestId,
  });
  return ctx.req.method === "HEAD" ? new Response(null, answer) : answer;
}

/**
 * An answer about an account is nobody else's, and is what it says it is. One
 * that is for everybody says so itself.
 */
function withApiHeaders(response: Response, ctx: Context<State>): Response {
  if (!response.headers.has("Cache-Control")) {
    response.headers.set("Cache-Control", "no-store");
  }
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Request-Id", ctx.state.requestId);
  for (const [name, value] of Object.entries(limitHeaders(ctx))) {
    response.headers.set(name, value);
  }
  return response;
}

/** Only operations have what a person's browser is sent to, or posts a form to. */
function isNavigation({ req, url }: Context<State>): boolean {
  const visits = req.method === "GET" || req.method === "POST" && isForm(req);
  if (!visits || errorFormatOf(url.pathname) !== "operations") return false;
  const accept = req.headers.get("Accept") ?? "*/*";
  return new Negotiator({ headers: { accept } })
    .mediaType(["application/json", "text/html"]) === "text/html";
}
