/**
 * What a caller can act on. Codes are public API: add, never rename.
 *
 * The operations dialect shows them in capitals; `http_errors.ts` knows how.
 */
export type BillingCode =
  | "validation_error"
  | "no_stripe_customer"
  | "unauthorized"
  | "insufficient_balance"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "request_timeout"
  | "conflict"
  | "payload_too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "unavailable"
  | "internal_error";

/** What an error may tell beside its code and message. */
export interface BillingErrorDetails {
  /** Methods that the resource answers, for `Allow`. */
  allow?: readonly string[];
  /** Whole seconds, for `Retry-After`. */
  retryAfterSec?: number;
  /** What a wallet lacks, and where it is filled up. */
  shortfall?: {
    /** Whole tokens, as `required`. */
    balance: number;
    required: number;
    topUpUrl: string;
    /** Whether this caller may buy tokens there. */
    mayTopUp: boolean;
  };
  /** Narrows the code down, for callers that treat one case differently. */
  reason?: "no_organization";
  cause?: unknown;
}

/**
 * An error with a public code. Its message is sent to the caller as it is, so
 * it never holds an internal detail; what really happened is the `cause`.
 */
export class BillingError extends Error {
  override name = "BillingError";
  constructor(
    readonly code: BillingCode,
    message: string,
    readonly details: BillingErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }
}
