import { App, type Context, csp, type Middleware, staticFiles } from "fresh";
import { appConfig } from "@/fresh.config.ts";
import { precompressed } from "@/lib/http/precompressed.ts";
import type { Services } from "./services.ts";
import type { State } from "./state.ts";

/**
 * What a request passes through, in order: it gets an id and the services;
 * the sandbox's hosted pages, which are not ours, are answered; pages get
 * their security headers; then files, then the routes.
 *
 * Who is calling is asked by each endpoint itself.
 */
export function createApp(services: Services): App<State> {
  const app = new App<State>(appConfig);
  app.use(identify(services));
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

/** Where the local Stripe's hosted pages are while it lives in this process. */
export const HOSTED_PAGES_PATH = "/sandbox/stripe";

function withoutPrefix(request: Request): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(HOSTED_PAGES_PATH.length);
  const { method, headers, body } = request;
  return new Request(url, { method, headers, body });
}

function identify(services: Services) {
  return (ctx: Context<State>) => {
    ctx.state.services = services;
    ctx.state.requestId = `req_${crypto.randomUUID().replaceAll("-", "")}`;
    return ctx.next();
  };
}

/**
 * Leaves the API's answers alone: they have headers of their own, no browser
 * shows them, and each header more is time that every call takes.
 */
function forPages(middleware: Middleware<State>): Middleware<State> {
  return (ctx) =>
    ctx.url.pathname.startsWith("/api/") ? ctx.next() : middleware(ctx);
}

function secure(services: Services): Middleware<State> {
  const headers = Object.entries(securityHeaders(services));
  const plainHttp = services.config.appUrl.startsWith("http:");
  return async (ctx: Context<State>) => {
    const response = await ctx.next();
    for (const [name, value] of headers) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    response.headers.set("X-Request-Id", ctx.state.requestId);
    if (plainHttp) keepPlain(response.headers);
    return response;
  };
}

/**
 * Headers of every page. Error pages set them themselves: Fresh renders those
 * outside of the app's own middlewares.
 */
export function securityHeaders(
  { config }: Pick<Services, "config">,
): Record<string, string> {
  return {
    "X-Content-Type-Options": "nosniff",
    // Not `no-referrer`: with that a form's POST has `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    ...(config.appUrl.startsWith("https:") && {
      "Strict-Transport-Security": "max-age=63072000",
    }),
  };
}

const POLICY = "Content-Security-Policy";

/** Fresh's policy upgrades to https, where a plain-http sandbox has nothing. */
function keepPlain(headers: Headers): void {
  const policy = headers.get(POLICY);
  if (policy === null) return;
  headers.set(POLICY, policy.replace("; upgrade-insecure-requests", ""));
}

/** With Clerk, its script and the API that it talks to; else only ourselves. */
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
    `form-action ${formTargets(config).join(" ")}`,
  ];
}

/**
 * The policy of pages without any script, which Fresh renders outside of the
 * app's own middlewares.
 */
export function scriptlessPolicy({ config }: Pick<Services, "config">): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(config.appUrl.startsWith("https:")
      ? ["upgrade-insecure-requests"]
      : []),
  ].join("; ");
}

/** Whether browsers follow the redirect of a page's form to an address. */
export function allowsFormRedirect(
  { config }: Pick<Services, "config">,
  address: string,
): boolean {
  const { origin } = new URL(address);
  return origin === new URL(config.appUrl).origin ||
    formTargets(config).includes(origin);
}

/** Browsers hold a form's redirect to this too: checkout's leads to Stripe. */
function formTargets({ stripe }: Services["config"]): string[] {
  if (stripe.mode === "sandbox") return ["'self'"];
  return [
    "'self'",
    "https://checkout.stripe.com",
    "https://billing.stripe.com",
    ...(stripe.apiBase === null ? [] : [stripe.apiBase.origin]),
  ];
}
