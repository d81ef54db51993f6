import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { type Billing, last, noon, withBilling } from "./billing_customer.ts";
import { checkoutOf, PAYER, shop } from "./checkout_products.ts";
import { failureOf, type StandIn, withStripe } from "./local_stripe.ts";

/** A promotion code for a coupon with the given terms. */
async function promote(
  { stripe }: StandIn,
  code: string,
  terms: Stripe.CouponCreateParams,
  restrictions: Stripe.PromotionCodeCreateParams.Restrictions = {},
) {
  const coupon = (await stripe.coupons.create(terms)).id;
  const { id } = await stripe.promotionCodes.create({
    code,
    promotion: { type: "coupon", coupon },
    restrictions,
  });
  return { coupon, id };
}

/** The amounts off the customer's invoices, oldest first. */
async function amountsOff({ invoices }: Billing): Promise<number[]> {
  return (await invoices()).map(({ total_discount_amounts: off }) =>
    (off ?? []).reduce((sum, { amount }) => sum + amount, 0)
  );
}

Deno.test("Checkout applies and removes a promotion code, and the subscription has its discount", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { month } = await shop(standIn);
    const terms = {
      percent_off: 20,
      duration: "repeating",
      duration_in_months: 2,
    } as const;
    const { coupon, id: code } = await promote(standIn, "FALL20", terms);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", month, { allow_promotion_codes: true }),
    );
    const url = String(session.url);
    const apply = (form: Record<string, string>) =>
      visit(`${url}/promotion`, form);
    assert((await (await visit(url)).text()).includes("Add promotion code"));
    const wrong = await apply({ code: "NOPE" });
    assertEquals(wrong.status, 422);
    assert((await wrong.text()).includes("This code is invalid."));
    assertEquals((await apply({ code: "" })).status, 422);

    assertEquals((await apply({ code: "fall20" })).status, 303);
    const page = await (await visit(url)).text();
    for (
      const text of [
        "FALL20",
        "20% off for 2 months",
        "-$5.80",
        "Remove FALL20",
        "then $29.00 per month",
      ]
    ) assert(page.includes(text), text);
    const applied = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ["discounts.promotion_code"],
    });
    assertEquals([applied.amount_subtotal, applied.amount_total], [
      2_900,
      2_320,
    ]);
    assertEquals(
      Object(applied.discounts?.[0]?.promotion_code).code,
      "FALL20",
    );

    assertEquals((await apply({ remove: "yes" })).status, 303);
    const removed = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals([removed.amount_total, removed.discounts], [2_900, []]);

    await apply({ code: "FALL20" });
    assertEquals((await visit(url, PAYER)).status, 303);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ["subscription.discounts", "invoice.discounts"],
    });
    const { discounts } = Object(done.subscription) as Stripe.Subscription;
    const [discount] = discounts as Stripe.Discount[];
    assertEquals([discount?.promotion_code, discount?.source.coupon], [
      code,
      coupon,
    ]);
    assertEquals(discount?.checkout_session, session.id);
    assertEquals(discount?.end, noon(1, 1, 2027));
    const invoice = Object(done.invoice) as Stripe.Invoice;
    assertEquals([invoice.subtotal, invoice.total, invoice.amount_paid], [
      2_900,
      2_320,
      2_320,
    ]);
    assertEquals(invoice.total_discount_amounts, [
      { amount: 580, discount: String(discount?.id) },
    ]);
    assertEquals(invoice.lines.data[0]?.discount_amounts, [
      { amount: 580, discount: String(discount?.id) },
    ]);
    const used = await stripe.promotionCodes.retrieve(code);
    assertEquals(used.times_redeemed, 1);
    assertEquals((await stripe.coupons.retrieve(coupon)).times_redeemed, 1);
    const bill = await (await visit(String(invoice.hosted_invoice_url))).text();
    assert(bill.includes("-$5.80"));
    const portal = await stripe.billingPortal.sessions.create({
      customer: String(done.customer),
    });
    const home = await (await visit(portal.url)).text();
    assert(home.includes("20% off for 2 months, until Jan 1, 2027"));
  }));

Deno.test("discounts last once, for some months or forever", () =>
  withBilling(async (billing) => {
    const { subscribe, stripe, until } = billing;
    const made = async (terms: Stripe.CouponCreateParams) => ({
      coupon: (await stripe.coupons.create(terms)).id,
    });
    const once = await made({ amount_off: 900, currency: "usd" });
    const two = await made({
      percent_off: 50,
      duration: "repeating",
      duration_in_months: 2,
    });
    const forever = await made({ percent_off: 10, duration: "forever" });
    const subscription = await subscribe({ discounts: [once, two, forever] });
    assertEquals(subscription.discounts.length, 2);
    await until(noon(2, 1, 2027) + 7_200);
    assertEquals(await amountsOff(billing), [
      900 + 1_000 + 100,
      1_450 + 145,
      290,
      290,
    ]);
    const { discounts } = await billing.read(subscription);
    assertEquals(discounts.length, 1);
    const types = await billing.told();
    const count = (name: string) =>
      types.filter((type) => type === `customer.discount.${name}`).length;
    assertEquals([count("created"), count("deleted")], [3, 2]);
  }));

