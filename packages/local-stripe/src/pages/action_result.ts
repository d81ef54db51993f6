import { ApiError } from "../api/errors.ts";
import type { Attempt } from "../billing/payment_collection.ts";

/** The outcome of a form's action. `authenticate`: the card's bank has to ask the cardholder. */
export type ActionResult =
  | { is: "done"; notice: string }
  | { is: "authenticate" }
  | { is: "refused"; message: string };

/** The result of an attempt to collect a payment. */
export function resultOfAttempt(attempt: Attempt): ActionResult {
  switch (attempt.result) {
    case "succeeded":
      return { is: "done", notice: "paid" };
    case "requires_action":
      return { is: "authenticate" };
    case "no_method":
      return { is: "refused", message: "Add a card first." };
    case "declined":
      return { is: "refused", message: attempt.message };
  }
}

/**
 * Runs an action and reports what a customer can react to.
 *
 * @throws Whatever `action` throws, except 4xx API errors.
 */
export async function runAction(
  notice: string,
  action: () => Promise<unknown>,
): Promise<ActionResult> {
  try {
    await action();
    return { is: "done", notice };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    if (/requires_action|authentication/.test(error.body.code ?? "")) {
      return { is: "authenticate" };
    }
    return { is: "refused", message: error.message };
  }
}
