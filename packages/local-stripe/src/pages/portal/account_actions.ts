import { withCustomer } from "../../billing/subscription_actions.ts";
import { changeCustomer } from "../../resources/customers.ts";
import {
  attachTo,
  detach,
  readAttached,
} from "../../resources/payment_method_attachment.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import { ApiError } from "../../api/errors.ts";
import { PAYMENT_METHOD, SUBSCRIPTION } from "../../store/schema.ts";
import { email as emailReader } from "../../api/params.ts";
import {
  cardMethodOf,
  checkTypedCard,
  readTypedCard,
  refusalOf,
  type TypedCard,
  valueOf,
} from "../card_entry.ts";
import { COUNTRIES } from "../countries.ts";
import { payOpen } from "./plan_actions.ts";
import { readPlans } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";
import type { FormState } from "../form_state.ts";

/** What a form led to: `null` when it worked, otherwise the form again with what is wrong. */
export type Outcome = FormState | null;

/** Saves a card and makes it the one that is charged first. */
export async function addCard(
  portal: PortalSession,
  form: URLSearchParams,
): Promise<Outcome> {
  const typed = readTypedCard(form);
  // The number and the code are not sent back to the page.
  const values = { expiry: typed.expiry, name: typed.name };
  const errors = checkTypedCard(typed);
  if (Object.keys(errors).length > 0) return { values, errors };
  try {
    await saveCard(portal, typed);
    return null;
  } catch (error) {
    return { values, errors: refusalOf(error) };
  }
}

async function saveCard(
  portal: PortalSession,
  typed: TypedCard,
): Promise<void> {
  const { context, customer } = portal;
  const { object, extra } = await cardMethodOf(context, typed);
  const card = findTestCard(extra.number);
  const decline = declineOf(card);
  if (decline !== null) throw decline;
  if (card.asksToConfirm) throw asksToConfirm();
  const { store } = context;
  await store.insert(PAYMENT_METHOD, {
    object,
    extra,
    createdMs: context.now(),
  });
  await store.untilWritten((writes) =>
    attachTo(context, { id: object.id, customer: customer.id }, writes)
  );
  await chargeFirst(portal, object.id);
}

// A running subscription that names a card of its own would go on with that one.
async function chargeFirst(
  { context, customer }: PortalSession,
  method: string,
): Promise<void> {
  await changeCustomer(context, customer.id, {
    invoice_settings: { default_payment_method: method },
  });
  await withCustomer(context, customer.id, async (transaction) => {
    const list = ["subscriptions_live_by_customer", customer.id];
    for (
      const { object: before } of await transaction.all(SUBSCRIPTION, list)
    ) {
      if (before.default_payment_method === null) continue;
      const after = { ...before, default_payment_method: method };
      transaction.change(SUBSCRIPTION, after);
      transaction.emitUpdate("customer.subscription.updated", before, after);
    }
  });
}

/**
 * Tries again to collect what the customer's plans wait for, now that there is another card.
 *
 * @returns The word for what has been done.
 */
export async function retryOpen(portal: PortalSession): Promise<string> {
  const plans = await readPlans(portal);
  const open = plans.flatMap(({ unpaid }) => unpaid === null ? [] : [unpaid]);
  if (open.length === 0) return "card";
  for (const { id } of open) {
    const { is } = await payOpen(portal, id, { authenticated: false });
    if (is !== "done") return "card-unpaid";
  }
  return "card-paid";
}

function asksToConfirm(): ApiError {
  return new ApiError(402, {
    type: "card_error",
    code: "authentication_required",
    message:
      "This card's bank asks for confirmation, a page that the local stand-in does not have. Use another test card.",
    param: "card[number]",
  });
}

/** Makes one of the customer's cards the default; another's is left alone. */
export async function makeDefault(
  portal: PortalSession,
  method: string,
): Promise<boolean> {
  const { context, customer } = portal;
  if (await readAttached(context, method, customer.id) === null) return false;
  await chargeFirst(portal, method);
  return true;
}

/** Removes one of the customer's cards; another's is left alone. */
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

/** What the details form begins with. */
export function currentDetails(portal: PortalSession): Record<string, string> {
  const { address, name, email, phone } = portal.customer;
  const parts = ADDRESS.map((part) => [part, address?.[part] ?? ""]);
  return {
    ...Object.fromEntries(parts),
    name: name ?? "",
    email: email ?? "",
    phone: phone ?? "",
  };
}

/** Changes what the configuration lets a customer change, and nothing else. */
export async function changeDetails(
  portal: PortalSession,
  form: URLSearchParams,
): Promise<Outcome> {
  const allowed = portal.configuration.features.customer_update.allowed_updates;
  const names = ["name", "email", "phone"].filter((name) =>
    allowed.includes(name)
  );
  const address = allowed.includes("address") ? [...ADDRESS] : [];
  const values = Object.fromEntries(
    [...names, ...address].map((name) => [name, valueOf(form, name)]),
  );
  const errors = checkDetails(values);
  if (Object.keys(errors).length > 0) return { values, errors };
  const orNull = (name: string) =>
    values[name] === "" ? null : values[name] ?? null;
  const parts = Object.fromEntries(address.map((part) => [part, orNull(part)]));
  const isEmpty = address.every((part) => parts[part] === null);
  await changeCustomer(portal.context, portal.customer.id, {
    ...Object.fromEntries(names.map((name) => [name, orNull(name)])),
    ...(address.length > 0 && { address: isEmpty ? null : parts }),
  });
  return null;
}

const LONGEST: Record<string, number> = { name: 256, phone: 20 };

function checkDetails(values: Record<string, string>): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const longest = LONGEST[name] ?? 500;
    if (value.length > longest) {
      errors[name] = `Use ${longest} characters at most.`;
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

function isEmail(value: string): boolean {
  try {
    return emailReader.read(value, "email") === value;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
