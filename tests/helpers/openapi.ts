import * as v from "valibot";
import { type Operation, OPERATIONS } from "@/lib/http/openapi/operations.ts";
import { documentedResponses, isLimited } from "@/lib/http/openapi/statuses.ts";

const PATTERNS = new Map(OPERATIONS.map(({ path }) => [
  path,
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+").replace(".", "\\.")}/?$`),
]));

/** Allowed statuses of undocumented paths. */
const ELSEWHERE = [204, 400, 404, 405, 429, 503];
/** Allowed statuses of undocumented methods. 204 is the answer to OPTIONS. */
const NOT_ALLOWED = [204, 405, 429, 503];

/**
 * Checks an API response against the OpenAPI document: path, method, status and
 * body schema.
 *
 * @param limited Whether rate limit headers are required.
 * @throws {Error} If the response does not match the document.
 */
export async function assertDocumented(
  request: Request,
  response: Response,
  limited: boolean,
): Promise<void> {
  const { pathname } = new URL(request.url);
  const path = documentedPath(pathname);
  if (path === undefined && !pathname.startsWith("/api/")) return;
  const label = `${request.method} ${pathname}: ${response.status}`;
  const operation = find(path, request.method);
  if (operation === undefined) {
    const allowed = path === undefined ? ELSEWHERE : NOT_ALLOWED;
    ensure(allowed.includes(response.status), `${label} is not documented`);
    return;
  }
  const answer = documentedResponses(operation)[response.status];
  ensure(answer !== undefined, `${label} is not documented`);
  ensure(
    !limited || !isLimited(operation) || response.headers.has("RateLimit"),
    `${label} has no rate limit headers`,
  );
  if (answer?.schema && isJson(response)) {
    const body = await response.clone().text();
    if (request.method === "HEAD") return;
    const { issues } = v.safeParse(answer.schema, JSON.parse(body));
    ensure(
      issues === undefined,
      `${label} does not match the document: ${body}`,
    );
  }
}

/** The documented path that a request path matches. */
function documentedPath(pathname: string): string | undefined {
  for (const [path, pattern] of PATTERNS) {
    if (pattern.test(pathname)) return path;
  }
  return undefined;
}

/** `HEAD` uses `GET` unless documented separately. */
function find(path: string | undefined, method: string): Operation | undefined {
  const methods = method === "HEAD" ? ["head", "get"] : [method.toLowerCase()];
  const found = methods.map((method) =>
    OPERATIONS.find((one) => one.path === path && one.method === method)
  );
  return found.find((one) => one !== undefined);
}

function isJson(response: Response): boolean {
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json");
}

function ensure(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
