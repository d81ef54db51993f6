import type Stripe from "stripe";
import type { StripeConfig } from "./config.ts";

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
  const { default: Stripe } = await import("stripe");
  const sandbox = config.mode === "sandbox";
  return new Stripe(sandbox ? "sk_test_sandbox" : config.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: ATTEMPT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    appInfo: { name: "portico" },
    ...(localFetch && {
      httpClient: Stripe.createFetchHttpClient(localFetch),
    }),
    ...(!sandbox && config.apiBase !== null && baseOf(config.apiBase)),
  });
}

function baseOf(url: URL) {
  const protocol = url.protocol === "http:" ? "http" : "https";
  const port = url.port || (protocol === "http" ? "80" : "443");
  return { protocol, host: url.hostname, port } as const;
}

/** Whether something thrown comes from Stripe's SDK: all of its errors do. */
export function isStripeError(
  error: unknown,
): error is Stripe.errors.StripeError {
  return error instanceof Error && "rawType" in error;
}
