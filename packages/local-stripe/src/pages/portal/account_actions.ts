import { ApiError } from "../../api/errors.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import { changeCustomer } from "../../resources/customers.ts";
import {
  attachTo,
  detach,
  readAttached,
  replaceDefaults,
} from "../../resources/payment_method_attachment.ts";
import { addTaxId, listTaxIds, removeTaxId } from "../../resources/tax_ids.ts";
import {
  isTaxId,
  TAX_ID_TYPES,
  type TaxIdTerms,
} from "../../billing/tax_ids.ts";
import { enteredTaxId } from "../tax_id_fields.tsx";
import { PAYMENT_METHOD } from "../../store/schema.ts";
import {
  checkCard,
  type EnteredCard,
  fieldErrors,
  isEmail,
  newMethod,
  readCard,
} from "../card_entry.ts";
import { COUNTRIES } from "../countries.ts";
import { type FormState, valueOf } from "../forms.tsx";
import { payOpenInvoice } from "./plan_actions.ts";
import { readPlans } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

/** The result of a form: the key of a notice, or the form with its errors. */
export type FormResult = { done: string } | FormState;

/** Saves a card. As the default, it then pays the open invoices of the customer's plans. */
export async function addCard(
  portal: PortalSession,
  form: URLSearchParams,
): Promise<FormResult> {
  const card = readCard(form);
  const { customer } = portal;
  const isDefault = form.get("default") !== "no" ||
    customer.invoice_settings.default_payment_method === null;
  const values = { expiry: card.expiry, name: card.name };
  const errors = checkCard(card);
  if (Object.keys(errors).length > 0) return { values, errors };
  try {
    const method = await saveCard(portal, card);
    if (!isDefault) return { done: "card" };
    await setDefault(portal, method);
  } catch (error) {
    return { values, errors: fieldErrors(error) };
  }
  return { done: await payOpenInvoices(portal) };
}

async function saveCard(
  portal: PortalSession,
  entered: EnteredCard,
): Promise<string> {
  const { context, customer } = portal;
  const { object, extra } = await newMethod(context, entered);
  const card = findTestCard(extra.number);
  const decline = declineOf(card);
  if (decline !== null) throw decline;
  if (card.asksToConfirm) throw authenticationRequired();
  const { store } = context;
  const createdMs = context.now();
  await store.insert(PAYMENT_METHOD, { object, extra, createdMs });
  await store.untilWritten((writes) =>
    attachTo(context, { id: object.id, customer: customer.id }, writes)
  );
  return object.id;
}

/** Makes a card the default of the customer and of subscriptions that have their own default. */
async function setDefault(
  { context, customer }: PortalSession,
  method: string,
): Promise<void> {
  await changeCustomer(context, customer.id, {
    invoice_settings: { default_payment_method: method },
  });
  await replaceDefaults(context, customer.id, { to: method });
}

async function payOpenInvoices(portal: PortalSession): Promise<string> {
  const plans = await readPlans(portal);
  const open = plans.flatMap(({ unpaid }) => unpaid === null ? [] : [unpaid]);
  if (open.length === 0) return "card";
  for (const { id } of open) {
    const { is } = await payOpenInvoice(portal, id, { authenticated: false });
    if (is !== "done") return "card-unpaid";
  }
  return "card-paid";
}

function authenticationRequired(): ApiError {
  return new ApiError(402, {
    type: "card_error",
    code: "authentication_required",
    message:
      "This card requires authentication, which the local stand-in does not support here. Use another test card.",
    param: "card[number]",
  });
}

/** Makes a card the default. @returns Whether the card is one of the customer's. */
export async function makeDefault(
  portal: PortalSession,
  method: string,
): Promise<boolean> {
  const { context, customer } = portal;
  if (await readAttached(context, method, customer.id) === null) return false;
  await setDefault(portal, method);
  return true;
}

/** Detaches a card. @returns Whether the card is one of the customer's. */
export async function removeCard(
  portal: PortalSession,
  method: string,
): Promise<boolean> {
  const { context, customer } = portal;
  if (await readAttached(context, method, customer.id) === null) return false;
  await detach(context, method);
  return true;
}

const ADDRESS = [
  "line1",
  "line2",
  "city",
  "state",
  "postal_code",
  "country",
] as const;

/** The details form with the customer's current details. */
export async function currentDetails(
  portal: PortalSession,
): Promise<FormState> {
  const { data: [taxId] } = await listTaxIds(
    portal.context,
    portal.customer.id,
  );
  const { address, business_name, name, email, phone } = portal.customer;
  const parts = ADDRESS.map((part) => [part, address?.[part] ?? ""]);
  const values = {
    ...Object.fromEntries(parts),
    business_name: business_name ?? "",
    name: name ?? "",
    email: email ?? "",
    phone: phone ?? "",
    tax_id_type: taxId?.type ?? "",
    tax_id: taxId?.value ?? "",
  };
  return { values, errors: {} };
}

/** Changes the billing details that the configuration lets a customer change. */
export async function changeDetails(
  portal: PortalSession,
  form: URLSearchParams,
): Promise<FormResult> {
  const allowed = portal.configuration.features.customer_update.allowed_updates;
  const names = ["name", "business_name", "email", "phone"].filter((name) =>
    allowed.includes(name.replace("business_", ""))
  );
  const address = allowed.includes("address") ? [...ADDRESS] : [];
  const values = Object.fromEntries(
    [...names, ...address].map((name) => [name, valueOf(form, name)]),
  );
  const changesTaxId = allowed.includes("tax_id") && form.has("tax_id");
  const taxId = changesTaxId ? enteredTaxId(form) : undefined;
  const errors = checkDetails(values);
  if (taxId && !isTaxId(taxId)) {
    errors["tax_id"] = `This is not a valid ${TAX_ID_TYPES[taxId.type].label}.`;
  }
  if (Object.keys(errors).length > 0) {
    const { type = "", value = "" } = taxId ?? {};
    const entered = { ...values, tax_id_type: type, tax_id: value };
    return { values: entered, errors };
  }
  const orNull = (name: string) =>
    values[name] === "" ? null : values[name] ?? null;
  const parts = Object.fromEntries(address.map((part) => [part, orNull(part)]));
  const isEmpty = address.every((part) => parts[part] === null);
  await changeCustomer(portal.context, portal.customer.id, {
    ...Object.fromEntries(names.map((name) => [name, orNull(name)])),
    ...(address.length > 0 && { address: isEmpty ? null : parts }),
  });
  if (taxId !== undefined) await replaceTaxId(portal, taxId);
  return { done: "details" };
}

/** Replaces the tax id that the form shows. */
async function replaceTaxId(
  { context, customer: { id } }: PortalSession,
  next: TaxIdTerms | null,
): Promise<void> {
  const { data: [shown] } = await listTaxIds(context, id);
  if (shown && shown.type === next?.type && shown.value === next.value) return;
  if (shown) await removeTaxId(context, id, shown.id);
  if (next) await addTaxId(context, id, next);
}

const MAX_LENGTHS: Record<string, number> = {
  business_name: 150,
  name: 256,
  phone: 20,
};

function checkDetails(values: Record<string, string>): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const maxLength = MAX_LENGTHS[name] ?? 500;
    if (value.length > maxLength) {
      errors[name] = `Use ${maxLength} characters at most.`;
    }
  }
  if (values["email"] !== undefined && !isEmail(values["email"])) {
    errors["email"] = "Enter an email address, such as billing@example.com.";
  }
  if (values["country"] && !COUNTRIES.includes(values["country"])) {
    errors["form"] = "Choose a country from the list.";
  }
  return errors;
}
