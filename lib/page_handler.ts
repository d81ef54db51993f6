import type { Context } from "fresh";
import type { PageResponse } from "fresh";
import { BillingError } from "./errors.ts";
import type { State } from "./state.ts";

/** What a page does for one method. */
export type PageMethod<Data> = (
  ctx: Context<State>,
) => Promise<Response | PageResponse<Data>>;

/**
 * Makes a page's handler of what it does by method: `HEAD` is `GET`'s, others
 * are 405 with `Allow`. One function for all methods, since Fresh answers 404
 * where an object of them lacks one.
 */
export function pageHandler<Data>(
  methods: { GET: PageMethod<Data>; POST?: PageMethod<Data> },
): PageMethod<Data> {
  const allow = ["GET", "HEAD", ...(methods.POST ? ["POST"] : []), "OPTIONS"];
  return (ctx) => {
    const { method } = ctx.req;
    if (method === "GET" || method === "HEAD") return methods.GET(ctx);
    if (method === "POST" && methods.POST) return methods.POST(ctx);
    if (method === "OPTIONS") return Promise.resolve(answerOptions(allow));
    throw notAllowed(allow);
  };
}

/**
 * The same for what is only ever posted to: a form's target without a page of
 * its own.
 */
export function formHandler(
  post: (ctx: Context<State>) => Promise<Response>,
): (ctx: Context<State>) => Promise<Response> {
  const allow = ["POST", "OPTIONS"];
  return (ctx) => {
    if (ctx.req.method === "POST") return post(ctx);
    if (ctx.req.method === "OPTIONS") {
      return Promise.resolve(answerOptions(allow));
    }
    throw notAllowed(allow);
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
