import type { Card, Payment } from "../../checkout/card_payment.ts";
import { asksForMethod } from "../../checkout/session.ts";
import type { Payer, StoredSession } from "../../store/checkout_session.ts";
import type { StoredPaymentMethod } from "../../store/schema.ts";
import type { Context } from "../../context.ts";
import {
  checkCard,
  isEmail,
  type NewMethod,
  newMethod,
  readCard,
} from "../card_entry.ts";
import { isTaxId, supportsTaxId, TAX_ID_TYPES } from "../../billing/tax_ids.ts";
import { enteredTaxId } from "../tax_id_fields.tsx";
import { COUNTRIES } from "../countries.ts";
import { type FormState, valueOf } from "../forms.tsx";
import { ROUTING, TEST_ACCOUNTS, type TestAccount } from "../test_numbers.tsx";

/** A session and the saved cards that it offers. */
interface Offer {
  saved: StoredPaymentMethod[];
  stored: StoredSession;
}

/** The payment that a valid form describes. */
export type PaymentInput =
  & { payer: Payer }
  & (
    | { by: "card"; card: Card; save: boolean }
    | { by: "bank"; account: TestAccount }
    | { by: "nothing" }
  );

/** The values to show again in a form with errors: all but card and account numbers. */
export function keptValues(form: URLSearchParams): FormState["values"] {
  const names = [
    "email expiry name country method routing save",
    "business business_name individual_name tax_id_type tax_id",
  ].flatMap((text) => text.split(" "));
  return Object.fromEntries(names.map((name) => [name, valueOf(form, name)]));
}

/** Error messages by field name. */
export function checkForm(
  form: URLSearchParams,
  { saved, stored }: Offer,
): FormState["errors"] {
  const asksEmail = knownEmail(stored) === null;
  const errors = {
    ...(asksEmail && !isEmail(valueOf(form, "email")) && {
      email: "Enter an email address, such as you@example.com.",
    }),
    ...checkNames(form, stored),
    ...checkTaxId(form, stored),
    ...(stored.object.automatic_tax.enabled && checkCountry(form)),
  };
  if (!asksForMethod(stored) || chosenCard(form, saved)) return errors;
  return { ...errors, ...checkMethod(form, stored), ...checkPayer(form) };
}

/** The names that a session's page asks for, and whether they are required. */
export function namesAsked(
  { object: { name_collection: names, tax_id_collection: taxId } }:
    StoredSession,
  buysAsBusiness: boolean,
): { name: "business_name" | "individual_name"; required: boolean }[] {
  const { business, individual } = names ?? {};
  return [
    ...(business?.enabled || (taxId?.enabled && buysAsBusiness)
      ? [{
        name: "business_name" as const,
        required: taxId?.enabled ? buysAsBusiness : !business?.optional,
      }]
      : []),
    ...(individual?.enabled
      ? [{ name: "individual_name" as const, required: !individual.optional }]
      : []),
  ];
}

function checkNames(form: URLSearchParams, stored: StoredSession) {
  const errors: FormState["errors"] = {};
  for (
    const { name, required } of namesAsked(stored, isBusiness(form, stored))
  ) {
    const value = valueOf(form, name);
    const noun = name.replace("_", " ");
    if (value === "" && required) errors[name] = `Enter the ${noun}.`;
    if (value.length > 150) errors[name] = "Use 150 characters at most.";
  }
  return errors;
}

function checkTaxId(
  form: URLSearchParams,
  stored: StoredSession,
): FormState["errors"] {
  const taxId = readTaxId(form, stored);
  if (taxId === null) {
    const required =
      stored.object.tax_id_collection?.required === "if_supported" &&
      isBusiness(form, stored) && supportsTaxId(valueOf(form, "country"));
    return required ? { tax_id: "Enter a tax ID." } : {};
  }
  if (isTaxId(taxId)) return {};
  return { tax_id: `This is not a valid ${TAX_ID_TYPES[taxId.type].label}.` };
}

/** Without a required tax id, the customer says whether a business buys. */
function isBusiness(
  form: URLSearchParams,
  { object: { tax_id_collection: asked } }: StoredSession,
): boolean {
  if (!asked?.enabled) return false;
  return asked.required === "if_supported" || form.has("business");
}

function readTaxId(form: URLSearchParams, stored: StoredSession) {
  return isBusiness(form, stored) ? enteredTaxId(form) : null;
}

