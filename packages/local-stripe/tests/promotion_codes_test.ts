import { assertEquals, assertMatch } from "@std/assert";
import { eventsOf } from "./checkout_products.ts";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("coupons are listed, renamed and deleted, each with its event", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { id } = await stripe.coupons.create({ id: "TEN", percent_off: 10 });
    await stripe.coupons.create({ id: "FIVE", percent_off: 5 });
    const { data } = await stripe.coupons.list();
    assertEquals(data.map((coupon) => coupon.id), ["FIVE", "TEN"]);
    const renamed = await stripe.coupons.update(id, {
      name: "Ten percent",
      metadata: { season: "fall" },
    });
    assertEquals([renamed.name, renamed.metadata?.["season"], renamed.valid], [
      "Ten percent",
      "fall",
      true,
    ]);
    assertEquals((await stripe.coupons.del(id)).deleted, true);
    const gone = await failureOf(stripe.coupons.retrieve(id));
    assertEquals(gone.statusCode, 404);
    assertEquals((await stripe.coupons.list()).data.length, 1);
    assertEquals((await eventsOf(standIn)).map(({ type }) => type), [
      "coupon.created",
      "coupon.created",
      "coupon.updated",
      "coupon.deleted",
    ]);
  }));

Deno.test("a promotion code names a coupon and its own restrictions", () =>
  withStripe(async (standIn) => {
    const { stripe, clock } = standIn;
    const coupon = (await stripe.coupons.create({ percent_off: 20 })).id;
    const promotion = { type: "coupon", coupon } as const;
    const made = await stripe.promotionCodes.create({
      promotion,
      code: "Fall20",
      expires_at: clock.nowMs / 1_000 + 60,
      max_redemptions: 3,
      restrictions: {
        first_time_transaction: true,
        minimum_amount: 500,
        minimum_amount_currency: "usd",
      },
    });
    assertEquals([made.code, made.active, made.times_redeemed], [
      "Fall20",
      true,
      0,
    ]);
    assertEquals(made.promotion, promotion);
    assertEquals(made.restrictions.minimum_amount, 500);
    const random = await stripe.promotionCodes.create({ promotion });
    assertMatch(random.code, /^[A-Z2-9]{8}$/);
    const listed = async (filter: { code?: string; active?: boolean }) =>
      (await stripe.promotionCodes.list(filter)).data.map(({ id }) => id);
    assertEquals(await listed({}), [random.id, made.id]);
    assertEquals(await listed({ code: "FALL20" }), [made.id]);
    const { promotion: expanded } = await stripe.promotionCodes.retrieve(
      made.id,
      { expand: ["promotion.coupon"] },
    );
    assertEquals(Object(expanded.coupon).percent_off, 20);
    await stripe.promotionCodes.update(random.id, { active: false });
    assertEquals(await listed({ active: true }), [made.id]);
    clock.nowMs += 60_000;
    assertEquals(await listed({ active: true }), []);
    const types = (await eventsOf(standIn)).map(({ type }) => type);
    assertEquals(types.slice(-3), [
      "promotion_code.created",
      "promotion_code.created",
      "promotion_code.updated",
    ]);
  }));

Deno.test("a promotion code with a taken code, an unknown coupon or half a minimum is refused", () =>
  withStripe(async ({ stripe }) => {
    const coupon = (await stripe.coupons.create({ percent_off: 20 })).id;
    const promotion = { type: "coupon", coupon } as const;
    const first = await stripe.promotionCodes.create({
      promotion,
      code: "FALL",
    });
    const refused = [
      { promotion, code: "fall" },
      { promotion: { ...promotion, coupon: "NONE" } },
      { promotion, restrictions: { minimum_amount: 500 } },
      { promotion, expires_at: 1 },
    ];
    for (const params of refused) {
      const error = await failureOf(stripe.promotionCodes.create(params));
      assertEquals(error.statusCode, 400, JSON.stringify(params));
    }
    await stripe.promotionCodes.update(first.id, { active: false });
    await stripe.promotionCodes.create({ promotion, code: "fall" });
    await stripe.coupons.del(coupon);
    const { data } = await stripe.promotionCodes.list({ active: true });
    assertEquals(data, []);
  }));
