import { invalidKey } from "../api/auth.ts";
import { ApiError, invalidRequest, lockTimeout } from "../api/errors.ts";
import { DeliveryControls } from "../webhooks/delivery_controls.ts";

/** The kind of a {@linkcode Fault}. */
export type FaultKind =
  | "unreachable"
  | "slow"
  | "rate_limited"
  | "lock_timeout"
  | "garbage"
  | "server_error"
  | "unauthorized"
  | "no_portal_configuration"
  | "no_search"
  | "cut";

/** Makes matching API requests fail. */
export interface Fault {
  kind: FaultKind;
  method?: string;
  /** A path or its beginning, e.g. "/v1/customers"; all paths by default. */
  path?: string;
  /** Number of requests that fail, or `Infinity`; 1 by default. */
  times?: number;
  /** For "slow": the delay in milliseconds; 1,000 by default. */
  delayMs?: number;
  /** For "garbage": the status of the HTML page; 502 by default. */
  status?: number;
}

/** An API request, recorded for tests. */
export interface RecordedRequest {
  method: string;
  path: string;
  /** Decoded and flat, with list indexes from 0: `{ "expand[0]": "customer" }`. */
  params: Record<string, string>;
  idempotencyKey: string | null;
  stripeVersion: string | null;
  /** 0 if the request was not answered. */
  status: number;
  requestId: string;
}

/** Controls of the API, for tests. */
export interface LocalStripeControls {
  /** Makes the next matching API requests fail. The oldest matching fault applies. */
  fail(fault: Fault): void;
  /** Removes all faults and recorded requests. */
  reset(): void;
  /** The last 10,000 API requests since the last reset, oldest first. */
  readonly requests: readonly RecordedRequest[];
}

const MAX_RECORDED = 10_000;

/** The controls, with the methods by which the API consults them. */
export class Controls extends DeliveryControls implements LocalStripeControls {
  #faults: { fault: Fault; left: number }[] = [];
  #requests: RecordedRequest[] = [];

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  fail(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  reset(): void {
    this.#faults = [];
    this.#requests = [];
  }

  record(request: RecordedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > MAX_RECORDED) this.#requests.shift();
  }

  /** The fault that applies to a request, and counts it; `null` without one. */
  take(
    request: Pick<RecordedRequest, "method" | "path" | "params">,
  ): Fault | null {
    const found = this.#faults.find(({ fault, left }) =>
      left > 0 && matches(fault, request)
    );
    if (found === undefined) return null;
    found.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return found.fault;
  }
}

function matches(
  fault: Fault,
  request: Pick<RecordedRequest, "method" | "path" | "params">,
): boolean {
  const { method, path } = request;
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) {
    return false;
  }
  if (fault.path !== undefined && !path.startsWith(fault.path)) return false;
  if (fault.kind === "no_search") return path.endsWith("/search");
  if (fault.kind !== "no_portal_configuration") return true;
  return method === "POST" && path === "/v1/billing_portal/sessions" &&
    request.params["configuration"] === undefined;
}

/** Thrown when the fault "unreachable" breaks the connection. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The error of a fault that rejects a request before it is processed. */
export function refusalOf(fault: Fault | null): ApiError | null {
  switch (fault?.kind) {
    case "rate_limited":
      return new ApiError(
        429,
        {
          type: "invalid_request_error",
          code: "rate_limit",
          message: "Request rate limit exceeded.",
        },
        { "Stripe-Rate-Limited-Reason": "global-rate" },
      );
    case "lock_timeout":
      return lockTimeout();
    case "unauthorized":
      return invalidKey("sk_test_expired");
    case "no_search":
      // Accounts in India, for example.
      return invalidRequest(
        "The search feature is temporarily unavailable in your region.",
      );
    default:
      return null;
  }
}

/** The error of a fault during processing, which is stored under the idempotency key. */
export function failureOf(fault: Fault | null): ApiError | null {
  switch (fault?.kind) {
    case "server_error":
      return new ApiError(500, {
        type: "api_error",
        message: "An unknown error occurred.",
      });
    case "no_portal_configuration":
      return invalidRequest(
        "No configuration provided and your test mode default configuration has not been created. " +
          "Provide a configuration or save your customer portal settings in test mode.",
      );
    default:
      return null;
  }
}

/** The HTML error page of a proxy in front of Stripe. */
export function malformedBody(fault: Fault): Response {
  const page =
    "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";
  return new Response(page, {
    status: fault.status ?? 502,
    headers: { "Content-Type": "text/html" },
  });
}

/** The response with a body that breaks off in the middle. */
export async function truncatedBody(response: Response): Promise<Response> {
  const bytes = await response.bytes();
  const half = bytes.slice(0, Math.floor(bytes.length / 2));
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) {
        controller.error(
          new TypeError("error decoding response body: unexpected end of file"),
        );
      } else controller.enqueue(half);
      sent = true;
    },
  });
  return new Response(body, {
    status: response.status,
    headers: response.headers,
  });
}

/** Resolves after a delay, or once the signal is aborted. Leaves no timer behind. */
export function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