function checkMethod(form: URLSearchParams, stored: StoredSession) {
  if (!byBank(form, stored)) return checkCard(readCard(form));
  const errors: FormState["errors"] = {};
  if (valueOf(form, "routing") !== ROUTING) {
    errors["routing"] = `Only the test routing number ${ROUTING} works here.`;
  }
  if (findAccount(form) === undefined) {
    errors["account"] = "Only the test account numbers below work here.";
  }
  return errors;
}

function checkPayer(form: URLSearchParams): FormState["errors"] {
  const errors: FormState["errors"] = {};
  const name = valueOf(form, "name");
  if (name === "") errors["name"] = "Enter the name on the card or account.";
  if (name.length > 256) errors["name"] = "Use 256 characters at most.";
  return { ...errors, ...checkCountry(form) };
}

function checkCountry(form: URLSearchParams): FormState["errors"] {
  if (COUNTRIES.includes(valueOf(form, "country"))) return {};
  return { country: "Choose a country from the list." };
}

/**
 * Reads a form that {@linkcode checkForm} found valid.
 *
 * @throws {ApiError} 402 for a card that Stripe would refuse to create.
 */
export async function readForm(
  context: Context,
  form: URLSearchParams,
  { saved, stored }: Offer,
): Promise<PaymentInput> {
  const payer = {
    email: knownEmail(stored) ?? valueOf(form, "email"),
    name: valueOf(form, "name"),
    country: valueOf(form, "country"),
    ...collectedBy(form, stored),
  };
  if (!asksForMethod(stored)) return { payer, by: "nothing" };
  const chosen = chosenCard(form, saved);
  if (chosen) {
    const card = { ...chosen, saved: true };
    // The card has its own billing details.
    const { enabled } = stored.object.automatic_tax;
    const country = enabled ? payer.country : "";
    const unchanged = { ...payer, name: "", country };
    return { payer: unchanged, by: "card", card, save: false };
  }
  const account = findAccount(form);
  if (byBank(form, stored) && account) return { payer, by: "bank", account };
  const method = await newMethod(context, readCard(form));
  const card = { ...withBillingDetails(method, payer), saved: false };
  return {
    payer,
    by: "card",
    card,
    save: form.has("save") && offersSave(stored),
  };
}

function collectedBy(
  form: URLSearchParams,
  stored: StoredSession,
): Partial<Payer> {
  const asked = namesAsked(stored, isBusiness(form, stored));
  const valueIf = (wanted: string) =>
    asked.some(({ name }) => name === wanted) ? valueOf(form, wanted) : "";
  const taxId = readTaxId(form, stored);
  return {
    businessName: valueIf("business_name"),
    individualName: valueIf("individual_name"),
    ...(taxId && { taxId }),
  };
}

function withBillingDetails(method: NewMethod, payer: Payer): NewMethod {
  const { billing_details: details } = method.object;
  const billing_details = {
    ...details,
    address: details.address && { ...details.address, country: payer.country },
    email: payer.email,
  };
  return { ...method, object: { ...method.object, billing_details } };
}

/** The details in a form that determine the tax; a malformed tax id does not. */
export function taxDetails(
  form: URLSearchParams,
  stored: StoredSession,
): Pick<Payer, "country" | "taxId"> {
  const taxId = readTaxId(form, stored);
  return {
    country: checkCountry(form)["country"] ? "" : valueOf(form, "country"),
    ...(taxId && isTaxId(taxId) && { taxId }),
  };
}

/** The payment of a form that needs no bank page. */
export function paymentOf(
  input: PaymentInput & { by: "card" | "nothing" },
): Payment {
  const { payer } = input;
  const card = input.by === "card" ? input : { card: null, save: false };
  return { payer, card: card.card, save: card.save, authenticated: false };
}

function chosenCard(form: URLSearchParams, saved: Offer["saved"]) {
  return saved.find(({ object }) => object.id === valueOf(form, "method"));
}

/** Whether the page offers to save a new card. */
export function offersSave(
  { object: { saved_payment_method_options: options } }: StoredSession,
): boolean {
  return options?.payment_method_save === "enabled";
}

/** The customer's email address if it is known and therefore not asked for. */
export function knownEmail({ object }: StoredSession): string | null {
  return object.customer_details?.email ?? object.customer_email;
}

function byBank(form: URLSearchParams, { object }: StoredSession): boolean {
  const types = object.payment_method_types;
  if (!types.includes("card")) return true;
  return types.includes("us_bank_account") &&
    valueOf(form, "method") === "bank";
}

function findAccount(form: URLSearchParams): TestAccount | undefined {
  const number = valueOf(form, "account");
  return TEST_ACCOUNTS.find((known) => known.number === number);
}
