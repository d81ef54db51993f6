import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./types.ts";

/** Options of {@linkcode csrf}. */
export interface CsrfOptions<State> {
  /** Origins that may post. They replace the app's own origin. */
  origin?:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const SAFE_SITES = new Set(["same-origin", "none"]);

/**
 * Refuses cross-site requests. `Sec-Fetch-Site` decides if present, else
 * `Origin`. A request with neither passes, since every current browser sends
 * one.
 *
 * @throws {HttpError} 403, from the middleware.
 */
export function csrf<State>(options?: CsrfOptions<State>): Middleware<State> {
  return async (ctx) => {
    if (!mayPass(ctx, options?.origin)) throw new HttpError(403);
    return await ctx.next();
  };
}

function mayPass<State>(
  ctx: Context<State>,
  allowed: CsrfOptions<State>["origin"],
): boolean {
  const { method, headers } = ctx.req;
  if (SAFE_METHODS.has(method)) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null && SAFE_SITES.has(site)) return true;
  const origin = headers.get("origin");
  if (origin === null) return site === null;
  return isAllowed(origin, ctx, allowed);
}

function isAllowed<State>(
  origin: string,
  ctx: Context<State>,
  allowed: CsrfOptions<State>["origin"],
): boolean {
  if (allowed === undefined) return origin === ctx.url.origin;
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string"
    ? origin === allowed
    : allowed.includes(origin);
}
