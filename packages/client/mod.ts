/**
 * Client of Portico's API, for Node, Deno and browsers.
 *
 * @module
 */
import type {
  ApiError,
  Balance,
  Charge,
  ChargeBody,
  CheckoutChoice,
  PortalIntent,
  RedirectUrl,
} from "./api.ts";

export type * from "./api.ts";

/** Options of {@linkcode Portico}. */
export interface PorticoOptions {
  /** The origin that serves Portico, such as `https://billing.example.com`. */
  url: string;
  /**
   * A service key, an API key, or a user's session token. Without it, a
   * browser on the same origin sends the session cookie.
   */
  key?: string;
  /** Milliseconds that an attempt may take; 10,000 by default. */
  timeoutMs?: number;
  /** Attempts after the first; 2 by default. */
  maxRetries?: number;
}

/** Options of {@linkcode Organization.charge}. */
export interface ChargeOptions {
  /**
   * Identifies the charge for 24 hours, in 1 to 255 characters: a repeat with
   * the same key returns the first charge. Derive it from the work that is
   * charged, such as a job's id, so that a restarted job is charged once.
   */
  idempotencyKey: string;
  /** Shown in the ledger; `Usage` by default. */
  description?: string;
}

/** The body of an error, in one format for all calls. */
export interface ErrorBody {
  /** `feature_missing` comes from {@linkcode Organization.requireFeature}. */
  error: ApiError["error"] | "feature_missing";
  message: string;
  /** Identifies the request in Portico's log. */
  request_id?: string;
  /** Details, such as `top_up_url` of `insufficient_balance`. */
  [detail: string]: unknown;
}

/**
 * A call that failed. `status` and `body` suit a response of your own: a 402
 * says which feature is missing, or how many tokens and where to buy them.
 */
export class PorticoError extends Error {
  override name = "PorticoError";

  constructor(
    /** The HTTP status; 503 if Portico could not be reached. */
    readonly status: number,
    readonly body: ErrorBody,
    /** Seconds after which a repeat can succeed. */
    readonly retryAfterSec: number | null = null,
    options?: ErrorOptions,
  ) {
    super(body.message, options);
  }

  /** Returns a response with the same status and body. */
  toResponse(): Response {
    const { status, body, retryAfterSec } = this;
    const headers = new Headers({ "Cache-Control": "no-store" });
    if (retryAfterSec !== null) headers.set("Retry-After", `${retryAfterSec}`);
    return Response.json(body, { status, headers });
  }
}

const ORGANIZATION_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Calls Portico with one key. */
export class Portico {
  readonly #url: URL;
  readonly #key: string | undefined;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;

  /** @throws {TypeError} If the URL is not valid. */
  constructor({ url, key, timeoutMs, maxRetries }: PorticoOptions) {
    this.#url = new URL(url);
    this.#key = key;
    this.#timeoutMs = timeoutMs ?? 10_000;
    this.#maxRetries = maxRetries ?? 2;
  }

