/** What goes into the `error` member of a Stripe error body. */
export interface ErrorBody {
  type: string;
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  doc_url?: string;
}

/**
 * An answer other than 2xx. Thrown anywhere below the pipeline in `api.ts`, which alone turns it
 * into a response.
 */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.message);
  }
}

/** A 400 `invalid_request_error`. `code` and `param` are what clients branch on. */
export function invalidRequest(
  message: string,
  detail: { param?: string; code?: string; status?: number } = {},
): ApiError {
  const { status = 400, ...rest } = detail;
  return new ApiError(status, {
    type: "invalid_request_error",
    message,
    ...rest,
  });
}

/** The object that a path names does not exist: 404, as for every `GET /v1/things/{id}`. */
export function noSuchPath(noun: string, id: string): ApiError {
  return invalidRequest(`No such ${noun}: '${id}'`, {
    status: 404,
    code: "resource_missing",
    param: "id",
  });
}

/** An id inside parameters leads nowhere: 400 with the parameter's name. */
export function noSuchParam(
  noun: string,
  id: string,
  param: string,
): ApiError {
  return invalidRequest(`No such ${noun}: '${id}'`, {
    code: "resource_missing",
    param,
  });
}

/** A parameter that has to be there and is not. */
export function missingParam(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, {
    code: "parameter_missing",
    param,
  });
}

/** A card that the network or its own digits refuse: 402 `card_error`. */
export function cardError(detail: {
  code: string;
  message: string;
  param?: string;
  decline_code?: string;
}): ApiError {
  return new ApiError(402, { type: "card_error", ...detail });
}

/**
 * What Stripe can do and this stand-in cannot. Always a 501, so that nobody takes a gap for an
 * answer; `Stripe-Should-Retry: false` keeps the SDK from trying again.
 *
 * @param what Names the missing thing, e.g. "POST /v1/refunds" or "the parameter test_clock".
 */
export function notImplemented(what: string): ApiError {
  return new ApiError(501, {
    type: "api_error",
    code: "local_stripe_not_implemented",
    message: `The local Stripe does not implement ${what}. Stripe itself does.`,
  }, { "Stripe-Should-Retry": "false" });
}

/** Somebody else is changing the same object right now. */
export function lockTimeout(): ApiError {
  return invalidRequest(
    "This object cannot be accessed right now because another API request is accessing it. Try again.",
    { status: 429, code: "lock_timeout" },
  );
}

/** The JSON of a problem, with the pointer to Stripe's page on its code. */
export function errorJson(problem: ApiError): { error: ErrorBody } {
  const { code } = problem.body;
  if (code === undefined || problem.status === 501) {
    return { error: problem.body };
  }
  const page = code.replaceAll("_", "-");
  return {
    error: {
      ...problem.body,
      doc_url: `https://stripe.com/docs/error-codes/${page}`,
    },
  };
}
