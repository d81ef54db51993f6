import { type Context, nowSec } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import type { SessionParams } from "./session_params.ts";
import type { PaymentTerms, SubscriptionTerms } from "./session.ts";

const DAY_SEC = 86_400;

/**
 * What a session says of the subscription that it is to begin.
 *
 * @throws {ApiError} 400 for a trial that cannot be.
 */
export function subscriptionTerms(
  context: Context,
  given: SessionParams["subscription_data"] = {},
): SubscriptionTerms {
  const { trial_end: end, trial_period_days: days } = given;
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      "You may only specify one of these parameters: trial_end, trial_period_days.",
      {
        code: "parameters_exclusive",
        param: "subscription_data[trial_period_days]",
      },
    );
  }
  if (end !== undefined && end < nowSec(context) + 2 * DAY_SEC - 5) {
    throw invalidRequest("A trial has to end at least 48 hours from now.", {
      param: "subscription_data[trial_end]",
    });
  }
  const missing = given.trial_settings?.end_behavior.missing_payment_method;
  return {
    metadata: mergeMetadata({}, given.metadata),
    ...(given.description !== undefined && { description: given.description }),
    ...(end !== undefined && { trialEndSec: end }),
    ...(days !== undefined && { trialPeriodDays: days }),
    ...(missing !== undefined && { missingPaymentMethod: missing }),
  };
}

/** What a session says of the payment that it is to make. */
export function paymentTerms(
  given: SessionParams["payment_intent_data"] = {},
): PaymentTerms {
  const { description, setup_future_usage: usage } = given;
  return {
    metadata: mergeMetadata({}, given.metadata),
    ...(description !== undefined && { description }),
    ...(usage !== undefined && { setupFutureUsage: usage }),
  };
}
