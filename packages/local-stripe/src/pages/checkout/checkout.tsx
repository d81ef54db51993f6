import { chargeCard } from "../../billing/card_charge.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import { payWithCard, payWithDebit } from "../../checkout/card_payment.ts";
import {
  CHECKOUT_SESSION,
  type Pending,
} from "../../store/checkout_session.ts";
import { applyCode, setRedemption } from "../../checkout/promotion.ts";
import { applyTax } from "../../checkout/session_tax.ts";
import { readSession, recoverSession } from "../../checkout/session_expiry.ts";
import { type Context, pagesPath } from "../../context.ts";
import { chooseLocale } from "../../money.ts";
import { gather } from "../../api/pagination.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  type StoredPaymentMethod,
} from "../../store/schema.ts";
import { AUTHENTICATION_FAILED } from "../bank_page.tsx";
import { fieldErrors } from "../card_entry.ts";
import { type FormState, valueOf } from "../forms.tsx";
import { seeOther } from "../responses.ts";
import { findLinkedId } from "../secret_link.ts";
import { orderCopy } from "./checkout_copy.ts";
import {
  checkForm,
  keptValues,
  type PaymentInput,
  paymentOf,
  readForm,
  taxDetails,
} from "./checkout_form.ts";
import {
  type Checkout,
  pendingCard,
  showBank,
  showClosed,
  showForm,
  successUrl,
} from "./checkout_views.tsx";

/** How long the redirect after a payment waits for the webhook events to arrive. */
const DELIVERY_TIMEOUT_MS = 10_000;

const TOTAL_CHANGED =
  "Your total now includes the tax of your country. Review it, then pay.";
const MAX_SAVED = 10;

/** Opens a Checkout link; `null` for an unknown one. */
export async function openCheckout(
  context: Context,
  request: Request,
  link: { secret: string; deliverDue: Checkout["deliverDue"] },
): Promise<Checkout | null> {
  const id = await findLinkedId(context, "checkout_secret", link.secret);
  const stored = id && await readSession(context, id);
  if (!stored) return null;
  const languages = request.headers.get("accept-language");
  const locale = chooseLocale(stored.object.locale, languages);
  return {
    context,
    stored,
    base: `${pagesPath(context)}/c/pay/${link.secret}`,
    order: await orderCopy(context, stored, locale),
    locale,
    saved: await savedCards(context, stored),
    deliverDue: link.deliverDue,
  };
}

/** The customer's saved cards that the session offers, the default first. */
async function savedCards(
  context: Context,
  { object }: Checkout["stored"],
): Promise<StoredPaymentMethod[]> {
  const filters = object.saved_payment_method_options?.allow_redisplay_filters;
  const customer = object.customer === null
    ? null
    : await context.store.get(CUSTOMER, object.customer);
  if (!customer || object.status !== "open") return [];
  const cards = await gather(context.store, {
    collection: PAYMENT_METHOD,
    list: ["payment_methods_by_customer", customer.object.id],
    wanted: MAX_SAVED,
    newestFirst: true,
    matches: ({ object }) => filters?.includes(object.allow_redisplay) ?? false,
  });
  const chosen = customer.object.invoice_settings.default_payment_method;
  const isDefault = ({ object: { id } }: StoredPaymentMethod) =>
    Number(id === chosen);
  return cards.sort((a, b) => isDefault(b) - isDefault(a));
}

/** Handles a session's pages and forms; `rest` is the path below the session's own. */
export async function handleCheckoutPage(
  checkout: Checkout,
  request: Request,
  { rest, form }: { rest: string; form: URLSearchParams },
): Promise<Response | null> {
  const { status } = checkout.stored.object;
  const posts = request.method === "POST";
  if (status === "expired" && posts && rest === "/recover") {
    return await recover(checkout);
  }
  if (status !== "open") return showClosed(checkout, posts);
  if (rest === "" && posts) return await pay(checkout, form);
  if (rest === "") return showForm(checkout, initialState(checkout));
  if (rest === "/promotion" && posts) return await setPromotion(checkout, form);
  if (rest === "/tax" && posts) return await showTax(checkout, form);
  if (rest !== "/verify") return null;
  return posts ? await verify(checkout, form) : await showBank(checkout);
}

/** The form with the contact details and the error of the latest attempt. */
function initialState({ stored }: Checkout): FormState {
  const { failure, pending } = stored.extra;
  const { email = "", name = "", country = "" } = pending?.payer ?? {};
  return {
    values: { email, name, country },
    errors: failure === null ? {} : { form: failure },
  };
}

async function setPromotion(
  checkout: Checkout,
  form: URLSearchParams,
): Promise<Response> {
  const { base, context, stored } = checkout;
  if (!stored.object.allow_promotion_codes) return seeOther(base);
  if (form.has("remove")) {
    await setRedemption(context, stored.object.id, null);
    return seeOther(base);
  }
  const code = valueOf(form, "code");
  const message = code === ""
    ? "Enter a promotion code."
    : await applyCode(context, stored, code);
  if (message === null) return seeOther(base);
  const state = { values: { code }, errors: { code: message } };
  return showForm(checkout, initialState(checkout), state);
}

