import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/**
 * A hosted page. Nothing may frame it, nothing but its own style sheet is loaded, no script runs,
 * and its address, which is a key, goes nowhere.
 *
 * @param options `formTargets` are origins that a form may lead to, beside our own.
 */
export function htmlPage(
  page: VNode,
  options: { status?: number; formTargets?: string[] } = {},
): Response {
  return new Response(`<!doctype html>${renderToString(page)}`, {
    status: options.status ?? 200,
    headers: {
      ...PAGE_HEADERS,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": [
        "default-src 'none'",
        "style-src 'self'",
        "img-src data:",
        // Chromium holds a form's redirect to this too, so that the way back has to be named.
        ["form-action 'self'", ...(options.formTargets ?? [])].join(" "),
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join("; "),
    },
  });
}

/** The way on after a form: the browser asks for the next page with GET. */
export function seeOther(location: string): Response {
  return new Response(null, {
    status: 303,
    headers: { ...PAGE_HEADERS, Location: location },
  });
}

/** What a page with a secret address is sent with. */
export const PAGE_HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** The style sheet, which holds nothing of anybody's. */
export function styleSheet(text: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "public, max-age=300",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/**
 * Whether a form was sent by a page of this very origin. A browser says so by itself; what says
 * nothing is refused, since every form here changes something.
 */
export function isSameOrigin(request: Request, pagesUrl: string): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  return origin !== null && origin === new URL(pagesUrl).origin;
}
