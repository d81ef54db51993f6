/** Headers of every response at a secret URL: never cached, never framed, no referrer. */
export const PAGE_HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/**
 * An HTML response. Its policy blocks scripts, frames and everything but the pages' own style sheet.
 *
 * @param options `formTargets` are origins to which a form may redirect, besides the own origin;
 * `logo` is the URL of the business's logo.
 */
export function htmlResponse(
  html: string,
  options: {
    status?: number;
    formTargets?: string[];
    logo?: string | undefined;
  } = {},
): Response {
  const { logo } = options;
  return new Response(html, {
    status: options.status ?? 200,
    headers: {
      ...PAGE_HEADERS,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": [
        "default-src 'none'",
        "style-src 'self'",
        ["img-src data:", ...(logo ? [new URL(logo).origin] : [])].join(" "),
        // Chromium applies form-action to the redirect after a form as well.
        ["form-action 'self'", ...(options.formTargets ?? [])].join(" "),
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join("; "),
    },
  });
}

/** A 303 redirect after a form: the browser requests the location with GET. */
export function seeOther(location: string): Response {
  return new Response(null, {
    status: 303,
    headers: { ...PAGE_HEADERS, Location: location },
  });
}

/** The style sheet. It is the same for all visitors, so browsers may cache it for five minutes. */
export function styleSheet(text: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "public, max-age=300",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