async function showTax(
  checkout: Checkout,
  form: URLSearchParams,
): Promise<Response> {
  const { context, stored } = checkout;
  const taxed = await applyTax(context, stored, taxDetails(form, stored));
  const state = { values: keptValues(form), errors: {} };
  return showForm(await repriced(checkout, taxed), state);
}

async function repriced(
  checkout: Checkout,
  stored: Checkout["stored"],
): Promise<Checkout> {
  const { context, locale } = checkout;
  return {
    ...checkout,
    stored,
    order: await orderCopy(context, stored, locale),
  };
}

async function pay(
  checkout: Checkout,
  form: URLSearchParams,
): Promise<Response> {
  const { context } = checkout;
  const values = keptValues(form);
  const errors = checkForm(form, checkout);
  if (Object.keys(errors).length > 0) {
    return showForm(checkout, { values, errors });
  }
  try {
    const input = await readForm(context, form, checkout);
    const taxed = await applyTax(context, checkout.stored, input.payer);
    const shown = form.get("shown_total");
    if (shown !== null && Number(shown) !== taxed.object.amount_total) {
      const changed = { values, errors: { form: TOTAL_CHANGED } };
      return showForm(await repriced(checkout, taxed), changed);
    }
    return await payWith(checkout, input);
  } catch (error) {
    return showForm(checkout, { values, errors: fieldErrors(error) });
  }
}

async function payWith(
  checkout: Checkout,
  input: PaymentInput,
): Promise<Response> {
  const { context, stored } = checkout;
  const { id } = stored.object;
  if (input.by === "bank") {
    const { payer, account: { settles: answer } } = input;
    await payWithDebit(context, id, { payer, answer });
    return await redirectAfterPayment(checkout);
  }
  if (input.by === "card") {
    const { extra } = input.card;
    const decline = declineOf(findTestCard(extra.number));
    if (decline !== null) throw decline;
    if (chargeCard(extra).result === "requires_action") {
      await storePending(checkout, input);
      return seeOther(`${checkout.base}/verify`);
    }
  }
  await payWithCard(context, id, paymentOf(input));
  return await redirectAfterPayment(checkout);
}

/** Stores the card, without a customer, until its bank has authenticated the cardholder. */
async function storePending(
  { context, stored }: Checkout,
  { card, payer, save }: Extract<PaymentInput, { by: "card" }>,
): Promise<void> {
  const { object, extra } = card;
  await context.store.untilWritten(async (writes) => {
    const current = await context.store.get(CHECKOUT_SESSION, stored.object.id);
    if (current?.object.status !== "open") return;
    const createdMs = context.now();
    if (!card.saved) {
      writes.insert(PAYMENT_METHOD, { object, extra, createdMs });
    }
    const pending: Pending = { method: object.id, payer, save };
    writes.replace(CHECKOUT_SESSION, current, {
      extra: { ...current.extra, pending, failure: null },
    });
  });
}

async function verify(
  checkout: Checkout,
  form: URLSearchParams,
): Promise<Response> {
  const { context, stored } = checkout;
  const { pending } = stored.extra;
  const card = pending && await pendingCard(context, pending);
  if (!pending || card === null) return seeOther(checkout.base);
  if (form.get("outcome") !== "complete") {
    return await redirectWithFailure(checkout, AUTHENTICATION_FAILED);
  }
  try {
    const { payer, save } = pending;
    const payment = { payer, card, save, authenticated: true };
    await payWithCard(context, stored.object.id, payment);
    return await redirectAfterPayment(checkout);
  } catch (error) {
    const [message = ""] = Object.values(fieldErrors(error));
    return await redirectWithFailure(checkout, message);
  }
}

/** Redirects to the form, which then shows the failure. */
async function redirectWithFailure(
  { base, context, stored }: Checkout,
  failure: string,
): Promise<Response> {
  await context.store.update(
    CHECKOUT_SESSION,
    stored.object.id,
    ({ extra }) => ({ extra: { ...extra, failure } }),
  );
  return seeOther(base);
}

/** Redirects to the success URL once the webhook events have been delivered. */
async function redirectAfterPayment(checkout: Checkout): Promise<Response> {
  const { context, stored } = checkout;
  const current = await readSession(context, stored.object.id) ?? stored;
  if (current.object.status !== "complete") return seeOther(checkout.base);
  await checkout.deliverDue(DELIVERY_TIMEOUT_MS);
  return seeOther(successUrl(current));
}

async function recover(checkout: Checkout): Promise<Response> {
  const url = await recoverSession(checkout.context, checkout.stored);
  return url === null ? showClosed(checkout, true) : seeOther(url);
}
