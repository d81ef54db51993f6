import { API_VERSION, authenticate, checkVersion } from "./auth.ts";
import { readBody } from "./request_body.ts";
import type { Context } from "../context.ts";
import type { Prepared } from "./endpoint.ts";
import { ApiError, errorJson, invalidRequest } from "./errors.ts";
import { expand, readExpand } from "./expand.ts";
import {
  type Controls,
  failureOf,
  type Fault,
  malformedBody,
  refusalOf,
  truncatedBody,
  Unreachable,
  waitFor,
} from "../testing/faults.ts";
import { decodeForm, flattenForm, type FormRecord } from "./form.ts";
import { type Answer, once } from "./idempotency.ts";
import { shortId } from "../store/ids.ts";
import { findEndpoint } from "./router.ts";

const MAX_BODY = 1_048_576;

interface Call {
  request: Request;
  method: string;
  path: string;
  form: FormRecord;
  fault: Fault | null;
  requestId: string;
}

/**
 * Handles a request to `/v1/…`: authenticates it, finds the endpoint, reads the parameters and runs
 * the endpoint once per idempotency key.
 *
 * @throws {Unreachable} For an injected fault without a response.
 */
export async function handleApi(
  context: Context,
  controls: Controls,
  request: Request,
): Promise<Response> {
  const requestId = shortId("req");
  const { pathname: path, search } = new URL(request.url);
  const { method } = request;
  const read = await readForm(request, search).catch(asApiError);
  const params = read instanceof ApiError ? {} : flattenForm(read);
  const fault = controls.take({ method, path, params });
  const form = read instanceof ApiError ? new Map() : read;
  const call: Call = { request, method, path, form, fault, requestId };
  const response = fault?.kind === "unreachable"
    ? null
    : await respond(context, call, read instanceof ApiError ? read : null);
  controls.record({
    method,
    path,
    params,
    idempotencyKey: request.headers.get("idempotency-key"),
    stripeVersion: request.headers.get("stripe-version"),
    status: response?.status ?? 0,
    requestId,
  });
  if (response === null) throw new Unreachable("connection refused");
  return response;
}

async function respond(
  context: Context,
  call: Call,
  unreadable: ApiError | null,
): Promise<Response> {
  const { fault } = call;
  if (fault?.kind === "garbage") return malformedBody(fault);
  const response = await work(context, call, unreadable).catch((thrown) => {
    const error = asApiError(thrown);
    return toResponse(call, errorAnswer(call, error), error.headers);
  });
  return fault?.kind === "cut" ? await truncatedBody(response) : response;
}

async function work(
  context: Context,
  call: Call,
  unreadable: ApiError | null,
): Promise<Response> {
  const refusal = refusalOf(call.fault);
  if (refusal !== null) throw refusal;
  const { headers } = call.request;
  authenticate(headers);
  checkVersion(context, headers);
  const { endpoint, ids } = findEndpoint(call.method, call.path);
  if (unreadable !== null) throw unreadable;
  const paths = readExpand(call.form, endpoint);
  const prepared = endpoint.prepare(ids, call.form);
  const key = call.method === "POST" ? headers.get("idempotency-key") : null;
  const run = () => execute(context, call, { prepared, paths });
  if (key === null) return toResponse(call, await run());
  const request = { key, fingerprint: fingerprintOf(call) };
  const { answer, replayed } = await once(context, request, run);
  return toResponse(call, answer, {
    "Original-Request": answer.requestId,
    ...(replayed && { "Idempotent-Replayed": "true" }),
  });
}

/** Runs the endpoint. From here on an error is a response that is stored for replay. */
async function execute(
  context: Context,
  call: Call,
  { prepared, paths }: { prepared: Prepared; paths: string[][] },
): Promise<Answer> {
  const { fault, requestId } = call;
  if (fault?.kind === "slow") {
    await waitFor(fault.delayMs ?? 1_000, call.request.signal);
  }
  try {
    const failure = failureOf(fault);
    if (failure !== null) throw failure;
    const idempotencyKey = call.request.headers.get("idempotency-key");
    const origin = { ...context, request: { id: requestId, idempotencyKey } };
    const body = await expand(context, await prepared(origin), paths);
    return { status: 200, body: jsonText(body), requestId };
  } catch (thrown) {
    const error = asApiError(thrown);
    // Not stored: a retry may get the lock, and an update may implement the feature.
    if (error.status === 429 || error.status === 501) throw error;
    return errorAnswer(call, error);
  }
}

async function readForm(request: Request, search: string): Promise<FormRecord> {
  const query = search.slice(1);
  const type = request.headers.get("content-type") ?? "";
  const body = await readBody(request, MAX_BODY);
  if (body === null) {
    throw invalidRequest("Request body is too large.", { status: 413 });
  }
  if (body !== "" && !/^(application\/x-www-form-urlencoded|$)/i.test(type)) {
    throw invalidRequest(
      "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
    );
  }
  return decodeForm(query, body);
}

function fingerprintOf(call: Call): string {
  const pairs = Object.entries(flattenForm(call.form)).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  return JSON.stringify([call.method, call.path, pairs]);
}

function errorAnswer({ requestId }: Call, error: ApiError): Answer {
  const body = jsonText(errorJson(error, requestId));
  return { status: error.status, body, requestId };
}

function toResponse(
  call: Call,
  answer: Answer,
  more: Record<string, string> = {},
): Response {
  const key = call.method === "POST"
    ? call.request.headers.get("idempotency-key")
    : null;
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache, no-store",
      "Request-Id": call.requestId,
      "Stripe-Version": API_VERSION,
      ...(key !== null && /^[\x20-\x7e]*$/.test(key) &&
        { "Idempotency-Key": key }),
      ...more,
    },
  });
}

function jsonText(body: unknown): string {
  return JSON.stringify(body, null, 2) + "\n";
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  console.error("The local Stripe failed:", error);
  return new ApiError(500, {
    type: "api_error",
    message: "An unknown error occurred.",
  });
}
