import { type ApiError, cardError } from "../api/errors.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import { declineOf, findTestCard } from "./test_cards.ts";

/** What a bank says when a card is charged. */
export type CardOutcome =
  | { result: "succeeded" }
  /** The cardholder has to confirm first. */
  | { result: "requires_action" }
  | {
    result: "declined";
    code: string;
    declineCode: string;
    message: string;
  };

const FAILS_LATER = "4000000000000341";
/** Asks once; a card that was confirmed when it was saved is charged without asking. */
const ASKS_UNLESS_SET_UP = "4000002500003155";
const ASKS_THEN_DECLINES = "4000008260003178";

/**
 * Charges a test card as it is documented to behave.
 *
 * @param method What is known of the card: its number, and whether its owner confirmed it when it
 * was saved.
 * @param how `authenticated`: the cardholder has just confirmed this very payment.
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

/** A failed payment as the API answers it: 402 `card_error`. */
export function paymentProblem(
  outcome: Exclude<CardOutcome, { result: "succeeded" }>,
  actionCode = "authentication_required",
): ApiError {
  if (outcome.result === "requires_action") {
    return cardError({
      code: actionCode,
      message:
        "The card's bank asks its owner to confirm this payment before it goes through.",
    });
  }
  const { code, declineCode, message } = outcome;
  return cardError({ code, message, decline_code: declineCode });
}
