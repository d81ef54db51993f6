/** The `error` member of an error response. */
interface ErrorBody {
  type: string;
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  doc_url?: string;
  request_log_url?: string;
  /** Of a failed payment: the id of the charge and the other objects. */
  charge?: string;
  payment_intent?: object;
  payment_method?: object;
}

/**
 * An error response. `server.ts` catches it and builds the response.
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

/** An `invalid_request_error`, by default with status 400. */
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

/** The object that a path names does not exist: 404. */
export function noSuchPath(noun: string, id: string): ApiError {
  return invalidRequest(`No such ${noun}: '${id}'`, {
    status: 404,
    code: "resource_missing",
    param: "id",
  });
}

/** The object that a parameter names does not exist: 400. */
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

/** A required parameter is missing. */
export function missingParam(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, {
    code: "parameter_missing",
    param,
  });
}

/** Two parameters were given that exclude each other. */
export function exclusiveParams(first: string, second: string): ApiError {
  return invalidRequest(
    `You may only specify one of these parameters: ${first}, ${second}.`,
    { code: "parameters_exclusive", param: second },
  );
}

/** A declined or invalid card: 402 `card_error`. */
export function cardError(detail: {
  code: string;
  message: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  payment_intent?: object;
  payment_method?: object;
}): ApiError {
  return new ApiError(402, { type: "card_error", ...detail });
}

/**
 * A 501 for a feature of Stripe that the local Stripe lacks, so a gap never looks like Stripe's own
 * response. `Stripe-Should-Retry: false` keeps the SDK from retrying.
 *
 * @param what The feature, e.g. "POST /v1/refunds" or "the parameter test_clock".
 */
export function notImplemented(what: string): ApiError {
  return new ApiError(501, {
    type: "api_error",
    code: "local_stripe_not_implemented",
    message: `The local Stripe does not implement ${what}. Stripe itself does.`,
  }, { "Stripe-Should-Retry": "false" });
}

/** Another request is changing the same object. */
export function lockTimeout(): ApiError {
  return invalidRequest(
    "This object cannot be accessed right now because another API request is accessing it. Try again.",
    { status: 429, code: "lock_timeout" },
  );
}

/** The body of an error response, with the URLs of Stripe's pages about the code and the request. */
export function errorJson(
  { body, status }: ApiError,
  requestId: string,
): { error: ErrorBody } {
  if (status === 501) return { error: body };
  const page = body.code?.replaceAll("_", "-");
  return {
    error: {
      ...body,
      ...(page && { doc_url: `https://stripe.com/docs/error-codes/${page}` }),
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
    },
  };
}