  /**
   * Returns the calls for an organization. A service key may name any
   * organization, an API key only the one that it belongs to. With a session
   * the API uses the organization in the token.
   *
   * @throws {TypeError} If the id is missing or malformed.
   */
  organization(id: string): Organization {
    // Without types, a missing id would be sent as the text "undefined".
    if (typeof id !== "string" || !ORGANIZATION_ID.test(id)) {
      throw new TypeError("Cannot call Portico: no valid organization id");
    }
    return new Organization((call) => this.#send(id, call));
  }

  async #send<T>(organization: string, call: Call): Promise<T> {
    const { path, method = "GET", body, idempotencyKey } = call;
    const headers = new Headers({ "Portico-Organization": organization });
    if (this.#key) headers.set("Authorization", `Bearer ${this.#key}`);
    if (idempotencyKey) headers.set("Idempotency-Key", idempotencyKey);
    if (body) headers.set("Content-Type", "application/json");
    const request = {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    };
    for (let retry = 0;; retry++) {
      try {
        return await this.#attempt(path, request);
      } catch (error) {
        const delayMs = retryDelayMs(error, retry);
        if (retry >= this.#maxRetries || delayMs === null) throw error;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }

  async #attempt<T>(path: string, request: AttemptRequest): Promise<T> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.#url), { ...request, signal });
      text = await response.text();
    } catch (cause) {
      const message = `Portico did not respond: ${messageOf(cause)}`;
      throw new PorticoError(503, unavailable(message), null, { cause });
    }
    const body = parseJson(text);
    if (response.ok && body !== null) return body as T;
    throw new PorticoError(
      response.ok ? 502 : response.status,
      errorBodyOf(body) ??
        unavailable(`Portico responded ${response.status} without JSON`),
      retryAfterSecOf(response.headers),
    );
  }
}

/** A call of the API. */
interface Call {
  path: string;
  method?: "GET" | "POST";
  body?: object;
  idempotencyKey?: string;
}

interface AttemptRequest {
  method: string;
  headers: Headers;
  body: string | null;
}

/** The calls for one organization. Failures throw a {@linkcode PorticoError}. */
export class Organization {
  readonly #send: <T>(call: Call) => Promise<T>;

  /** @ignore Use {@linkcode Portico.organization}. */
  constructor(send: <T>(call: Call) => Promise<T>) {
    this.#send = send;
  }

  /** Retrieves plan, features, limits and tokens. */
  balance(): Promise<Balance> {
    return this.#send({ path: "/api/v1/account/balance" });
  }

  /**
   * Charges tokens, once per `idempotencyKey`. Retries repeat the key.
   *
   * @throws {PorticoError} 402 `insufficient_balance`; nothing was charged.
   */
  charge(tokens: number, options: ChargeOptions): Promise<Charge> {
    const { idempotencyKey, description } = options;
    const body: ChargeBody = { tokens, ...(description && { description }) };
    const path = "/api/v1/billing/charges";
    return this.#send({ path, method: "POST", body, idempotencyKey });
  }

  /**
   * Returns the balance if the plan includes a feature.
   *
   * @throws {PorticoError} 402 `feature_missing` if it does not.
   */
  async requireFeature(feature: string): Promise<Balance> {
    const balance = await this.balance();
    if (balance.features.includes(feature)) return balance;
    throw new PorticoError(402, {
      error: "feature_missing",
      message: `The plan does not include ${feature}`,
      feature,
      plan_id: balance.plan_id,
    });
  }

  /** Creates a Stripe Checkout session. */
  checkout(choice: CheckoutChoice): Promise<RedirectUrl> {
    const path = "/api/v1/operations/payment/checkout";
    return this.#send({ path, method: "POST", body: choice });
  }

  /** Creates a session of Stripe's customer portal. */
  portal(intent: PortalIntent = {}): Promise<RedirectUrl> {
    const path = "/api/v1/account/billing-portal";
    return this.#send({ path, method: "POST", body: intent });
  }
}

/** Longer waits are left to the caller, who has `retryAfterSec`. */
const MAX_RETRY_AFTER_SEC = 30;

/**
 * Returns the wait before the next attempt, or null if it cannot succeed. Half
 * of the wait is random, so that clients that failed together spread out.
 */
function retryDelayMs(error: unknown, retry: number): number | null {
  if (!(error instanceof PorticoError)) return null;
  const { status, retryAfterSec } = error;
  if (status !== 429 && status < 500) return null;
  if (retryAfterSec === null) {
    return 250 * 2 ** Math.min(retry, 5) * (1 + Math.random());
  }
  return retryAfterSec <= MAX_RETRY_AFTER_SEC ? retryAfterSec * 1_000 : null;
}

/** `Retry-After` in seconds; Portico sends no dates. */
function retryAfterSecOf(headers: Headers): number | null {
  const value = headers.get("Retry-After") ?? "";
  return /^\d+$/.test(value) ? Number(value) : null;
}

/** Errors of `/api/v1/operations` are nested and in upper case. */
function errorBodyOf(body: unknown): ErrorBody | null {
  const { error, ...rest } = (body ?? {}) as { error?: unknown };
  if (typeof error === "string") return { ...rest, error } as ErrorBody;
  if (typeof error !== "object" || error === null) return null;
  const { code, ...nested } = error as { code?: unknown };
  return { ...nested, error: String(code).toLowerCase() } as ErrorBody;
}

function unavailable(message: string): ErrorBody {
  return { error: "unavailable", message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, for example
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
