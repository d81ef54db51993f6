import { applyTax } from "../checkout/session_tax.ts";
import { readSession } from "../checkout/session_expiry.ts";
import {
  type Card,
  type Payment,
  payWithCard,
} from "../checkout/card_payment.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "../store/checkout_session.ts";
import type { Context } from "../context.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { PAYMENT_METHOD, readParam } from "../store/schema.ts";
import * as p from "../api/params.ts";
import type { Resource } from "../api/resource.ts";

/**
 * The API behind the hosted page of a Checkout session. Stripe does not document it, but the Stripe
 * CLI pays through it when a fixture completes a session.
 */
export const paymentPages: Resource = {
  routes: {
    "GET /v1/payment_pages/*": endpoint({
      returns: CHECKOUT_SESSION.name,
      run: async (context, _params, id) =>
        presentSession(context, await requireSession(context, id)),
    }),
    "POST /v1/payment_pages/*/confirm": endpoint({
      returns: CHECKOUT_SESSION.name,
      params: {
        expected_amount: p.integer(0),
        payment_method: p.required(p.text(255)),
      },
      async run(context, params, id) {
        const payment = await paymentBy(context, params.payment_method);
        const stored = await requireSession(context, id);
        const { object } = await applyTax(context, stored, payment.payer);
        const { expected_amount: expected = object.amount_total } = params;
        if (expected !== object.amount_total) {
          throw invalidRequest(
            "The expected amount is not what this Checkout Session charges.",
            { param: "expected_amount" },
          );
        }
        if (await payWithCard(context, id, payment) === "closed") {
          throw invalidRequest("This Checkout Session is no longer open.");
        }
        return presentSession(context, await requireSession(context, id));
      },
    }),
  },
  types: {},
};

async function requireSession(
  context: Context,
  id: string,
): Promise<StoredSession> {
  const stored = await readSession(context, id);
  if (stored === null) throw noSuchPath("payment_page", id);
  return stored;
}

/** The payer comes from the billing details of the card. */
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
  return { payer, card, authenticated: false, save: false };
}
