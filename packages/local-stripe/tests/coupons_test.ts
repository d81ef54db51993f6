import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { customer } from "./portal_customer.ts";
import { checkoutOf, eventsOf, PAYER, shop } from "./checkout_products.ts";
import { failureOf, type StandIn, withStripe } from "./local_stripe.ts";

type Create = Stripe.Checkout.SessionCreateParams;

/** A session for a $10.00 pack, with a coupon of the given terms. */
async function sessionWith(
  standIn: StandIn,
  terms: Stripe.CouponCreateParams,
  more: Create = {},
) {
  const { stripe } = standIn;
  const { pack } = await shop(standIn);
  const { id: coupon } = await stripe.coupons.create(terms);
  const params = checkoutOf("payment", pack, {
    discounts: [{ coupon }],
    ...more,
  });
  const session = await stripe.checkout.sessions.create(params);
  return { coupon, params, session };
}

Deno.test("a coupon has the parameters it was created with", () =>
  withStripe(async ({ stripe }) => {
    const made = await stripe.coupons.create({ id: "ALL", percent_off: 12.5 });
    assertEquals([made.id, made.object, made.duration], [
      "ALL",
      "coupon",
      "once",
    ]);
    assertEquals([made.percent_off, made.amount_off, made.currency], [
      12.5,
      null,
      null,
    ]);
    assertEquals([made.times_redeemed, made.valid], [0, true]);
    const read = await stripe.coupons.retrieve("ALL");
    assertEquals(JSON.stringify(read), JSON.stringify(made));
    const random = await stripe.coupons.create({
      amount_off: 300,
      currency: "EUR",
    });
    assertEquals([random.id.length, random.currency], [8, "eur"]);
  }));

Deno.test("invalid coupon parameters are refused", () =>
  withStripe(async ({ stripe, clock }) => {
    await stripe.coupons.create({ id: "ALL", percent_off: 100 });
    const refused: Stripe.CouponCreateParams[] = [
      {},
      { percent_off: 10, amount_off: 10, currency: "usd" },
      { percent_off: 0 },
      { percent_off: 100.5 },
      { amount_off: 10 },
      { percent_off: 10, duration: "repeating" },
      { percent_off: 10, duration_in_months: 3 },
      { percent_off: 10, redeem_by: clock.nowMs / 1_000 },
      { percent_off: 10, id: "ALL" },
    ];
    for (const params of refused) {
      const { statusCode } = await failureOf(stripe.coupons.create(params));
      assertEquals(statusCode, 400, JSON.stringify(params));
    }
    const missing = await failureOf(stripe.coupons.retrieve("NONE"));
    assertEquals(missing.statusCode, 404);
  }));

Deno.test("a 100% coupon leaves nothing to pay and needs no card", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn);
    const { coupon, session } = await sessionWith(
      standIn,
      { percent_off: 100 },
      { customer: id, invoice_creation: { enabled: true } },
    );
    assertEquals([session.amount_subtotal, session.amount_total], [1_000, 0]);
    assertEquals(session.total_details?.amount_discount, 1_000);
    assertEquals(session.discounts, [{ coupon, promotion_code: null }]);
    assertEquals([session.status, session.payment_status], [
      "open",
      "no_payment_required",
    ]);
    const page = await (await standIn.visit(session.url ?? "")).text();
    assert(page.includes("-$10.00"));
    assert(!page.includes("Card number"));
    assertEquals((await standIn.visit(session.url ?? "", {})).status, 303);
    const { stripe } = standIn;
    const done = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals([done.status, done.payment_status], [
      "complete",
      "no_payment_required",
    ]);
    assertEquals([done.customer, done.payment_intent], [id, null]);
    assertEquals((await stripe.coupons.retrieve(coupon)).times_redeemed, 1);
    const told = (await eventsOf(standIn)).map(({ type }) => type);
    assert(told.includes("checkout.session.completed"));
    assert(!told.includes("charge.succeeded"));
  }));

Deno.test("a free order creates a customer", () =>
  withStripe(async (standIn) => {
    const { session } = await sessionWith(standIn, { percent_off: 100 });
    const email = "ada@example.com";
    await standIn.visit(session.url ?? "", { email });
    const { stripe } = standIn;
    const done = await stripe.checkout.sessions.retrieve(session.id);
    const made = await stripe.customers.retrieve(String(done.customer));
    assert(!made.deleted);
    assertEquals(made.email, email);
  }));

Deno.test("a partial discount is spread over the lines", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { pack } = await shop(standIn);
    const other = await stripe.prices.create({
      currency: "usd",
      unit_amount: 333,
      product_data: { name: "Stickers" },
    });
    const { session } = await sessionWith(standIn, {
      amount_off: 500,
      currency: "usd",
    }, {
      line_items: [
        { price: pack, quantity: 1 },
        { price: other.id, quantity: 1 },
      ],
    });
    assertEquals(session.amount_total, 833);
    const { data } = await stripe.checkout.sessions.listLineItems(session.id);
    assertEquals(
      data.map((line) => [line.amount_discount, line.amount_total]),
      [[375, 625], [125, 208]],
    );
    await standIn.visit(session.url ?? "", PAYER);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ["payment_intent"],
    });
    assertEquals(done.payment_status, "paid");
    assert(typeof done.payment_intent === "object");
    assertEquals(done.payment_intent?.amount_received, 833);
  }));

Deno.test("a used up, expired or other-currency coupon is refused", () =>
  withStripe(async (standIn) => {
    const { stripe, clock } = standIn;
    const nowSec = clock.nowMs / 1_000;
    const terms = { percent_off: 100, max_redemptions: 1 };
    const { coupon, params, session } = await sessionWith(standIn, terms);
    const again = () => stripe.checkout.sessions.create(params);
    await standIn.visit(session.url ?? "", { email: "ada@example.com" });
    assertEquals((await failureOf(again())).code, "coupon_expired");
    assertEquals((await stripe.coupons.retrieve(coupon)).valid, false);
    const soon = { percent_off: 1, redeem_by: nowSec + 60 };
    const { params: late } = await sessionWith(standIn, soon);
    clock.nowMs += 60_000;
    const over = await failureOf(stripe.checkout.sessions.create(late));
    assertEquals([over.code, over.param], [
      "coupon_expired",
      "discounts[0][coupon]",
    ]);
    const euros = { amount_off: 1, currency: "eur" };
    const other = await failureOf(sessionWith(standIn, euros));
    assertEquals(other.statusCode, 400);
    const unknown = { discounts: [{ coupon: "NONE" }] };
    const none = await failureOf(
      sessionWith(standIn, { percent_off: 1 }, unknown),
    );
    assertEquals(none.code, "resource_missing");
    const both = await failureOf(
      sessionWith(standIn, { percent_off: 1 }, { allow_promotion_codes: true }),
    );
    assertEquals(both.code, "parameters_exclusive");
  }));
