import { assert } from "@std/assert";
import Stripe from "stripe";
import {
  createLocalStripe,
  type LocalStripe,
  type LocalStripeOptions,
  type SeedInvoice,
  seedInvoice,
} from "../mod.ts";

export const PAGES = "http://127.0.0.1:8000/sandbox/stripe";
/** The file to which `deno task test:clients` has every response with objects appended. */
const RECORD = Deno.env.get("LOCAL_STRIPE_RECORD");
const START_MS = Date.UTC(2026, 10, 1, 12);

/** A test's local Stripe with the SDK and a clock. */
export interface StandIn {
  kv: Deno.Kv;
  local: LocalStripe;
  stripe: Stripe;
  clock: { nowMs: number };
  /** Sends an API request without the SDK. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** Requests a hosted page by its URL or path. */
  visit(
    url: string,
    form?: Record<string, string>,
    headers?: HeadersInit,
  ): Promise<Response>;
  invoice(seed: SeedInvoice): ReturnType<typeof seedInvoice>;
}

interface CallOptions {
  body?: string;
  headers?: Record<string, string>;
  key?: string | null;
}

/** Runs a test with a new local Stripe. */
export async function withStripe(
  test: (standIn: StandIn) => Promise<void>,
): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  try {
    await test(standInOn(kv));
  } finally {
    kv.close();
  }
}

/** A local Stripe on an existing store. */
export function standInOn(kv: Deno.Kv): StandIn {
  const clock = { nowMs: START_MS };
  const options: LocalStripeOptions = {
    kv,
    pagesUrl: PAGES,
    now: () => clock.nowMs,
  };
  const made = createLocalStripe(options);
  const local = { ...made, fetch: recorded(made.fetch) };
  const stripe = new Stripe("sk_test_local", {
    httpClient: Stripe.createFetchHttpClient(local.fetch),
    maxNetworkRetries: 0,
  });
  return {
    kv,
    local,
    stripe,
    clock,
    call: (method, path, { body, headers, key = "sk_test_local" } = {}) =>
      local.fetch(`https://api.stripe.com${path}`, {
        method,
        headers: {
          ...(key !== null && { Authorization: `Bearer ${key}` }),
          ...(body !== undefined &&
            { "Content-Type": "application/x-www-form-urlencoded" }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      }),
    visit(url, form, headers = { "Sec-Fetch-Site": "same-origin" }) {
      const path = url.replace(PAGES, "").replace("/sandbox/stripe", "");
      return local.handle(
        new Request(`http://127.0.0.1:8000${path}`, {
          method: form === undefined ? "GET" : "POST",
          headers,
          ...(form !== undefined && { body: new URLSearchParams(form) }),
        }),
      );
    },
    invoice: (seed) => seedInvoice(options, seed),
  };
}

function recorded(send: typeof fetch): typeof fetch {
  if (RECORD === undefined) return send;
  return async (...request) => {
    const response = await send(...request);
    if (!response.ok) return response;
    // A test may break a response off: that has no objects.
    const body = await response.clone().json().catch(() => null);
    const line = `${JSON.stringify(body)}\n`;
    Deno.writeTextFileSync(RECORD, line, { append: true });
    return response;
  };
}

/** The error of a failing SDK call. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<Stripe.errors.StripeError> {
  const error = await work.then(() => null, (reason) => reason);
  assert(
    error instanceof Stripe.errors.StripeError,
    `Expected Stripe to refuse, got ${error}`,
  );
  return error;
}

/** The `error` member of an error response. */
export async function errorOf(
  response: Response,
): Promise<Record<string, string>> {
  return (await response.json()).error;
}
