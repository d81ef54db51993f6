import type { Context } from "../context.ts";
import { ApiError } from "../api/errors.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import { newCardMethod } from "../resources/card_methods.ts";
import { findTestCard } from "../billing/test_cards.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";

/** A card as somebody types it. Its number and code live no longer than the request. */
export interface TypedCard {
  number: string;
  expiry: string;
  cvc: string;
  name: string;
}

/** A payment method that is nobody's and not stored yet. */
export interface NewMethod {
  object: ApiPaymentMethod;
  extra: PaymentMethodExtra;
}

/** One field of a form, without the blanks around it. */
export function valueOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").trim();
}

/** What has been typed of a card. */
export function readTypedCard(form: URLSearchParams): TypedCard {
  return {
    number: valueOf(form, "number"),
    expiry: valueOf(form, "expiry"),
    cvc: valueOf(form, "cvc"),
    name: valueOf(form, "name"),
  };
}

/** What is wrong with it at first sight, by the name of the field. */
export function checkTypedCard(typed: TypedCard): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!typed.number) errors["number"] = "Enter a card number.";
  if (readExpiry(typed.expiry) === null) {
    errors["expiry"] = "Enter the month and year, such as 04 / 30.";
  }
  if (!typed.cvc) errors["cvc"] = "Enter the security code.";
  if (typed.name.length > 256) errors["name"] = "Use 256 characters at most.";
  return errors;
}

/**
 * The payment method of a typed card.
 *
 * @throws {ApiError} 402 for a number that is no documented test card's, and for what does
 * not go with it.
 */
export async function cardMethodOf(
  context: Context,
  typed: TypedCard,
): Promise<NewMethod> {
  const card = findTestCard(typed.number);
  const made = await newCardMethod(context, {
    number: card.number,
    ...readExpiry(typed.expiry),
    cvc: typed.cvc,
  });
  const name = typed.name || null;
  const object = {
    ...made.object,
    billing_details: { ...made.object.billing_details, name },
  };
  return { object, extra: made.extra };
}

const FIELDS: Record<string, string> = {
  "card[number]": "number",
  "card[exp_month]": "expiry",
  "card[exp_year]": "expiry",
  "card[cvc]": "cvc",
};

/** A refusal as the form shows it: beside the field that it is about. */
export function refusalOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
  const { param, code, message } = error.body;
  if (code === "expired_card") return { expiry: message };
  if (code === "incorrect_cvc") return { cvc: message };
  return { [FIELDS[param ?? ""] ?? "form"]: message };
}

function readExpiry(typed: string) {
  const match = /^(\d{1,2})\s*[/ -]?\s*(\d{4}|\d{2})$/.exec(typed);
  return match && { exp_month: Number(match[1]), exp_year: Number(match[2]) };
}
