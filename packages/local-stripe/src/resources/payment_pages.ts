import { readSession } from "../checkout/session_expiry.ts";
import {
  type Card,
  type Payment,
  payWithCard,
} from "../checkout/card_payment.ts";
import { presentSession, type StoredSession } from "../checkout/session.ts";
import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { PAYMENT_METHOD, readParam } from "../store/schema.ts";
import { integer, required, text } from "../api/params.ts";

// What the hosted page of a Checkout session asks Stripe for. Nobody documents it, but Stripe's own
// command line pays with it, in place of somebody who fills in the page.

export const retrievePaymentPage = endpoint({
  returns: "checkout.session",
  params: {},
  async run(context, _params, ids) {
    return presentSession(context, await requireSession(context, onlyId(ids)));
  },
});

export const confirmPaymentPage = endpoint({
  returns: "checkout.session",
  params: { expected_amount: integer(0), payment_method: required(text(255)) },
  async run(context, params, ids) {
    const id = onlyId(ids);
    const { object } = await requireSession(context, id);
    const { expected_amount: expected = object.amount_total } = params;
    if (expected !== object.amount_total) throw otherAmount();
    const payment = await paymentBy(context, params.payment_method);
    if (await payWithCard(context, id, payment) === "closed") throw isOver();
    return presentSession(context, await requireSession(context, id));
  },
});

async function requireSession(
  context: Context,
  id: string,
): Promise<StoredSession> {
  const stored = await readSession(context, id);
  if (stored === null) throw noSuchPath("payment_page", id);
  return stored;
}

/** Who pays is whoever the card's billing details name. */
async function paymentBy(context: Context, id: string): Promise<Payment> {
  const named = { id, param: "payment_method" };
  const { object, extra } = await readParam(context, PAYMENT_METHOD, named);
  const { address, email, name } = object.billing_details;
  const card: Card = { object, extra, saved: true };
  const payer = {
    email: email ?? "",
    name: name ?? "",
    country: address?.country ?? "",
  };
  return { payer, card, authenticated: false };
}

function otherAmount() {
  return invalidRequest(
    "The expected amount is not what this Checkout Session charges.",
    { param: "expected_amount" },
  );
}

function isOver() {
  return invalidRequest("This Checkout Session is no longer open.");
}
