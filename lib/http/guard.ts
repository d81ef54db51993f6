import { BillingError } from "@/lib/errors.ts";
import { errorFormatOf, toHttpFailure, toJson } from "./error_responses.ts";
import { createRequestId } from "./request.ts";

/** A handler for `Deno.serve`, such as Fresh's. */
export type ServeHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Reports whether the process is shutting down. */
type Draining = () => boolean;

const KNOWN_METHODS = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);

/**
 * Wraps the app's handler and refuses requests that Fresh cannot handle: URLs
 * or hosts that do not parse, malformed escapes in the path, and unknown
 * methods, all of which would be a bare 500. While the process drains, every
 * request is 503, so the load balancer uses another process.
 */
export function guard(
  handler: ServeHandler,
  draining: Draining = () => false,
): ServeHandler {
  return (request, info) => {
    const path = pathOf(request);
    if (!isWellFormed(path)) return refuse(path, badAddress());
    if (draining()) return refuse(path, isDraining());
    if (!KNOWN_METHODS.has(request.method)) {
      return refuseMethod(handler, request, info);
    }
    return handler(request, info);
  };
}

/** The path; empty for a URL that does not parse. */
function pathOf(request: Request): string {
  try {
    return new URL(request.url).pathname;
  } catch (error) {
    if (error instanceof TypeError) return "";
    throw error;
  }
}

function isWellFormed(path: string): boolean {
  if (!path.includes("%")) return path !== "";
  try {
    return decodeURI(path) !== "";
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function badAddress(): BillingError {
  return new BillingError("validation_error", "Malformed URL");
}

function isDraining(): BillingError {
  return new BillingError("unavailable", "The server is restarting", {
    retryAfterSec: 1,
  });
}

/** The allowed methods come from the resource's answer to `OPTIONS`. */
async function refuseMethod(
  handler: ServeHandler,
  request: Request,
  info: Deno.ServeHandlerInfo,
): Promise<Response> {
  const { url, headers } = request;
  const options = await handler(
    new Request(url, { method: "OPTIONS", headers }),
    info,
  );
  if (options.status === 429) return options;
  const allow = (options.headers.get("Allow") ?? "GET, HEAD").split(", ");
  const refused = refuse(
    pathOf(request),
    new BillingError("method_not_allowed", "Method not allowed", { allow }),
  );
  for (const name of ["RateLimit", "RateLimit-Policy"]) {
    const value = options.headers.get(name);
    if (value !== null) refused.headers.set(name, value);
  }
  return refused;
}

function refuse(path: string, error: BillingError): Response {
  const errorFormat = errorFormatOf(path);
  const requestId = createRequestId();
  const response = toJson(toHttpFailure(error, errorFormat), {
    errorFormat,
    requestId,
  });
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Request-Id", requestId);
  return response;
}
