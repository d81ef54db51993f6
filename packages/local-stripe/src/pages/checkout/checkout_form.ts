import type { Payment } from "../../checkout/card_payment.ts";
import {
  asksForMethod,
  type Payer,
  type StoredSession,
} from "../../checkout/session.ts";
import type { Context } from "../../context.ts";
import { ApiError } from "../../api/errors.ts";
import { email as emailReader } from "../../api/params.ts";
import {
  cardMethodOf,
  checkTypedCard,
  type NewMethod,
  readTypedCard,
  valueOf,
} from "../card_entry.ts";
import { COUNTRIES } from "../countries.ts";
import { ROUTING, TEST_ACCOUNTS, type TestAccount } from "./test_numbers.tsx";
import type { FormState } from "../form_state.ts";

/** What the form of Checkout asks for, once it is known to be right. */
export type Typed =
  & { payer: Payer }
  & (
    | { by: "card"; method: NewMethod }
    | { by: "bank"; account: TestAccount }
    | { by: "nothing" }
  );

/**
 * What is typed again into the form that comes back: all but the numbers, which are kept nowhere.
 */
export function keptValues(form: URLSearchParams): FormState["values"] {
  const names = ["email", "expiry", "name", "country", "method", "routing"];
  return Object.fromEntries(names.map((name) => [name, valueOf(form, name)]));
}

/** What is wrong with the form, by the name of the field. */
export function checkTyped(
  form: URLSearchParams,
  stored: StoredSession,
): FormState["errors"] {
  const errors = knownEmail(stored) === null && !isEmail(valueOf(form, "email"))
    ? { email: "Enter an email address, such as you@example.com." }
    : {};
  if (!asksForMethod(stored)) return errors;
  return { ...errors, ...checkMethod(form, stored), ...checkPerson(form) };
}

function checkMethod(form: URLSearchParams, stored: StoredSession) {
  if (!byBank(form, stored)) return checkTypedCard(readTypedCard(form));
  const errors: FormState["errors"] = {};
  if (valueOf(form, "routing") !== ROUTING) {
    errors["routing"] = `Only the test routing number ${ROUTING} works here.`;
  }
  if (accountOf(form) === undefined) {
    errors["account"] = "Only the test account numbers below work here.";
  }
  return errors;
}

function checkPerson(form: URLSearchParams): FormState["errors"] {
  const errors: FormState["errors"] = {};
  const name = valueOf(form, "name");
  if (name === "") errors["name"] = "Enter the name on the card or account.";
  if (name.length > 256) errors["name"] = "Use 256 characters at most.";
  const country = valueOf(form, "country");
  if (!COUNTRIES.includes(country)) {
    errors["country"] = "Choose a country from the list.";
  }
  return errors;
}

/**
 * What has been typed, as what pays.
 *
 * @throws {ApiError} 402 for a card that cannot be one.
 */
export async function readTyped(
  context: Context,
  form: URLSearchParams,
  stored: StoredSession,
): Promise<Typed> {
  const payer = {
    email: knownEmail(stored) ?? valueOf(form, "email"),
    name: valueOf(form, "name"),
    country: valueOf(form, "country"),
  };
  if (!asksForMethod(stored)) return { payer, by: "nothing" };
  const account = accountOf(form);
  if (byBank(form, stored) && account) return { payer, by: "bank", account };
  const method = await cardMethodOf(context, readTypedCard(form));
  return { payer, by: "card", method: billedTo(method, payer) };
}

function billedTo(method: NewMethod, payer: Payer): NewMethod {
  const { billing_details: details } = method.object;
  const billing_details = {
    ...details,
    address: details.address && { ...details.address, country: payer.country },
    email: payer.email,
  };
  return { ...method, object: { ...method.object, billing_details } };
}

/** How a typed card pays. */
export function paymentOf(
  typed: Typed & { by: "card" | "nothing" },
): Payment {
  const card = typed.by === "card" ? { ...typed.method, saved: false } : null;
  return { payer: typed.payer, card, authenticated: false };
}

/** The address that is known already, and not asked for. */
export function knownEmail({ object }: StoredSession): string | null {
  return object.customer_details?.email ?? object.customer_email;
}

function byBank(form: URLSearchParams, { object }: StoredSession): boolean {
  const types = object.payment_method_types;
  if (!types.includes("card")) return true;
  return types.includes("us_bank_account") &&
    valueOf(form, "method") === "bank";
}

function accountOf(form: URLSearchParams): TestAccount | undefined {
  const number = valueOf(form, "account");
  return TEST_ACCOUNTS.find((known) => known.number === number);
}

function isEmail(value: string): boolean {
  try {
    return emailReader.read(value, "email") === value;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
