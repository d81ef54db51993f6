import type { Middleware } from "./types.ts";

/**
 * Redirects every path except `/`, including files and unknown ones, to its
 * form with or without a trailing slash.
 */
export function trailingSlashes<State>(
  mode: "always" | "never",
): Middleware<State> {
  return (ctx) => {
    const { pathname, search } = ctx.url;
    const hasSlash = pathname.endsWith("/");
    if (pathname === "/" || hasSlash === (mode === "always")) return ctx.next();
    const target = hasSlash ? pathname.slice(0, -1) : `${pathname}/`;
    return ctx.redirect(target + search);
  };
}
