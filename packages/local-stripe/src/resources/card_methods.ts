import type Stripe from "stripe";
import { type Context, nowSec } from "../context.ts";
import { missingParam, noSuchParam } from "../api/errors.ts";
import { longId, sha256 } from "../store/ids.ts";
import type { PaymentMethodExtra } from "../store/schema.ts";
import { fields, integer, missing, text } from "../api/params.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import {
  checkCardDetails,
  findTestCard,
  TEST_CARDS,
  type TestCard,
} from "../billing/test_cards.ts";

/** The parameters of `card`: a number that was typed, or a token that stands for a test card. */
export const CARD = fields({
  cvc: text(4),
  exp_month: integer(),
  exp_year: integer(),
  networks: missing,
  number: text(30),
  token: text(255),
});
export type CardParams = ReturnType<typeof CARD.read>;

/** A payment method that is nobody's yet. */
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
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
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

/** What a payment method has for an address before there is one. */
export function emptyAddress(): Stripe.Address {
  return {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  };
}
