import type * as v from "valibot";
import { dialectOf } from "../http_errors.ts";
import { accountError, operationsError } from "../schemas/errors.ts";
import type { Answer, Operation } from "./operations.ts";

/** What failures mean, wherever they come from. */
const SAYS: Record<number, string> = {
  400: "A parameter or the body is not right, or no organization is active",
  401: "Nobody is signed in, or the token or key is not valid",
  403: "The role, the key's scopes or the origin do not allow it",
  404: "There is none",
  409: "It does not go with what is there",
  413: "The body is too large",
  415: "The body is of another type",
  429: "Too many calls this minute",
  500: "Something failed on our side",
  503: "Something cannot be reached, or the process is about to end",
};

const RETRY = { "Retry-After": "Seconds, after which it works" };

/**
 * Every status that an operation can answer, with what its body is: its own,
 * and those that come with who may call it, what it is sent, and its limit.
 */
export function answersOf(operation: Operation): Record<number, Answer> {
  const { path, answers } = operation;
  const schema: v.GenericSchema = dialectOf(path) === "operations"
    ? operationsError
    : accountError;
  const failures = failuresOf(operation)
    .filter((status) => answers[status] === undefined)
    .map((status): [number, Answer] => [status, {
      says: SAYS[status] ?? "",
      schema,
      ...(status === 429 || status === 503 ? { headers: RETRY } : {}),
    }]);
  return { ...answers, ...Object.fromEntries(failures) };
}

function failuresOf(operation: Operation): number[] {
  const { access, body, failures = [] } = operation;
  return [
    ...failures,
    ...(access === "public" ? [] : [400, 401, 403]),
    ...(body === undefined ? [] : [413, 415]),
    ...(isLimited(operation) ? [429] : []),
    ...(isApi(operation) ? [500, 503] : []),
  ];
}

/** Probes and the document are no part of the API proper. */
export function isApi({ path }: Operation): boolean {
  return path.startsWith("/api/");
}

/** Whether its calls count against a limit, which its answers then tell. */
export function isLimited(operation: Operation): boolean {
  return isApi(operation) && !operation.path.startsWith("/api/v1/webhooks/");
}
