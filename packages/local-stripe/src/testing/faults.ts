import { invalidKey } from "../api/auth.ts";
import { ApiError, invalidRequest, lockTimeout } from "../api/errors.ts";

/** A way to fail. See {@linkcode Fault}. */
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

/** Which of the next API requests fail, and how. */
export interface Fault {
  kind: FaultKind;
  method?: string;
  /** The whole path or the beginning of it, e.g. "/v1/customers". Without it: every path. */
  path?: string;
  /** How many requests it hits; 1 when not given, `Infinity` until the next reset. */
  times?: number;
  /** For "slow": how long the answer waits, in milliseconds. */
  delayMs?: number;
  /** For "garbage": the status of the page that is not Stripe's; 502 when not given. */
  status?: number;
}

/** An API request as it arrived, kept for tests. */
export interface RecordedRequest {
  method: string;
  path: string;
  /** Decoded, flat, lists numbered from 0: `{ "expand[0]": "customer" }`. */
  params: Record<string, string>;
  idempotencyKey: string | null;
  stripeVersion: string | null;
  /** 0 when no answer was given. */
  status: number;
  requestId: string;
}

/** What a test turns. */
export interface LocalStripeControls {
  /** Lets the next matching API requests fail; the fault that was set first goes first. */
  fail(fault: Fault): void;
  /** Forgets the faults and the recorded requests. */
  reset(): void;
  /** API requests since the last reset, newest last, at most 10,000. */
  readonly requests: readonly RecordedRequest[];
}

const MAX_RECORDED = 10_000;

export class Controls implements LocalStripeControls {
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

  /** The fault that hits this request, used up by one. */
  take(
    request: Pick<RecordedRequest, "method" | "path" | "params">,
  ): Fault | null {
    const hit = this.#faults.find(({ fault, left }) =>
      left > 0 && matches(fault, request)
    );
    if (hit === undefined) return null;
    hit.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return hit.fault;
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

/** Thrown where a connection would break before there is an answer. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** A refusal that comes before the request is looked at, so that nothing has happened. */
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

/** A failure of the work itself, which is therefore kept under the idempotency key. */
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

/** What a proxy between here and Stripe might say. */
export function malformedBody(fault: Fault): Response {
  const page =
    "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";
  return new Response(page, {
    status: fault.status ?? 502,
    headers: { "Content-Type": "text/html" },
  });
}

/** The same answer, breaking off in the middle of its body. */
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

/** Waits, but no longer than the caller does. Leaves no timer behind. */
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
