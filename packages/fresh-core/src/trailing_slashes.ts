import type { Middleware } from "./types.ts";

/**
 * Redirects every path, files and unknown ones too, to itself with or without
 * a slash at its end. `/` is left alone.
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
