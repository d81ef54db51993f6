import * as v from "valibot";
import { BILLING_CODES } from "@/lib/errors.ts";

const traced = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^req_[0-9a-f]{32}$/),
    v.description("Identifies the request in the logs; with a 5xx"),
  ),
);

/** The body of an error, except from operations. */
export const accountError = v.strictObject({
  error: v.picklist(BILLING_CODES),
  message: v.string(),
  request_id: traced,
});

/** The body of an error from an operation. */
export const operationsError = v.strictObject({
  error: v.strictObject({
    code: v.picklist(BILLING_CODES.map((code) => code.toUpperCase())),
    message: v.string(),
    request_id: traced,
  }),
});
