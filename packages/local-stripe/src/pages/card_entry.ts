import { ApiError } from "../api/errors.ts";
import { email as emailReader } from "../api/params.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { findTestCard } from "../billing/test_cards.ts";
import type { Context } from "../context.ts";
import { newCardMethod } from "../resources/card_methods.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import { valueOf } from "./forms.tsx";

/** A card as entered. The number and the security code are never stored or sent back. */
export interface EnteredCard {
  number: string;
  expiry: string;
  cvc: string;
  name: string;
}

/** A payment method that is neither stored nor attached to a customer. */
export interface NewMethod {
  object: ApiPaymentMethod;
  extra: PaymentMethodExtra;
}

/** Reads the card fields of a form. */
export function readCard(form: URLSearchParams): EnteredCard {
  return {
    number: valueOf(form, "number"),
    expiry: valueOf(form, "expiry"),
    cvc: valueOf(form, "cvc"),
    name: valueOf(form, "name"),
  };
}

/** Error messages by field name, for a card that is incomplete or malformed. */
export function checkCard(card: EnteredCard): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!card.number) errors["number"] = "Enter a card number.";
  if (readExpiry(card.expiry) === null) {
    errors["expiry"] = "Enter an expiration date, such as 04 / 30.";
  }
  if (!card.cvc) errors["cvc"] = "Enter the security code.";
  if (card.name.length > 256) errors["name"] = "Use 256 characters at most.";
  return errors;
}

/**
 * The payment method of an entered card.
 *
 * @throws {ApiError} 402 if the number is not a documented test card, or the expiry date or the
 * security code is invalid.
 */
export async function newMethod(
  context: Context,
  card: EnteredCard,
): Promise<NewMethod> {
  const { number } = findTestCard(card.number);
  const { object, extra } = await newCardMethod(context, {
    number,
    ...readExpiry(card.expiry),
    cvc: card.cvc,
  });
  const billing_details = {
    ...object.billing_details,
    name: card.name || null,
  };
  return { object: { ...object, billing_details }, extra };
}

const FIELDS: Record<string, string> = {
  "card[number]": "number",
  "card[exp_month]": "expiry",
  "card[exp_year]": "expiry",
  "card[cvc]": "cvc",
};

/**
 * The message of an API error by the name of the form field it concerns.
 *
 * @throws The error itself unless it is a 4xx answer.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
  const { param, code, message } = error.body;
  if (code === "expired_card") return { expiry: message };
  if (code === "incorrect_cvc") return { cvc: message };
  return { [FIELDS[param ?? ""] ?? "form"]: message };
}

/** Reports whether the API would accept a value as an email address. */
export function isEmail(value: string): boolean {
  try {
    return emailReader.read(value, "email") === value;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

function readExpiry(entered: string) {
  const match = /^(\d{1,2})\s*[/ -]?\s*(\d{4}|\d{2})$/.exec(entered);
  return match && { exp_month: Number(match[1]), exp_year: Number(match[2]) };
}
