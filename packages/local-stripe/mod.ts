/**
 * The local Stripe: as much of Stripe's API and hosted pages as Portico uses, in this process, with
 * its state in Deno KV and no money anywhere. What Stripe has and this has not is answered 501.
 *
 * @example In process, for the SDK
 * ```ts
 * import Stripe from "stripe";
 * import { createLocalStripe } from "local-stripe";
 *
 * using kv = await Deno.openKv(":memory:");
 * const pagesUrl = "http://127.0.0.1:8000/sandbox/stripe";
 * const local = createLocalStripe({ kv, pagesUrl });
 * const stripe = new Stripe("sk_test_local", {
 *   httpClient: Stripe.createFetchHttpClient(local.fetch),
 * });
 * const customer = await stripe.customers.create({ name: "Acme" });
 * console.assert(customer.id.startsWith("cus_"));
 * ```
 *
 * @module
 */
import { handleApi } from "./src/api/server.ts";
import {
  type ClockStep,
  type CustomerClock,
  readClocks,
  stepClock,
} from "./src/billing/customer_clocks.ts";
import type { Context } from "./src/context.ts";
import {
  Controls,
  type LocalStripeControls,
  Unreachable,
} from "./src/testing/faults.ts";
import { handlePage, isPage } from "./src/pages/page_router.tsx";
import { type SeedInvoice, storeInvoice } from "./src/testing/seed.ts";
import { Store } from "./src/store/store.ts";
import {
  createWebhooks,
  type DeliveryControls,
  type Webhooks,
} from "./src/webhooks/webhooks.ts";
import type { ApiInvoice } from "./src/api/api_types.ts";

export type {
  Fault,
  FaultKind,
  LocalStripeControls,
  RecordedRequest,
} from "./src/testing/faults.ts";
export type { SeedInvoice, SeedLine } from "./src/testing/seed.ts";
export type {
  ClockStep,
  CustomerClock,
} from "./src/billing/customer_clocks.ts";
export type {
  AgainOptions,
  DeliveryControls,
  LogEntry,
  Webhooks,
} from "./src/webhooks/webhooks.ts";

export interface LocalStripeOptions {
  /** State lives under `["sandbox", "stripe", …]` in this store. */
  kv: Deno.Kv;
  /**
   * Base of the hosted pages, no trailing slash, e.g. "http://127.0.0.1:8000/sandbox/stripe". Portal
   * addresses are `${pagesUrl}/p/session/test_<secret>`.
   */
  pagesUrl: string;
  /** Milliseconds since the epoch; a test's clock. */
  now?: () => number;
  /** How long a webhook endpoint may take to answer, in milliseconds; 20 seconds when not given. */
  webhookTimeoutMs?: number;
}

export interface LocalStripe {
  /**
   * Answers the API (`/v1/…`) and the hosted pages (`/c/…`, `/p/…`, `/i/…`). Any path is taken relative to
   * the root, so that a host that mounts it below a prefix strips that first.
   */
  handle(request: Request): Promise<Response>;
  /**
   * A drop-in for `fetch`, for `Stripe.createFetchHttpClient(local.fetch)`: whatever the host of the
   * URL, the API answers, in process.
   */
  fetch: typeof fetch;
  /** What a test turns: faults, a bounded record of requests, and how events are sent. */
  readonly controls: LocalStripeControls & DeliveryControls;
  /** How the app beside it gets its events, and what was sent. */
  readonly webhooks: Webhooks;
  readonly clocks: Clocks;
}

/** Each customer's own time, which renewals, trials and retries go by. */
export interface Clocks {
  /** Those of the customers that were made last, at most 12. */
  list(): Promise<CustomerClock[]>;
  /**
   * Moves a customer's time on, and does all that falls due until then.
   *
   * @returns Whether there is such a step for this customer.
   */
  step(customerId: string, step: ClockStep): Promise<boolean>;
}

/** Puts a local Stripe together. It holds nothing itself: two of them on one store are one Stripe. */
export function createLocalStripe(options: LocalStripeOptions): LocalStripe {
  const context = contextOf(options);
  const { webhooks, deliveryControls, wake } = createWebhooks(
    context,
    options.webhookTimeoutMs,
  );
  const controls = Object.assign(new Controls(), deliveryControls);

  async function dispatch(request: Request): Promise<Response> {
    const response = isPage(new URL(request.url).pathname)
      ? await handlePage(context, request, webhooks.deliverDue)
      : await handleApi(context, controls, request);
    if (request.method !== "GET") wake();
    return response;
  }

  return {
    controls,
    webhooks,
    clocks: {
      list: () => readClocks(context),
      async step(customerId, step) {
        const moved = await stepClock(context, customerId, step);
        wake();
        return moved;
      },
    },
    async handle(request) {
      try {
        return await dispatch(request);
      } catch (error) {
        if (error instanceof Unreachable) return brokenConnection();
        throw error;
      }
    },
    async fetch(input, init) {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      try {
        const response = await dispatch(request);
        request.signal.throwIfAborted();
        return response;
      } catch (error) {
        if (error instanceof Unreachable) {
          throw new TypeError("error sending request", { cause: error });
        }
        throw error;
      }
    },
  };
}

/**
 * Makes an invoice as Stripe's dashboard or its own scheduler would: what the API here has no
 * endpoint for yet. It is numbered, finalized and paid unless `status` says otherwise.
 *
 * @returns The invoice as `GET /v1/invoices/{id}` shows it.
 * @throws {RangeError} When there are no lines or more than 20, or an amount is not whole.
 */
export function seedInvoice(
  options: LocalStripeOptions,
  invoice: SeedInvoice,
): Promise<ApiInvoice> {
  return storeInvoice(contextOf(options), invoice);
}

function contextOf(
  { kv, pagesUrl, now = Date.now }: LocalStripeOptions,
): Context {
  return { store: new Store(kv), pagesUrl: pagesUrl.replace(/\/+$/, ""), now };
}

// Over HTTP there is no refusing a connection that stands: it is closed before the answer.
function brokenConnection(): Response {
  const body = new ReadableStream({
    start: (controller) =>
      controller.error(new Error("The connection breaks, as the test asked")),
  });
  return new Response(body);
}
