import type Stripe from "stripe";
import type { Config, StripeConfig } from "@/lib/config/config.ts";

/** The API version that this code was written against. */
export const STRIPE_API_VERSION = "2026-10-28.endive";

/**
 * Two attempts of 4 s with the SDK's pause of half a second between them:
 * a person who waits hears something within 10 s, whatever Stripe does.
 */
const ATTEMPT_MS = 4_000;
const RETRIES = 1;

/**
 * Stripe's SDK for a configuration, loaded at the first call and kept.
 *
 * @param localFetch Answers instead of the network: the local Stripe.
 */
export function createStripe(
  config: StripeConfig,
  localFetch?: typeof fetch,
): () => Promise<Stripe> {
  let client: Promise<Stripe> | undefined;
  return () => client ??= loadStripe(config, localFetch);
}

async function loadStripe(
  config: StripeConfig,
  localFetch?: typeof fetch,
): Promise<Stripe> {
  const Stripe = await (sdk ??= importSdk());
  const sandbox = config.mode === "sandbox";
  return new Stripe(sandbox ? "sk_test_sandbox" : config.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: ATTEMPT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    appInfo: { name: "portico" },
    httpClient: Stripe.createFetchHttpClient(localFetch ?? fetchDirectly),
    ...(!sandbox && config.apiBase !== null && baseOf(config.apiBase)),
  });
}

/**
 * Stripe's API does not redirect: a 3xx comes from something in between, and
 * following it would send the secret key there.
 */
const fetchDirectly: typeof fetch = (input, init) =>
  fetch(input, { ...init, redirect: "error" });

declare global {
  interface ErrorConstructor {
    /** V8's: how many frames a new error's stack has at most. */
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
 * The SDK formats a stack trace in every call, in case it fails: a third of
 * the CPU time of opening a portal. Here only a failed call has one made.
 */
function traceFailuresOnly(resource: Stripe.StripeResource): void {
  const makeRequest = resource._makeRequest;
  resource._makeRequest = function (...call) {
    const request = withoutStackTraces(() => makeRequest.apply(this, call));
    // A list's promise has methods to iterate it.
    const traced = Object.assign(withCallSite(request), request);
    // A list that is only iterated is not awaited: its iteration rejects.
    if ("autoPagingEach" in request) traced.catch(() => {});
    return traced;
  };
}

/** @param start Synchronous: it ends before any other code runs. */
function withoutStackTraces<T>(start: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return start();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Adds the functions that await the call to the stack of its error. */
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
 * Checks an address that Stripe gave for a browser to go to. Plain http is
 * allowed only where the local Stripe or a configured API base has its pages.
 *
 * @returns The address, normalized: safe in a header and in markup.
 * @throws {Error} If it is no such address. The message leaves it out: with a
 * session's URL one acts for the customer.
 */
export function requireStripeUrl(
  config: Pick<Config, "appUrl" | "stripe">,
  address: unknown,
): string {
  const url = typeof address === "string" ? URL.parse(address) : null;
  const allowed = url?.protocol === "https:" ||
    url !== null && url.origin === localOriginOf(config);
  if (url === null || !allowed || url.username !== "" || url.password !== "") {
    throw new Error("Cannot use Stripe's URL: it is not an https address");
  }
  return url.href;
}

function localOriginOf(
  { appUrl, stripe }: Pick<Config, "appUrl" | "stripe">,
): string | undefined {
  if (stripe.mode === "sandbox") return new URL(appUrl).origin;
  return stripe.apiBase?.origin;
}

/** Whether something thrown comes from Stripe's SDK: all of its errors do. */
export function isStripeError(
  error: unknown,
): error is Stripe.errors.StripeError {
  return error instanceof Error && "rawType" in error;
}
