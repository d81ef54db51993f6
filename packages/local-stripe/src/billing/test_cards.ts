import { cardError } from "../api/errors.ts";

/** A test card of Stripe's documentation and its behavior. */
export interface TestCard {
  number: string;
  brand:
    | "visa"
    | "mastercard"
    | "amex"
    | "discover"
    | "diners"
    | "jcb"
    | "unionpay";
  funding: "credit" | "debit" | "prepaid";
  country: string;
  /** Its names in `pm_card_<name>` and `tok_<name>`. */
  names: string[];
  /** The decline of a charge, and of saving the card. */
  declines?: { code: string; decline_code?: string };
  /** A payment, or saving the card, needs authentication. */
  asksToConfirm?: true;
  /** The reason of the dispute that a payment causes. */
  disputedAs?: "fraudulent" | "product_not_received";
  /** The outcome of a refund that settles later. */
  refundsLaterAs?: "failed" | "succeeded";
}

type Row = [
  number: string,
  brand: TestCard["brand"],
  names: string,
  more?: Partial<TestCard>,
];

const declined = (decline_code: string) => ({
  declines: { code: "card_declined", decline_code },
});
const refused = (code: string) => ({ declines: { code, decline_code: code } });
const asks = { asksToConfirm: true } as const;

const ROWS: Row[] = [
  ["4242424242424242", "visa", "visa us"],
  ["4000056655665556", "visa", "visa_debit", { funding: "debit" }],
  ["5555555555554444", "mastercard", "mastercard"],
  ["5200828282828210", "mastercard", "mastercard_debit", { funding: "debit" }],
  ["5105105105105100", "mastercard", "mastercard_prepaid", {
    funding: "prepaid",
  }],
  ["378282246310005", "amex", "amex"],
  ["6011111111111117", "discover", "discover"],
  ["3056930009020004", "diners", "diners"],
  ["3566002020360505", "jcb", "jcb", { country: "JP" }],
  ["6200000000000005", "unionpay", "unionpay", { country: "CN" }],
  ["4000000000000341", "visa", "chargeCustomerFail"],
  [
    "4000000000000002",
    "visa",
    "chargeDeclined visa_chargeDeclined",
    declined("generic_decline"),
  ],
  [
    "4000000000009995",
    "visa",
    "chargeDeclinedInsufficientFunds visa_chargeDeclinedInsufficientFunds",
    declined("insufficient_funds"),
  ],
  [
    "4000000000000069",
    "visa",
    "chargeDeclinedExpiredCard",
    refused("expired_card"),
  ],
  [
    "4000000000000127",
    "visa",
    "chargeDeclinedIncorrectCvc",
    refused("incorrect_cvc"),
  ],
  [
    "4000000000000119",
    "visa",
    "chargeDeclinedProcessingError",
    refused("processing_error"),
  ],
  ["4000002500003155", "visa", "authenticationRequiredOnSetup", asks],
  ["4000002760003184", "visa", "authenticationRequired", asks],
  [
    "4000008260003178",
    "visa",
    "authenticationRequiredChargeDeclinedInsufficientFunds",
    asks,
  ],
  ["4000000000003220", "visa", "threeDSecure2Required", asks],
  ["4000000000000259", "visa", "createDispute", { disputedAs: "fraudulent" }],
  ["4000000000002685", "visa", "createDisputeProductNotReceived", {
    disputedAs: "product_not_received",
  }],
  ["4000000000007726", "visa", "pendingRefund", {
    refundsLaterAs: "succeeded",
  }],
  ["4000000000005126", "visa", "refundFail", { refundsLaterAs: "failed" }],
];

export const TEST_CARDS: readonly TestCard[] = ROWS.map((
  [number, brand, names, more],
) => ({
  number,
  brand,
  funding: "credit",
  country: "US",
  names: names.split(" "),
  ...more,
}));

const MESSAGES: Record<string, string> = {
  card_declined: "Your card was declined.",
  insufficient_funds: "Your card has insufficient funds.",
  expired_card: "Your card has expired.",
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error:
    "An error occurred while processing your card. Try again in a little bit.",
};

/**
 * The test card with this number.
 *
 * @throws {ApiError} 402 `incorrect_number` for an invalid number; 402 `card_declined` for any
 * other card, as in test mode.
 */
export function findTestCard(number: string, param = "card[number]"): TestCard {
  const digits = number.replace(/[\s-]/g, "");
  const card = TEST_CARDS.find((known) => known.number === digits);
  if (card !== undefined) return card;
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) {
    const message = "Your card number is incorrect.";
    throw cardError({ code: "incorrect_number", message, param });
  }
  throw cardError({
    code: "card_declined",
    decline_code: "live_mode_test_card",
    message:
      "Your card was declined. Only the documented test cards work here.",
    param,
  });
}

/**
 * Checks the expiration date and the security code of a card.
 *
 * @throws {ApiError} 402 with `invalid_expiry_month`, `invalid_expiry_year` or `invalid_cvc`.
 */
export function checkCardDetails(
  card: TestCard,
  typed: {
    expMonth: number;
    expYear: number;
    cvc: string | undefined;
    nowMs: number;
  },
): void {
  const invalid = (code: string, field: string, param: string) =>
    cardError({ code, message: `Your card's ${field} is invalid.`, param });
  const { cvc, expMonth, expYear } = typed;
  if (expMonth < 1 || expMonth > 12) {
    const param = "card[exp_month]";
    throw invalid("invalid_expiry_month", "expiration month", param);
  }
  const now = new Date(typed.nowMs);
  const months = (expYear - now.getUTCFullYear()) * 12 + expMonth - 1 -
    now.getUTCMonth();
  if (months < 0 || months > 12 * 50) {
    const param = "card[exp_year]";
    throw invalid("invalid_expiry_year", "expiration year", param);
  }
  const digits = card.brand === "amex" ? 4 : 3;
  if (cvc !== undefined && !new RegExp(`^\\d{${digits}}$`).test(cvc)) {
    throw invalid("invalid_cvc", "security code", "card[cvc]");
  }
}

/** The error of a card that declines; `null` for other cards. */
export function declineOf(card: Pick<TestCard, "declines">) {
  if (card.declines === undefined) return null;
  const { code, decline_code: reason } = card.declines;
  const message = MESSAGES[reason ?? code] ?? MESSAGES[code] ??
    "Your card was declined.";
  return cardError({
    code,
    message,
    ...(reason !== undefined && { decline_code: reason }),
  });
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
