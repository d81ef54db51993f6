import type { Context } from "fresh";
import type { PageResponse } from "fresh";
import { countAnonymous } from "@/lib/http/authenticate_request.ts";
import { BillingError } from "@/lib/errors.ts";
import type { State } from "@/lib/state.ts";

/** What a page does for one method. */
export type PageMethod<Data> = (
  ctx: Context<State>,
) => Promise<Response | PageResponse<Data>>;

/**
 * Makes a page's handler of what it does by method: `HEAD` is `GET`'s, others
 * are 405 with `Allow`. One function for all methods, since Fresh answers 404
 * where an object of them lacks one.
 *
 * A request that fails before its organization is known counts against the
 * client address, so guessing at tokens is rate-limited.
 */
export function pageHandler<Data>(
  methods: { GET: PageMethod<Data>; POST?: PageMethod<Data> },
): PageMethod<Data> {
  const allow = ["GET", "HEAD", ...(methods.POST ? ["POST"] : []), "OPTIONS"];
  return counting(async (ctx) => {
    const { method } = ctx.req;
    if (method === "GET" || method === "HEAD") return await methods.GET(ctx);
    if (method === "POST" && methods.POST) return await methods.POST(ctx);
    if (method === "OPTIONS") return answerOptions(allow);
    throw notAllowed(allow);
  });
}

/**
 * The same for what is only ever posted to: a form's target without a page of
 * its own.
 */
export function formHandler(
  post: (ctx: Context<State>) => Promise<Response>,
): (ctx: Context<State>) => Promise<Response> {
  const allow = ["POST", "OPTIONS"];
  return counting(async (ctx) => {
    if (ctx.req.method === "POST") return await post(ctx);
    if (ctx.req.method === "OPTIONS") return answerOptions(allow);
    throw notAllowed(allow);
  });
}

function counting<Result>(
  handle: (ctx: Context<State>) => Promise<Result>,
): (ctx: Context<State>) => Promise<Result> {
  return async (ctx) => {
    try {
      return await handle(ctx);
    } catch (error) {
      await countAnonymous(ctx);
      throw error;
    }
  };
}

function answerOptions(allow: string[]): Response {
  return new Response(null, {
    status: 204,
    headers: { Allow: allow.join(", ") },
  });
}

function notAllowed(allow: string[]): BillingError {
  return new BillingError(
    "method_not_allowed",
    `Method not allowed: use ${allow.join(", ")}`,
    { allow },
  );
}