Deno.test("a discount that is used once waits for the first invoice with an amount", () =>
  withBilling(async (billing) => {
    const { subscribe, stripe, until } = billing;
    const { id: coupon } = await stripe.coupons.create({ percent_off: 100 });
    const { discounts } = await subscribe({
      discounts: [{ coupon }],
      trial_period_days: 7,
    });
    assertEquals(discounts.length, 1);
    await until(noon(12, 9));
    assertEquals(await amountsOff(billing), [0, 2_900, 0]);
  }));

Deno.test("subscription updates add, keep and remove discounts", () =>
  withBilling(async ({ subscribe, stripe, scale }) => {
    const { id: coupon } = await stripe.coupons.create({
      percent_off: 50,
      duration: "forever",
    });
    const { id, items } = await subscribe();
    const update = (
      discounts: Stripe.SubscriptionUpdateParams.Discount[] | "",
    ) => stripe.subscriptions.update(id, { discounts });
    const { discounts: [discount] } = await update([{ coupon }]);
    assertEquals((await update([{ discount: String(discount) }])).discounts, [
      discount,
    ]);
    const preview = await stripe.invoices.createPreview({ subscription: id });
    assertEquals([preview.subtotal, preview.total], [2_900, 1_450]);
    const changed = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: {
        items: [{ id: String(items.data[0]?.id), price: scale.id }],
        proration_behavior: "always_invoice",
      },
    });
    // The first month was paid in full; the rest of it costs half of Scale's price.
    const amounts = changed.lines.data.map(({ amount }) => amount);
    assertEquals(amounts, [-2_900, 4_950]);
    assertEquals((await update("")).discounts, []);
    const unknown = await failureOf(update([{ discount: "di_none" }]));
    assertEquals(unknown.code, "resource_missing");
  }));

Deno.test("unused time is credited at the discounted price", () =>
  withBilling(async ({ subscribe, stripe, scale }) => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50 });
    const { id, items } = await subscribe({ discounts: [{ coupon }] });
    const changed = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: {
        items: [{ id: String(items.data[0]?.id), price: scale.id }],
        proration_behavior: "always_invoice",
      },
    });
    const amounts = changed.lines.data.map(({ amount }) => amount);
    assertEquals(amounts, [-1_450, 9_900]);
  }));

Deno.test("the restrictions of a promotion code are checked", () =>
  withBilling(async (billing) => {
    const { stripe, subscribe, customer } = billing;
    const off = { percent_off: 10 };
    const first = await promote(billing, "FIRST", off, {
      first_time_transaction: true,
    });
    const big = await promote(billing, "BIG", off, {
      minimum_amount: 5_000,
      minimum_amount_currency: "usd",
    });
    const { id: own } = await stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: first.coupon },
      customer: (await stripe.customers.create()).id,
    });
    const redeem = (promotion_code: string) =>
      subscribe({ discounts: [{ promotion_code }] });
    await redeem(first.id);
    for (
      const [code, reason] of [
        [first.id, /prior transactions/],
        [big.id, /minimum amount/],
        [own, /another customer/],
      ] as const
    ) {
      const error = await failureOf(redeem(code));
      assertMatch(error.message, reason);
      assertEquals(error.param, "discounts[0][promotion_code]");
    }
    const pro = String(billing.pro.id);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", pro, {
        customer,
        allow_promotion_codes: true,
      }),
    );
    const page = await billing.visit(`${session.url}/promotion`, {
      code: "big",
    });
    assert((await page.text()).includes("does not reach the minimum amount"));
  }));

Deno.test("a coupon that is used up between two pages is not redeemed twice", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { month } = await shop(standIn);
    const { id } = await stripe.coupons.create({
      percent_off: 50,
      max_redemptions: 1,
    });
    const params = checkoutOf("subscription", month, {
      discounts: [{ coupon: id }],
    });
    const urls = [];
    for (let at = 0; at < 2; at++) {
      const { url } = await stripe.checkout.sessions.create(params);
      urls.push(String(url));
    }
    const statuses = [];
    for (const url of urls) statuses.push((await visit(url, PAYER)).status);
    assertEquals(statuses, [303, 422]);
    assertEquals((await stripe.subscriptions.list()).data.length, 1);
  }));

Deno.test("a partly discounted purchase is invoiced with its discount", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { pack } = await shop(standIn);
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50 });
    const session = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack, {
        discounts: [{ coupon }],
        invoice_creation: { enabled: true },
      }),
    );
    assertEquals((await visit(String(session.url), PAYER)).status, 303);
    const { invoice } = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ["invoice.discounts"],
    });
    const { discounts, subtotal, total } = Object(invoice) as Stripe.Invoice;
    assertEquals([subtotal, total], [1_000, 500]);
    const [discount] = discounts as Stripe.Discount[];
    assertEquals(discount?.source.coupon, coupon);
    const listed = await stripe.invoices.list({
      customer: String(Object(invoice).customer),
    });
    assertEquals(last(listed.data).total, 500);
  }));
