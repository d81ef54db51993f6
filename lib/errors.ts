/** Error codes. They are public API: add codes, never rename them. */
export const BILLING_CODES = [
  "validation_error",
  "no_stripe_customer",
  "unauthorized",
  "insufficient_balance",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "request_timeout",
  "conflict",
  "payload_too_large",
  "unsupported_media_type",
  "rate_limited",
  "unavailable",
  "internal_error",
] as const;

/** One of {@linkcode BILLING_CODES}. */
export type BillingCode = (typeof BILLING_CODES)[number];

/** Details of an error that its response includes. */
export interface BillingErrorDetails {
  /** Allowed methods, for `Allow`. */
  allow?: readonly string[];
  /** Whole seconds, for `Retry-After`. */
  retryAfterSec?: number;
  /** For `insufficient_balance`. */
  shortfall?: {
    /** Whole tokens, like `required`. */
    balance: number;
    required: number;
    topUpUrl: string;
    /** Whether the caller may buy tokens there. */
    mayTopUp: boolean;
  };
  /** Distinguishes a case that is handled differently. */
  reason?:
    | "flow_refused"
    | "no_organization"
    | "organization_deleted"
    | "other_organization"
    | "stripe_unreachable";
  cause?: unknown;
}

/**
 * An error with a public code. Its message is sent to the caller, so it must
 * not contain internal details; those belong in the `cause`.
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

/** Reports whether an error is a `BillingError` with the code. */
export function hasCode(error: unknown, code: BillingCode): boolean {
  return error instanceof BillingError && error.code === code;
}
