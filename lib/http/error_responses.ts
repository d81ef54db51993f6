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

/** The public part of an error, before it is formatted. */
export interface HttpFailure {
  status: number;
  code: BillingCode;
  /** Safe to show: never the message of a library's error. */
  message: string;
  headers: Record<string, string>;
  /** Additional fields, only in the account format. */
  fields?: Record<string, unknown>;
}

/** Errors of `/api/v1/operations` are nested, those of other routes flat. */
export type ErrorFormat = "operations" | "account";

/** Returns the error format of a path: operations have a separate one. */
export function errorFormatOf(pathname: string): ErrorFormat {
  return /^\/+api\/+v1\/+operations(?:\/|$)/.test(pathname)
    ? "operations"
    : "account";
}

/** Converts any thrown value to its public part. */
export function toHttpFailure(
  error: unknown,
  errorFormat: ErrorFormat,
): HttpFailure {
  const { code, message, details } = asBillingError(error);
  const isMissing = code === "no_stripe_customer" &&
    errorFormat === "operations";
  return {
    status: isMissing ? 404 : STATUS[code],
    code: isMissing ? "not_found" : code,
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
  const known = error instanceof HttpError && FRESH_ERRORS[error.status];
  return known
    ? new BillingError(...known, { cause: error })
    : unexpected(error);
}

/** Errors that Fresh throws itself, by status. */
const FRESH_ERRORS: Record<number, [BillingCode, string]> = {
  403: ["forbidden", "This request is not allowed"],
  404: ["not_found", "Not found"],
  405: ["method_not_allowed", "Method not allowed"],
};

/** Messages of other errors may hold customer data: logged, never sent. */
function unexpected(cause: unknown): BillingError {
  return new BillingError(
    "internal_error",
    "Something went wrong. Try again in a moment; if it keeps happening, " +
      "report the request ID",
    { cause },
  );
}

/** Returns the API response of a failure. */
export function toJson(
  failure: HttpFailure,
  options: { errorFormat: ErrorFormat; requestId: string },
): Response {
  const { status, headers } = failure;
  return Response.json(toBody(failure, options), { status, headers });
}

/** Returns the body of a failure in the given format. */
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
 * Logs a failed request. Server errors are logged with their causes, and with
 * Stripe's request id if a Stripe call failed; client errors at debug level.
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

/** Fields that identify a failed Stripe call, without its content. */
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
