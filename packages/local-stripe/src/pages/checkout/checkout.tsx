import { payWithDebit } from "../../checkout/bank_debits.ts";
import { readSession } from "../../checkout/session_expiry.ts";
import { payWithCard } from "../../checkout/card_payment.ts";
import { recoverSession } from "../../checkout/session_recovery.ts";
import { CHECKOUT_SESSION, type Pending } from "../../checkout/session.ts";
import type { Context } from "../../context.ts";
import { sha256 } from "../../store/ids.ts";
import { PAYMENT_METHOD } from "../../store/schema.ts";
import { declineOf, findTestCard } from "../../billing/test_cards.ts";
import { refusalOf } from "../card_entry.ts";
import { seeOther } from "../html.ts";
import { chooseLocale } from "../../money.ts";
import { pagesPath } from "../portal/portal_session.ts";
import {
  checkTyped,
  keptValues,
  paymentOf,
  readTyped,
  type Typed,
} from "./checkout_form.ts";
import {
  type Checkout,
  pendingCard,
  showBank,
  showClosed,
  showForm,
  successUrl,
} from "./checkout_views.tsx";
import { orderCopy } from "./checkout_copy.ts";
import type { FormState } from "../form_state.ts";

/** How long a success waits for whoever has to hear of it. */
const WAIT_MS = 10_000;
const AUTHENTICATION_FAILED =
  "Your bank did not confirm that it is you. Try again, or use another card.";

/** Opens a Checkout link; `null` for one that never was. */
export async function openCheckout(
  context: Context,
  request: Request,
  of: { secret: string; deliverDue: Checkout["deliverDue"] },
): Promise<Checkout | null> {
  const digest = await sha256(of.secret);
  const pointer = await context.store.read<string>([
    "checkout_secret",
    digest,
  ]);
  const stored = pointer.value && await readSession(context, pointer.value);
  if (!stored) return null;
  const accepts = request.headers.get("accept-language");
  const locale = chooseLocale(stored.object.locale, accepts);
  return {
    context,
    stored,
    base: `${pagesPath(context)}/c/pay/${of.secret}`,
    locale,
    order: await orderCopy(context, stored, locale),
    deliverDue: of.deliverDue,
  };
}

/** Answers one of a session's pages or forms; `rest` is the path behind the session's own. */
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
  if (rest === "") return showForm(checkout, stateOf(checkout));
  if (rest !== "/verify") return null;
  return posts ? await verify(checkout, form) : await showBank(checkout);
}

function stateOf({ stored }: Checkout): FormState {
  const { failure, pending } = stored.extra;
  const { email = "", name = "", country = "" } = pending?.payer ?? {};
  return {
    values: { email, name, country },
    errors: failure === null ? {} : { form: failure },
  };
}

async function pay(
  checkout: Checkout,
  form: URLSearchParams,
): Promise<Response> {
  const { context, stored } = checkout;
  const values = keptValues(form);
  const errors = checkTyped(form, stored);
  if (Object.keys(errors).length > 0) {
    return showForm(checkout, { values, errors });
  }
  try {
    return await settleWith(checkout, await readTyped(context, form, stored));
  } catch (error) {
    return showForm(checkout, { values, errors: refusalOf(error) });
  }
}

async function settleWith(
  checkout: Checkout,
  typed: Typed,
): Promise<Response> {
  const { context, stored } = checkout;
  const { id } = stored.object;
  if (typed.by === "bank") {
    const { payer, account: { settles: answer } } = typed;
    await payWithDebit(context, id, { payer, answer });
    return await onward(checkout);
  }
  if (typed.by === "card") {
    const card = findTestCard(typed.method.extra.number);
    const decline = declineOf(card);
    if (decline !== null) throw decline;
    if (card.asksToConfirm) {
      await askBank(checkout, typed);
      return seeOther(`${checkout.base}/verify`);
    }
  }
  await payWithCard(context, id, paymentOf(typed));
  return await onward(checkout);
}

/** The card waits, nobody's, for its bank's page. */
async function askBank(
  { context, stored }: Checkout,
  { method, payer }: Extract<Typed, { by: "card" }>,
): Promise<void> {
  const { object, extra } = method;
  await context.store.untilWritten(async (writes) => {
    const current = await context.store.get(CHECKOUT_SESSION, stored.object.id);
    if (current?.object.status !== "open") return;
    const createdMs = context.now();
    writes.insert(PAYMENT_METHOD, { object, extra, createdMs });
    const pending: Pending = { method: object.id, payer };
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
    return await sendBack(checkout, AUTHENTICATION_FAILED);
  }
  try {
    const { payer } = pending;
    const payment = { payer, card, authenticated: true };
    await payWithCard(context, stored.object.id, payment);
    return await onward(checkout);
  } catch (error) {
    const [words = ""] = Object.values(refusalOf(error));
    return await sendBack(checkout, words);
  }
}

// The next look at the form says what went wrong; the card has to be typed again.
async function sendBack(
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

/** On to the app, once whoever listens for the completed session has heard of it. */
async function onward(checkout: Checkout): Promise<Response> {
  const { context, stored } = checkout;
  const now = await readSession(context, stored.object.id) ?? stored;
  if (now.object.status !== "complete") return seeOther(checkout.base);
  await checkout.deliverDue(WAIT_MS);
  return seeOther(successUrl(now));
}

async function recover(checkout: Checkout): Promise<Response> {
  const url = await recoverSession(checkout.context, checkout.stored);
  return url === null ? showClosed(checkout, true) : seeOther(url);
}
