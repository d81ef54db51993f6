import { HttpError } from "fresh";
import {
  type BillingCode,
  BillingError,
  type BillingErrorDetails,
} from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";

const STATUS: Record<BillingCode, number> = {
  validation_error: 400,
  no_stripe_customer: 400,
  unauthorized: 401,
  insufficient_balance: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  unavailable: 503,
};

/** An error as the outside sees it, before a dialect gives it its shape. */
export interface HttpFailure {
  status: number;
  code: BillingCode;
  /** Safe to show: ours, never a foreign one. */
  message: string;
  headers: Record<string, string>;
  /** What a caller needs to act; the account dialect shows it. */
  fields?: Record<string, unknown>;
}

/** Which of the contract's two shapes an error has at a path. */
export type ErrorFormat = "operations" | "account";

/** The contract's rule: operations have their own shape. */
export function errorFormatOf(pathname: string): ErrorFormat {
  return /^\/+api\/+v1\/+operations(?:\/|$)/.test(pathname)
    ? "operations"
    : "account";
}

/** What the outside sees of anything thrown, in a dialect's words. */
export function toHttpFailure(
  error: unknown,
  errorFormat: ErrorFormat,
): HttpFailure {
  const { code, message, details } = asBillingError(error);
  const nothingThere = code === "no_stripe_customer" &&
    errorFormat === "operations";
  return {
    status: nothingThere ? 404 : STATUS[code],
    code: nothingThere ? "not_found" : code,
    message,
    headers: {
      ...(code === "unauthorized" && { "WWW-Authenticate": "Bearer" }),
      ...(details.allow && { Allow: details.allow.join(", ") }),
      ...(details.retryAfterSec !== undefined && {
        "Retry-After": String(details.retryAfterSec),
      }),
    },
    ...(details.shortfall && { fields: fieldsOf(details.shortfall) }),
  };
}

function fieldsOf(
  { balance, required, topUpUrl, mayTopUp }: NonNullable<
    BillingErrorDetails["shortfall"]
  >,
): Record<string, unknown> {
  return {
    balance,
    required,
    top_up_url: topUpUrl,
    may_top_up: mayTopUp,
  };
}

function asBillingError(error: unknown): BillingError {
  if (error instanceof BillingError) return error;
  const fromFresh = error instanceof HttpError && FRESH_REFUSALS[error.status];
  return fromFresh
    ? new BillingError(...fromFresh, { cause: error })
    : unforeseen(error);
}

/** What Fresh itself refuses before, or instead of, a route of ours. */
const FRESH_REFUSALS: Record<number, [BillingCode, string]> = {
  403: ["forbidden", "This request is not allowed"],
  404: ["not_found", "There is nothing here"],
  405: ["method_not_allowed", "This is not how to ask for this"],
};

/** A foreign message may hold customer data: it is logged, never sent. */
function unforeseen(cause: unknown): BillingError {
  return new BillingError(
    "internal_error",
    "Something failed on our side. Try again in a moment; if it stays, " +
      "report the request id",
    { cause },
  );
}

/** A failure as an API answer. */
export function toJson(
  failure: HttpFailure,
  options: { errorFormat: ErrorFormat; requestId: string },
): Response {
  const { status, headers } = failure;
  return Response.json(toBody(failure, options), { status, headers });
}

/** The body of a failure, in its dialect's shape. */
export function toBody(
  { status, code, message, fields }: HttpFailure,
  { errorFormat, requestId }: { errorFormat: ErrorFormat; requestId: string },
): object {
  const traced = status >= 500 ? { request_id: requestId } : {};
  return errorFormat === "operations"
    ? { error: { code: code.toUpperCase(), message, ...traced } }
    : { error: code, message, ...fields, ...traced };
}

/**
 * Logs what an operator has to see, once: our own and Stripe's failures with
 * their cause, and Stripe's request id to look them up by. What a caller did
 * wrong is the caller's to know.
 */
export function logFailure(
  log: Log,
  error: unknown,
  fields: { requestId: string; method: string; path: string },
): void {
  const { status, code } = toHttpFailure(error, errorFormatOf(fields.path));
  if (status < 500) return log.debug("refused", { ...fields, status, code });
  const level = status === 503 ? "warn" : "error";
  log[level](
    "request failed",
    { ...fields, code, ...stripeFields(error) },
    error,
  );
}

/** What identifies a failed call at Stripe; nothing that it was about. */
function stripeFields(error: unknown): Record<string, string | number> {
  const cause = error instanceof BillingError ? error.cause : error;
  if (!(cause instanceof Error) || !("rawType" in cause)) return {};
  const { requestId, statusCode } = cause as {
    requestId?: unknown;
    statusCode?: unknown;
  };
  return {
    ...(typeof requestId === "string" && { stripeRequestId: requestId }),
    ...(typeof statusCode === "number" && { stripeStatus: statusCode }),
  };
}
