import type * as v from "valibot";
import { type BillingCode, BillingError } from "@/lib/errors.ts";
import {
  errorFormatOf,
  toBody,
  toHttpFailure,
} from "@/lib/http/error_responses.ts";
import { accountError, operationsError } from "@/lib/http/schemas/errors.ts";
import type { Operation, ResponseDoc } from "./operations.ts";

/** Descriptions of failures. */
const DESCRIPTIONS: Record<number, string> = {
  400: "Invalid parameter or body, or no active organization",
  401: "Missing or invalid session token or key",
  403: "The role, the key's scopes or the request's origin are not sufficient",
  404: "Not found, or the organization was deleted",
  408: "The body did not arrive within 15 seconds",
  409: "Conflict with the current state or an earlier request",
  413: "The body is too large",
  415: "Unsupported media type of the body",
  429: "Too many requests this minute",
  500: "Internal error",
  503: "A dependency is unreachable, or the server is shutting down",
};

/** Examples of failures. */
const EXAMPLES: Record<number, [BillingCode, message: string]> = {
  400: ["validation_error", "Organization ID is required"],
  401: ["unauthorized", "Authentication required"],
  403: ["forbidden", "Your role cannot manage billing"],
  404: ["not_found", "Not found"],
  409: ["conflict", "Conflict with an earlier request"],
  408: ["request_timeout", "The body did not arrive within 15 seconds"],
  413: ["payload_too_large", "The body is too large"],
  415: ["unsupported_media_type", "Send the body as application/json"],
  429: ["rate_limited", "Too many requests: the limit is 60 per minute (free)"],
  500: ["internal_error", "Something went wrong"],
  503: ["unavailable", "The server is restarting"],
};

const RETRY = { "Retry-After": "Seconds until a retry can succeed" };

/**
 * Returns all responses of an operation: its own, and the failures that follow
 * from its access, body and rate limit.
 */
export function documentedResponses(
  operation: Operation,
): Record<number, ResponseDoc> {
  const { path, responses } = operation;
  const schema: v.GenericSchema = errorFormatOf(path) === "operations"
    ? operationsError
    : accountError;
  const failures = failuresOf(operation)
    .filter((status) => responses[status] === undefined)
    .map((status): [number, ResponseDoc] => [status, {
      description: DESCRIPTIONS[status] ?? "",
      schema,
      example: exampleOf(status, path),
      ...(status === 429 || status === 503 ? { headers: RETRY } : {}),
    }]);
  return { ...responses, ...Object.fromEntries(failures) };
}

function exampleOf(status: number, path: string): object {
  const [code, message] = EXAMPLES[status] ?? ["internal_error", ""];
  const errorFormat = errorFormatOf(path);
  const failure = toHttpFailure(new BillingError(code, message), errorFormat);
  const requestId = `req_${"0123456789abcdef".repeat(2)}`;
  return toBody(failure, { errorFormat, requestId });
}

function failuresOf(operation: Operation): number[] {
  const { access, body, failures = [] } = operation;
  return [
    ...failures,
    ...(access === "public" ? [] : [400, 401, 403, 404]),
    ...(body === undefined ? [] : [408, 413, 415]),
    ...(isLimited(operation) ? [429] : []),
    ...(isApi(operation) ? [500, 503] : []),
  ];
}

/** Reports whether an operation belongs to the API, unlike probes. */
function isApi({ path }: Operation): boolean {
  return path.startsWith("/api/");
}

/** Reports whether an operation is rate-limited. */
export function isLimited(operation: Operation): boolean {
  const { path } = operation;
  return path === "/openapi.json" ||
    isApi(operation) && !path.startsWith("/api/v1/webhooks/");
}
