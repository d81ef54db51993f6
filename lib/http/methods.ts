import { BillingError } from "@/lib/errors.ts";

type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Handlers by method; `GET` also serves `HEAD` unless that has its own. A
 * route dispatches them itself: Fresh answers a missing method with 404.
 */
export type MethodHandlers<Handler> = Partial<Record<Method, Handler>>;

/** Returns the handler of a request's method, if it has one. */
export function handlerFor<Handler>(
  handlers: MethodHandlers<Handler>,
  { method }: Request,
): Handler | undefined {
  return handlers[method as Method] ??
    (method === "HEAD" ? handlers.GET : undefined);
}

/**
 * Answers `OPTIONS` with the methods that have a handler.
 *
 * @throws {BillingError} `method_not_allowed` for other methods.
 */
export function answerUnhandled(
  handlers: MethodHandlers<unknown>,
  { method }: Request,
): Response {
  const handled = Object.keys(handlers)
    .flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name]);
  const allow = [...new Set(handled), "OPTIONS"];
  if (method === "OPTIONS") {
    const headers = { Allow: allow.join(", ") };
    return new Response(null, { status: 204, headers });
  }
  throw new BillingError(
    "method_not_allowed",
    `Method not allowed: use ${allow.join(", ")}`,
    { allow },
  );
}
