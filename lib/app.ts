import { App, type Context, csp, type Middleware, staticFiles } from "fresh";
import { appConfig } from "@/fresh.config.ts";
import { precompressed } from "@/lib/http/precompressed.ts";
import { createRequestId } from "@/lib/http/request.ts";
import type { Services } from "./services.ts";
import type { State } from "./state.ts";

/**
 * Creates the app: request id and services, the local Stripe's hosted pages,
 * security headers for pages, static files, routes. Each route authenticates
 * its caller itself.
 */
export function createApp(services: Services): App<State> {
  const app = new App<State>(appConfig);
  app.use(addState(services));
  const hosted = services.sandbox?.stripePages;
  if (hosted) {
    app.all(`${HOSTED_PAGES_PATH}/*`, (ctx) => hosted(withoutPrefix(ctx.req)));
  }
  return app
    .use(forPages(secure(services)))
    .use(forPages(csp({ useNonce: true, csp: contentPolicy(services) })))
    .use(precompressed)
    .use(staticFiles())
    .fsRoutes();
}

/** Path of the local Stripe's hosted pages, if it runs in this process. */
export const HOSTED_PAGES_PATH = "/sandbox/stripe";

function withoutPrefix(request: Request): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(HOSTED_PAGES_PATH.length);
  const { method, headers, body } = request;
  return new Request(url, { method, headers, body });
}

function addState(services: Services) {
  return (ctx: Context<State>) => {
    ctx.state.services = services;
    ctx.state.requestId = createRequestId();
    if (ctx.route !== null) {
      services.telemetry.setRoute(ctx.req.method, ctx.route);
    }
    return ctx.next();
  };
}

/**
 * Skips the API, which sets its own headers: browsers do not render its
 * responses, and additional headers slow down every call.
 */
function forPages(middleware: Middleware<State>): Middleware<State> {
  return (ctx) =>
    ctx.url.pathname.startsWith("/api/") ? ctx.next() : middleware(ctx);
}

function secure(services: Services): Middleware<State> {
  const headers = Object.entries(securityHeaders(services));
  const isPlainHttp = services.config.appUrl.startsWith("http:");
  return async (ctx: Context<State>) => {
    const response = await ctx.next();
    for (const [name, value] of headers) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    response.headers.set("X-Request-Id", ctx.state.requestId);
    if (response.headers.get("Content-Type")?.startsWith("text/html")) {
      response.headers.append("Vary", LOCALE_VARY);
    }
    if (isPlainHttp) removeUpgrade(response.headers);
    return response;
  };
}

/**
 * Returns the security headers of every page. Error pages set them themselves,
 * as Fresh renders those without the app's middleware.
 */
export function securityHeaders(
  { config }: Pick<Services, "config">,
): Record<string, string> {
  return {
    "X-Content-Type-Options": "nosniff",
    // Not `no-referrer`, with which forms send `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    ...(config.appUrl.startsWith("https:") && {
      "Strict-Transport-Security": "max-age=63072000",
    }),
  };
}

/** The request headers that a page's language depends on. */
export const LOCALE_VARY = "Accept-Language, Cookie";

const POLICY = "Content-Security-Policy";

/** Fresh's policy upgrades to https, which a plain-http sandbox does not serve. */
function removeUpgrade(headers: Headers): void {
  const policy = headers.get(POLICY);
  if (policy === null) return;
  headers.set(POLICY, policy.replace("; upgrade-insecure-requests", ""));
}

/** Returns the policy of pages; with Clerk, it allows Clerk's script and API. */
export function contentPolicy(
  { config }: Pick<Services, "config">,
): string[] {
  const clerk = config.auth.clerk?.frontendApi;
  return [
    ...(clerk === undefined ? [] : [
      `script-src 'self' 'unsafe-inline' ${clerk}`,
      `connect-src 'self' ${clerk}`,
    ]),
    "style-src 'self'",
    imagePolicy(config),
    `form-action ${formTargets(config).join(" ")}`,
  ];
}

/**
 * Returns the policy of pages without scripts, for those that Fresh renders
 * without the app's middleware.
 */
export function scriptlessPolicy({ config }: Pick<Services, "config">): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    imagePolicy(config),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(config.appUrl.startsWith("https:")
      ? ["upgrade-insecure-requests"]
      : []),
  ].join("; ");
}

/** Includes the origin of a logo elsewhere. */
function imagePolicy({ brand: { logo } }: Services["config"]): string {
  const origins = logo?.kind === "url" ? ` ${logo.url.origin}` : "";
  return `img-src 'self' data:${origins}`;
}

/** Reports whether `form-action` lets a form redirect to a URL. */
export function allowsFormRedirect(
  { config }: Pick<Services, "config">,
  address: string,
): boolean {
  const { origin } = new URL(address);
  return origin === new URL(config.appUrl).origin ||
    formTargets(config).includes(origin);
}

/** Includes Stripe and the sign-out page, as browsers check redirects after a form, too. */
function formTargets(
  { stripe, auth: { signOutUrl } }: Services["config"],
): string[] {
  const own = ["'self'"];
  if (signOutUrl !== null && !signOutUrl.startsWith("/")) {
    own.push(new URL(signOutUrl).origin);
  }
  if (stripe.mode === "sandbox") return own;
  return [
    ...own,
    "https://checkout.stripe.com",
    "https://billing.stripe.com",
    ...(stripe.apiBase === null ? [] : [stripe.apiBase.origin]),
  ];
}
