/**
 * A local stand-in for Stripe: the part of the API, the hosted pages and the webhooks that the README
 * lists, with its state in Deno KV. Operations that only Stripe has are answered with 501.
 *
 * @example With the SDK, in process
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
import { customerNow } from "./src/billing/customer_account.ts";
import type { Branding, Context } from "./src/context.ts";
import {
  Controls,
  type LocalStripeControls,
  Unreachable,
} from "./src/testing/faults.ts";
import { type SeedInvoice, storeInvoice } from "./src/testing/seed.ts";
import { Store } from "./src/store/store.ts";
import type { DeliveryControls } from "./src/webhooks/delivery_controls.ts";
import { DeliveryLoop } from "./src/webhooks/delivery_loop.ts";
import { Dispatcher } from "./src/webhooks/dispatcher.ts";
import { Webhooks } from "./src/webhooks/webhooks.ts";
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
} from "./src/webhooks/delivery_controls.ts";
export type { LogEntry } from "./src/webhooks/delivery_log.ts";
export type { Branding } from "./src/context.ts";
export type { Webhooks } from "./src/webhooks/webhooks.ts";

export interface LocalStripeOptions {
  /** Stores the state under `["sandbox", "stripe", …]`. */
  kv: Deno.Kv;
  /**
   * Base URL of the hosted pages, no trailing slash, e.g. "http://127.0.0.1:8000/sandbox/stripe".
   * Portal sessions are at `${pagesUrl}/p/session/test_<secret>`.
   */
  pagesUrl: string;
  /** Name of the business on pages, invoices and the account; "Portico" by default. */
  businessName?: string;
  /** The account's logo, color and links, on the hosted pages. */
  branding?: Branding;
  /** The clock, in milliseconds since the epoch; `Date.now` by default. */
  now?: () => number;
  /** How long a webhook endpoint may take to answer, in milliseconds; 20 seconds by default. */
  webhookTimeoutMs?: number;
  /** Refuse requests of other API versions than the one of the package's SDK; false by default. */
  strictVersion?: boolean;
}

export interface LocalStripe {
  /**
   * Handles a request to the API (`/v1/…`) or the hosted pages (`/c/…`, `/p/…`, `/i/…`). A host that
   * mounts them under a prefix has to strip it from the path.
   */
  handle(request: Request): Promise<Response>;
  /**
   * Handles API requests to any host in process; for `Stripe.createFetchHttpClient(local.fetch)`.
   */
  fetch: typeof fetch;
  /** Faults, recorded requests and webhook delivery; for tests. */
  readonly controls: LocalStripeControls & DeliveryControls;
  readonly webhooks: Webhooks;
  readonly clocks: Clocks;
}

/** The clocks of customers, which determine renewals, trials and retries. */
export interface Clocks {
  /** The clocks of the latest customers, at most 12. */
  list(): Promise<CustomerClock[]>;
  /** Returns a customer's time, in milliseconds since the epoch. */
  now(customerId: string): Promise<number>;
  /**
   * Advances a customer's clock and does the billing work that becomes due.
   *
   * @returns Whether the customer has such a step.
   */
  step(customerId: string, step: ClockStep): Promise<boolean>;
}

/** Creates a local Stripe. All state is in the store, which several instances can share. */
export function createLocalStripe(options: LocalStripeOptions): LocalStripe {
  const context = createContext(options);
  const dispatcher = new Dispatcher(context, options.webhookTimeoutMs);
  const loop = new DeliveryLoop(context, dispatcher);
  const webhooks = new Webhooks(context, dispatcher, loop);
  const controls = new Controls(context, dispatcher, () => loop.wake());

  async function dispatch(request: Request): Promise<Response> {
    const response = isPage(new URL(request.url).pathname)
      ? await showPage(request)
      : await handleApi(context, controls, request);
    if (request.method !== "GET") loop.wake();
    return response;
  }

  async function showPage(request: Request): Promise<Response> {
    // On demand: the pages are a quarter of all modules.
    const { handlePage } = await import("./src/pages/page_router.tsx");
    return await handlePage(context, request, (ms) => webhooks.deliverDue(ms));
  }

  return {
    controls,
    webhooks,
    clocks: {
      list: () => readClocks(context),
      now: async (customerId) => await customerNow(context, customerId) * 1_000,
      async step(customerId, step) {
        const moved = await stepClock(context, customerId, step);
        loop.wake();
        return moved;
      },
    },
    async handle(request) {
      try {
        return await dispatch(request);
      } catch (error) {
        if (error instanceof Unreachable) return brokenResponse();
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
 * Stores an invoice without billing anything. It is numbered, finalized and paid unless `status`
 * says otherwise.
 *
 * @returns The invoice as `GET /v1/invoices/{id}` returns it.
 * @throws {RangeError} Unless there are 1 to 20 lines, with integer amounts.
 */
export function seedInvoice(
  options: LocalStripeOptions,
  invoice: SeedInvoice,
): Promise<ApiInvoice> {
  return storeInvoice(createContext(options), invoice);
}

function createContext(
  {
    kv,
    pagesUrl,
    businessName = "Portico",
    branding = {},
    now = Date.now,
    strictVersion = false,
  }: LocalStripeOptions,
): Context {
  return {
    store: new Store(kv),
    pagesUrl: pagesUrl.replace(/\/+$/, ""),
    businessName,
    branding,
    now,
    strictVersion,
  };
}

/** An HTTP server cannot refuse an accepted connection; it can break off the response. */
function brokenResponse(): Response {
  const body = new ReadableStream({
    start: (controller) =>
      controller.error(new Error("The connection breaks, as the test asked")),
  });
  return new Response(body);
}

/** Reports whether a path belongs to the hosted pages. */
function isPage(path: string): boolean {
  return /^\/[cip]\//.test(path);
}
