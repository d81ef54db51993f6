import { BillingError } from "@/lib/errors.ts";
import { errorFormatOf, toHttpFailure, toJson } from "./error_responses.ts";

/** A server's handler, as `Deno.serve` takes it and Fresh makes it. */
export type ServeHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Whether the process is about to end. */
export type Draining = () => boolean;

const KNOWN_METHODS = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);

/**
 * Stands in front of the app and refuses what Fresh cannot survive: an URL or
 * host that does not parse, a malformed escape in the path (a bare 500 past
 * every error page), and methods that it does not know (500). While the
 * process drains, everything is 503: the balancer asks another.
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

/** The path as it was sent; empty for an address that does not parse. */
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
  return new BillingError("validation_error", "The address is malformed");
}

function isDraining(): BillingError {
  return new BillingError("unavailable", "The server is restarting", {
    retryAfterSec: 1,
  });
}

/** What the resource does answer is asked of the resource itself. */
async function refuseMethod(
  handler: ServeHandler,
  request: Request,
  info: Deno.ServeHandlerInfo,
): Promise<Response> {
  const { url, headers } = request;
  const answer = await handler(
    new Request(url, { method: "OPTIONS", headers }),
    info,
  );
  if (answer.status === 429) return answer;
  const allow = (answer.headers.get("Allow") ?? "GET, HEAD").split(", ");
  const refused = refuse(
    pathOf(request),
    new BillingError("method_not_allowed", "Method not allowed", { allow }),
  );
  for (const name of ["RateLimit", "RateLimit-Policy"]) {
    const told = answer.headers.get(name);
    if (told !== null) refused.headers.set(name, told);
  }
  return refused;
}

function refuse(path: string, error: BillingError): Response {
  const errorFormat = errorFormatOf(path);
  const requestId = `req_${crypto.randomUUID().replaceAll("-", "")}`;
  const answer = toJson(toHttpFailure(error, errorFormat), {
    errorFormat,
    requestId,
  });
  answer.headers.set("Cache-Control", "no-store");
  answer.headers.set("X-Content-Type-Options", "nosniff");
  answer.headers.set("X-Request-Id", requestId);
  return answer;
}
