import type Stripe from "stripe";
import { type Context, nowSec } from "../context.ts";
import { missingParam, noSuchParam } from "../api/errors.ts";
import { longId, sha256 } from "../store/ids.ts";
import { nulls } from "../store/objects.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import * as p from "../api/params.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import {
  checkCardDetails,
  findTestCard,
  TEST_CARDS,
  type TestCard,
} from "../billing/test_cards.ts";

/** The parameter `card`: a card number, or a token of a test card. */
export const CARD = p.fields({
  cvc: p.text(4),
  exp_month: p.integer(),
  exp_year: p.integer(),
  number: p.text(30),
  token: p.text(255),
  ...p.gaps("networks"),
});
type CardParams = ReturnType<typeof CARD.read>;

/** Builds a card payment method that is not attached to a customer. */
export async function newCardMethod(
  context: Context,
  given: CardParams,
): Promise<{ object: ApiPaymentMethod; extra: PaymentMethodExtra }> {
  const { card, expMonth, expYear } = given.token === undefined
    ? typedCard(context, given)
    : tokenCard(context, given.token);
  return {
    object: await methodOf(context, {
      card,
      expMonth,
      expYear,
      cvc: given.cvc ?? given.token,
    }),
    extra: { number: card.number, spent: false },
  };
}

function typedCard(context: Context, given: CardParams) {
  const { number, exp_month: expMonth, exp_year: typedYear } = given;
  if (number === undefined) throw missingParam("card[number]");
  if (expMonth === undefined) throw missingParam("card[exp_month]");
  if (typedYear === undefined) throw missingParam("card[exp_year]");
  const card = findTestCard(number);
  const expYear = typedYear < 100 ? 2_000 + typedYear : typedYear;
  checkCardDetails(card, {
    expMonth,
    expYear,
    cvc: given.cvc,
    nowMs: context.now(),
  });
  return { card, expMonth, expYear };
}

function tokenCard(context: Context, token: string) {
  const name = token.replace(/^(tok|pm_card)_/, "");
  const card = TEST_CARDS.find((known) => known.names.includes(name));
  if (card === undefined) throw noSuchParam("token", token, "card[token]");
  const expYear = new Date(context.now()).getUTCFullYear() + 1;
  return { card, expMonth: new Date(context.now()).getUTCMonth() + 1, expYear };
}

async function methodOf(
  context: Context,
  made: {
    card: TestCard;
    expMonth: number;
    expYear: number;
    cvc: string | undefined;
  },
): Promise<ApiPaymentMethod> {
  const { card } = made;
  return {
    id: longId("pm"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: {
      address: emptyAddress(),
      ...nulls("email", "name", "phone", "tax_id"),
    },
    card: {
      brand: card.brand,
      checks: {
        ...nulls("address_line1_check", "address_postal_code_check"),
        cvc_check: made.cvc === undefined ? null : "unchecked",
      },
      country: card.country,
      display_brand: card.brand === "amex" ? "american_express" : card.brand,
      exp_month: made.expMonth,
      exp_year: made.expYear,
      fingerprint: (await sha256(`card ${card.number}`)).slice(0, 16),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: nowSec(context),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  };
}

/** The address of a payment method without one: Stripe sends its parts as null. */
export function emptyAddress(): Stripe.Address {
  return nulls("city", "country", "line1", "line2", "postal_code", "state");
}
