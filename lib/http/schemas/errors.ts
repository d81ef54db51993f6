import * as v from "valibot";
import type { BillingCode } from "@/lib/errors.ts";

const CODES = [
  ...["validation_error", "no_stripe_customer", "unauthorized", "forbidden"],
  ...["insufficient_balance", "not_found", "method_not_allowed", "conflict"],
  ...[
    "request_timeout",
    "payload_too_large",
    "unsupported_media_type",
    "rate_limited",
  ],
  ...["unavailable", "internal_error"],
] as BillingCode[];

const traced = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^req_[0-9a-f]{32}$/),
    v.description("Identifies the request in the logs; with a 5xx"),
  ),
);

/** The body of an error, except from operations. */
export const accountError = v.strictObject({
  error: v.picklist(CODES),
  message: v.string(),
  request_id: traced,
});

/** The body of an error from an operation. */
export const operationsError = v.strictObject({
  error: v.strictObject({
    code: v.picklist(CODES.map((code) => code.toUpperCase())),
    message: v.string(),
    request_id: traced,
  }),
});
