import type Stripe from "stripe";
import type { Config, StripeConfig } from "@/lib/config/config.ts";
import { NO_TELEMETRY, type Telemetry } from "@/lib/telemetry.ts";

/** The Stripe API version that this code was written against. */
export const STRIPE_API_VERSION = "2026-10-28.endive";

/**
 * Two attempts of 4 s with the SDK's pause of half a second between them, so
 * that interactive requests fail within 10 s when Stripe does not respond.
 */
const ATTEMPT_MS = 4_000;
const RETRIES = 1;

/**
 * Returns a getter for the Stripe SDK. The SDK is loaded on the first call and
 * reused afterwards.
 *
 * @param localFetch Used instead of the network, for the local Stripe.
 */
export function createStripe(
  config: StripeConfig,
  localFetch?: typeof fetch,
  telemetry: Telemetry = NO_TELEMETRY,
): () => Promise<Stripe> {
  const traced = traceCalls(localFetch ?? fetchDirectly, telemetry);
  let client: Promise<Stripe> | undefined;
  return () => client ??= loadStripe(config, traced);
}

async function loadStripe(
  config: StripeConfig,
  stripeFetch: typeof fetch,
): Promise<Stripe> {
  const Stripe = await (sdk ??= importSdk());
  const sandbox = config.mode === "sandbox";
  return new Stripe(sandbox ? "sk_test_sandbox" : config.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: ATTEMPT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    appInfo: { name: "portico" },
    httpClient: Stripe.createFetchHttpClient(stripeFetch),
    ...(!sandbox && config.apiBase !== null && baseOf(config.apiBase)),
  });
}

/**
 * Stripe's API never redirects. A 3xx comes from a proxy, and following it
 * would send the secret key to another host.
 */
const fetchDirectly: typeof fetch = (input, init) =>
  fetch(input, { ...init, redirect: "error" });

/** `/cus_Q1`, but not `/payment_methods`. */
const STRIPE_ID = /\/[a-z]+_(?=\w*[A-Z\d])\w+/g;

/** Makes each call a span, named without ids: `stripe GET /v1/customers/:id`. */
function traceCalls(
  stripeFetch: typeof fetch,
  telemetry: Telemetry,
): typeof fetch {
  if (telemetry === NO_TELEMETRY) return stripeFetch;
  return (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const path = pathname.replaceAll(STRIPE_ID, "/:id");
    const name = `stripe ${init?.method ?? "GET"} ${path}`;
    return telemetry.span(name, {}, async (span) => {
      const response = await stripeFetch(input, init);
      if (!response.ok) span.setOutcome(String(response.status));
      return response;
    });
  };
}

declare global {
  interface ErrorConstructor {
    /** V8 only: the maximum number of frames in a new error's stack. */
    stackTraceLimit: number;
  }
}

let sdk: ReturnType<typeof importSdk> | undefined;

async function importSdk() {
  const { default: Stripe } = await import("stripe");
  traceFailuresOnly(Stripe.StripeResource.prototype);
  return Stripe;
}

/**
 * The SDK captures a stack trace on every call in case the call fails, which
 * takes a third of the CPU time of opening a portal. This captures the trace
 * only when a call fails.
 */
function traceFailuresOnly(resource: Stripe.StripeResource): void {
  const makeRequest = resource._makeRequest;
  resource._makeRequest = function (...call) {
    const request = withoutStackTraces(() => makeRequest.apply(this, call));
    // The promise of a list also has auto-pagination methods.
    const traced = Object.assign(withCallSite(request), request);
    // If the caller iterates a list instead of awaiting it, the iteration
    // rejects; this promise must not cause an unhandled rejection too.
    if ("autoPagingEach" in request) traced.catch(() => {});
    return traced;
  };
}

/** @param start Must be synchronous: the limit is global. */
function withoutStackTraces<T>(start: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return start();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Appends the async callers to the stack of an error of the call. */
async function withCallSite<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Error) {
      const [, ...callers] = new Error().stack?.split("\n") ?? [];
      error.stack = [error.stack, ...callers].join("\n");
    }
    throw error;
  }
}

function baseOf(url: URL) {
  const protocol = url.protocol === "http:" ? "http" : "https";
  const port = url.port || (protocol === "http" ? "80" : "443");
  return { protocol, host: url.hostname, port } as const;
}

/**
 * Validates a URL from Stripe before a browser is redirected to it. Plain http
 * is allowed only for the local Stripe and for a configured API base.
 *
 * @returns The normalized URL, safe to use in a header and in markup.
 * @throws {Error} If the URL is not valid. The message omits the URL, because
 * a session URL grants access to the customer's billing.
 */
export function requireStripeUrl(
  config: Pick<Config, "appUrl" | "stripe">,
  value: unknown,
): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  const allowed = url?.protocol === "https:" ||
    url !== null && url.origin === localOriginOf(config);
  if (url === null || !allowed || url.username !== "" || url.password !== "") {
    throw new Error("Cannot use Stripe's URL: it is not an https URL");
  }
  return url.href;
}

function localOriginOf(
  { appUrl, stripe }: Pick<Config, "appUrl" | "stripe">,
): string | undefined {
  if (stripe.mode === "sandbox") return new URL(appUrl).origin;
  return stripe.apiBase?.origin;
}

/** Reports whether a thrown value is an error from the Stripe SDK. */
export function isStripeError(
  error: unknown,
): error is Stripe.errors.StripeError {
  return error instanceof Error && "rawType" in error;
}

/** Reports whether a Stripe call failed without a response from Stripe. */
export function isStripeUnreachable(error: unknown): boolean {
  return isStripeError(error) && error.type === "StripeConnectionError";
}

/**
 * Awaits a retrieve call.
 *
 * @returns Null if Stripe has no object with this id.
 * @throws {Error} Any other error from the Stripe SDK.
 */
export async function retrieveOrNull<T>(
  retrieving: Promise<T>,
): Promise<T | null> {
  try {
    return await retrieving;
  } catch (error) {
    if (isStripeError(error) && error.code === "resource_missing") return null;
    throw error;
  }
}

/** The id of a Stripe reference, which is an object if it was expanded. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === "string" ? reference : reference.id;
}
