import { assert, assertEquals, assertMatch } from "@std/assert";
import { customer } from "./portal_customer.ts";
import { checkoutOf, eventsOf, shop, SUCCESS } from "./checkout_products.ts";
import { errorOf, failureOf, PAGES, withStripe } from "./local_stripe.ts";

const HOUR_SEC = 3_600;

Deno.test("a new session is open and has a URL", () =>
  withStripe(async (standIn) => {
    const { stripe, clock } = standIn;
    const { month } = await shop(standIn);
    const { id } = await customer(standIn);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", month, {
        customer: id,
        client_reference_id: "org_1",
        metadata: { plan: "pro" },
        subscription_data: { metadata: { organization: "org_1" } },
        allow_promotion_codes: false,
        automatic_tax: { enabled: false },
        customer_update: { address: "auto", name: "auto" },
        locale: "de",
      }),
    );
    assertMatch(session.id, /^cs_test_\w{20,}$/);
    assertEquals(
      [session.object, session.mode, session.status, session.payment_status],
      ["checkout.session", "subscription", "open", "unpaid"],
    );
    assert(session.url?.startsWith(`${PAGES}/c/pay/test_`));
    assertEquals([session.amount_total, session.currency], [2_900, "usd"]);
    assertEquals([session.subscription, session.invoice], [null, null]);
    assertEquals(session.success_url, SUCCESS);
    assertEquals(session.expires_at, clock.nowMs / 1_000 + 24 * HOUR_SEC);
    assertEquals([session.customer, session.client_reference_id], [
      id,
      "org_1",
    ]);
    assertEquals(session.metadata, { plan: "pro" });
    assertEquals(session.customer_details?.email, "a@example.com");
    assertEquals(session.line_items, undefined);
    const read = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals(JSON.stringify(read), JSON.stringify(session));
  }));

Deno.test("line items are listed, and included when expanded", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { pack, product } = await shop(standIn);
    const session = await stripe.checkout.sessions.create({
      ...checkoutOf("payment", pack),
      line_items: [
        { price: pack, quantity: 3 },
        {
          price_data: { currency: "usd", unit_amount: 250, product },
          quantity: 2,
        },
        {
          price_data: {
            currency: "usd",
            unit_amount: 1,
            product_data: { name: "Sticker" },
          },
          quantity: 1,
        },
      ],
      expand: ["line_items.data.price.product"],
    });
    assertEquals(session.amount_total, 3_501);
    const lines = await stripe.checkout.sessions.listLineItems(session.id, {
      limit: 2,
    });
    assertEquals(
      lines.data.map((line) => [line.description, line.amount_total]),
      [
        ["1,000 credits", 3_000],
        ["Pro", 500],
      ],
    );
    assert(lines.has_more);
    const rest = await stripe.checkout.sessions.listLineItems(session.id, {
      starting_after: lines.data[1]?.id ?? "",
    });
    assertEquals(rest.data.map(({ description }) => description), ["Sticker"]);
    const shown = session.line_items?.data[0]?.price?.product;
    assert(typeof shown === "object" && !shown.deleted);
    assertEquals(shown.name, "1,000 credits");
    assertEquals((await stripe.prices.list({ active: true })).data.length, 3);
  }));

Deno.test("a session with a trial has nothing due today", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { month } = await shop(standIn);
    const session = await stripe.checkout.sessions.create(
      checkoutOf("subscription", month, {
        subscription_data: { trial_period_days: 14 },
      }),
    );
    assertEquals([session.amount_total, session.payment_status], [
      0,
      "no_payment_required",
    ]);
    assertEquals(session.customer, null);
  }));

