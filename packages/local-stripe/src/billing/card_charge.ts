import { type ApiError, cardError } from "../api/errors.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import { declineOf, findTestCard } from "./test_cards.ts";

/** The bank's answer to a charge. */
export type CardOutcome =
  | { result: "succeeded" }
  /** The cardholder has to authenticate first. */
  | { result: "requires_action"; payment?: FailedPayment }
  | {
    result: "declined";
    code: string;
    declineCode: string;
    message: string;
    payment?: FailedPayment;
  };

/** The objects of a failed payment, for its error. */
interface FailedPayment {
  charge?: string;
  payment_intent: object;
  payment_method: object;
}

const FAILS_LATER = "4000000000000341";
/** Needs no authentication once it was authenticated when saved. */
const ASKS_UNLESS_SET_UP = "4000002500003155";
const ASKS_THEN_DECLINES = "4000008260003178";

/**
 * Charges a test card; each behaves as Stripe documents it.
 *
 * @param method `confirmed`: the card was authenticated when it was saved.
 * @param how `authenticated`: the cardholder has just authenticated this payment.
 * @see https://docs.stripe.com/testing
 */
export function chargeCard(
  method: Pick<PaymentMethodExtra, "number" | "confirmed">,
  how: { authenticated?: boolean } = {},
): CardOutcome {
  const card = findTestCard(method.number);
  const asks = card.asksToConfirm && !how.authenticated &&
    !(card.number === ASKS_UNLESS_SET_UP && method.confirmed);
  if (asks) return { result: "requires_action" };
  if (card.number === FAILS_LATER) {
    return declined("card_declined", "generic_decline");
  }
  if (card.number === ASKS_THEN_DECLINES) {
    return declined("card_declined", "insufficient_funds");
  }
  const { declines } = card;
  if (declines === undefined) return { result: "succeeded" };
  return declined(declines.code, declines.decline_code ?? declines.code);
}

function declined(code: string, declineCode: string): CardOutcome {
  const problem = declineOf({ declines: { code, decline_code: declineCode } });
  const message = problem?.message ?? "Your card was declined.";
  return { result: "declined", code, declineCode, message };
}

/** The error of a failed payment: 402 `card_error`. */
export function paymentProblem(
  outcome: Exclude<CardOutcome, { result: "succeeded" }>,
  actionCode = "authentication_required",
): ApiError {
  if (outcome.result === "requires_action") {
    return cardError({
      ...outcome.payment,
      code: actionCode,
      message:
        "The card's bank asks its owner to confirm this payment before it goes through.",
    });
  }
  const { code, declineCode, message, payment } = outcome;
  return cardError({ ...payment, code, message, decline_code: declineCode });
}