Deno.test("conflicting parameters are refused by name", () =>
  withStripe(async (standIn) => {
    const { stripe, clock } = standIn;
    const { month, pack } = await shop(standIn);
    const { id } = await customer(standIn);
    const nowSec = clock.nowMs / 1_000;
    const euro = (await stripe.prices.create({
      currency: "eur",
      unit_amount: 1,
      product_data: { name: "Euro" },
    })).id;
    const gone = (await stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      active: false,
      product_data: { name: "Gone" },
    })).id;
    const payment = checkoutOf("payment", pack);
    const plan = checkoutOf("subscription", month);
    const refused = [
      [{ ...payment, mode: undefined }, "mode"],
      [{ ...payment, success_url: undefined }, "success_url"],
      [{ ...payment, success_url: "app.example" }, "success_url"],
      [{ ...payment, line_items: undefined }, "line_items"],
      [
        { ...payment, line_items: [{ price: pack }] },
        "line_items[0][quantity]",
      ],
      [
        { ...payment, line_items: [{ price: gone, quantity: 1 }] },
        "line_items[0][price]",
      ],
      [
        { ...payment, line_items: [{ price: "price_none", quantity: 1 }] },
        "line_items[0][price]",
      ],
      [checkoutOf("payment", month), "line_items"],
      [checkoutOf("subscription", pack), "line_items"],
      [{
        ...payment,
        line_items: [{ price: pack, quantity: 1 }, {
          price: euro,
          quantity: 1,
        }],
      }, "line_items"],
      [{ ...payment, currency: "eur" }, "currency"],
      [{ ...payment, customer: "cus_none" }, "customer"],
      [
        { ...payment, customer: id, customer_email: "a@b.example" },
        "customer_email",
      ],
      [{ ...payment, customer_update: { name: "auto" } }, "customer_update"],
      [{ ...plan, customer_creation: "always" }, "customer_creation"],
      [{
        ...plan,
        payment_intent_data: {},
        invoice_creation: { enabled: true },
      }, "invoice_creation"],
      [
        { ...payment, subscription_data: { trial_period_days: 1 } },
        "subscription_data",
      ],
      [
        { ...plan, subscription_data: { trial_end: nowSec + HOUR_SEC } },
        "subscription_data[trial_end]",
      ],
      [{ ...payment, expires_at: nowSec + 60 }, "expires_at"],
      [{ ...payment, expires_at: nowSec + 25 * HOUR_SEC }, "expires_at"],
      [
        { ...payment, client_reference_id: "x".repeat(201) },
        "client_reference_id",
      ],
      [{ ...payment, ui_mode: "hosted" }, "ui_mode"],
      [{ ...payment, return_url: "https://app.example" }, "return_url"],
    ] as const;
    for (const [params, param] of refused) {
      const given = JSON.parse(JSON.stringify(params));
      const error = await failureOf(stripe.checkout.sessions.create(given));
      assertEquals([error.statusCode, error.param], [400, param]);
    }
    assertEquals((await stripe.checkout.sessions.list()).data, []);
  }));

Deno.test("payment_method_types is an unknown parameter", () =>
  withStripe(async ({ call }) => {
    const response = await call("POST", "/v1/checkout/sessions", {
      body: "mode=payment&payment_method_types[0]=card",
    });
    assertEquals(response.status, 400);
    assertEquals((await errorOf(response))["code"], "parameter_unknown");
  }));

Deno.test("unsupported parameters answer 501", () =>
  withStripe(async (standIn) => {
    const { pack } = await shop(standIn);
    const base =
      `mode=payment&success_url=https://a.example&line_items[0][price]=${pack}&line_items[0][quantity]=1`;
    for (
      const more of [
        "mode=setup",
        "ui_mode=embedded_page",
        "allowed_payment_method_types[0]=paypal",
        "payment_intent_data[capture_method]=manual",
        "line_items[0][adjustable_quantity][enabled]=true",
      ]
    ) {
      const response = await standIn.call("POST", "/v1/checkout/sessions", {
        body: `${base}&${more}`,
      });
      assertEquals(response.status, 501, more);
      await response.body?.cancel();
    }
  }));

Deno.test("an open session can be expired once", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { pack } = await shop(standIn);
    const made = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack),
    );
    const closed = await stripe.checkout.sessions.expire(made.id);
    assertEquals([closed.status, closed.url], ["expired", null]);
    const again = await failureOf(stripe.checkout.sessions.expire(made.id));
    assertEquals(again.statusCode, 400);
    const missing = await failureOf(stripe.checkout.sessions.expire("cs_none"));
    assertEquals(missing.statusCode, 404);
  }));

Deno.test("a session expires after a day, or at its expires_at", () =>
  withStripe(async (standIn) => {
    const { stripe, clock } = standIn;
    const { pack } = await shop(standIn);
    const day = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack),
    );
    const hour = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack, {
        expires_at: clock.nowMs / 1_000 + HOUR_SEC,
        after_expiration: { recovery: { enabled: true } },
      }),
    );
    clock.nowMs += HOUR_SEC * 1_000;
    const over = await stripe.checkout.sessions.list({ status: "expired" });
    assertEquals(over.data.map(({ id }) => id), [hour.id]);
    assert(over.data[0]?.after_expiration?.recovery?.url);
    assertEquals(
      (await stripe.checkout.sessions.retrieve(day.id)).status,
      "open",
    );
    clock.nowMs += 23 * HOUR_SEC * 1_000;
    assertEquals(
      (await stripe.checkout.sessions.retrieve(day.id)).status,
      "expired",
    );
    const told = (await eventsOf(standIn)).filter(({ type }) =>
      type === "checkout.session.expired"
    );
    assertEquals(told.length, 2);
  }));

Deno.test("metadata can be updated, and sessions are listed by customer", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { pack } = await shop(standIn);
    const { id } = await customer(standIn);
    const mine = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack, { customer: id, metadata: { a: "1" } }),
    );
    await stripe.checkout.sessions.create(checkoutOf("payment", pack));
    const changed = await stripe.checkout.sessions.update(mine.id, {
      metadata: { a: "", b: "2" },
    });
    assertEquals(changed.metadata, { b: "2" });
    const listed = await stripe.checkout.sessions.list({ customer: id });
    assertEquals(listed.data.map((session) => session.id), [mine.id]);
  }));
