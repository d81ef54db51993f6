import { assert, assertEquals, assertMatch } from "@std/assert";
import { failureOf, withStripe } from "./local_stripe.ts";

const CARD = {
  number: "4242424242424242",
  exp_month: 4,
  exp_year: 2030,
  cvc: "123",
};

Deno.test("a test card becomes a payment method with its details", () =>
  withStripe(async ({ stripe }) => {
    const method = await stripe.paymentMethods.create({
      type: "card",
      card: CARD,
      billing_details: { name: "Ada", address: { country: "US" } },
      metadata: { a: "1" },
    });
    assertMatch(method.id, /^pm_1\w{23}$/);
    assert(method.card);
    const { brand, last4, exp_month: month, exp_year: year, funding } =
      method.card;
    assertEquals([brand, last4, month, year, funding], [
      "visa",
      "4242",
      4,
      2030,
      "credit",
    ]);
    assertEquals(method.card.checks?.cvc_check, "unchecked");
    assertEquals([method.customer, method.billing_details.name], [null, "Ada"]);
    assertEquals(method.metadata, { a: "1" });
  }));

Deno.test("tokens create payment methods of test cards", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const brands = [
      ["pm_card_visa", "visa", "4242"],
      ["pm_card_visa_debit", "visa", "5556"],
      ["pm_card_mastercard", "mastercard", "4444"],
      ["pm_card_amex", "amex", "0005"],
      ["pm_card_unionpay", "unionpay", "0005"],
      ["pm_card_chargeCustomerFail", "visa", "0341"],
    ] as const;
    for (const [token, brand, last4] of brands) {
      const method = await stripe.paymentMethods.attach(token, {
        customer: id,
      });
      assertEquals([method.card?.brand, method.card?.last4, method.customer], [
        brand,
        last4,
        id,
      ]);
    }
    const made = await stripe.paymentMethods.create({
      type: "card",
      card: { token: "tok_mastercard" },
    });
    assertEquals(made.card?.brand, "mastercard");
    const unknown = await failureOf(
      stripe.paymentMethods.create({
        type: "card",
        card: { token: "tok_nothing" },
      }),
    );
    assertEquals(unknown.code, "resource_missing");
  }));

Deno.test("the fingerprint identifies the card number", () =>
  withStripe(async ({ stripe }) => {
    const make = async (number: string) =>
      (await stripe.paymentMethods.create({
        type: "card",
        card: { ...CARD, number },
      })).card?.fingerprint;
    assertEquals(await make("4242 4242 4242 4242"), await make(CARD.number));
    assert(await make("5555555555554444") !== await make(CARD.number));
  }));

Deno.test("invalid cards are refused with Stripe's errors", () =>
  withStripe(async ({ stripe }) => {
    const refused = [
      [{ number: "4242424242424241" }, "incorrect_number"],
      [{ number: "12" }, "incorrect_number"],
      [{ number: "4111111111111111" }, "card_declined"],
      [{ exp_month: 13 }, "invalid_expiry_month"],
      [{ exp_year: 2026, exp_month: 10 }, "invalid_expiry_year"],
      [{ exp_year: 2090 }, "invalid_expiry_year"],
      [{ cvc: "12" }, "invalid_cvc"],
      [{ number: "378282246310005", cvc: "123" }, "invalid_cvc"],
    ] as const;
    for (const [change, code] of refused) {
      const card = { ...CARD, ...change };
      const error = await failureOf(
        stripe.paymentMethods.create({ type: "card", card }),
      );
      assertEquals([error.statusCode, error.type, error.code], [
        402,
        "StripeCardError",
        code,
      ]);
    }
    const now = { ...CARD, exp_month: 11, exp_year: 26 };
    assertEquals(
      (await stripe.paymentMethods.create({ type: "card", card: now })).card
        ?.exp_year,
      2026,
    );
  }));

Deno.test("a declined card cannot be attached, with its decline code", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const declines = [
      ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
      ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
      [
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
      ],
      ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
      ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
      [
        "pm_card_chargeDeclinedProcessingError",
        "processing_error",
        "processing_error",
      ],
    ] as const;
    for (const [token, code, reason] of declines) {
      const error = await failureOf(
        stripe.paymentMethods.attach(token, { customer: id }),
      );
      assertEquals([error.statusCode, error.code, error.decline_code], [
        402,
        code,
        reason,
      ]);
    }
    assertEquals((await stripe.customers.listPaymentMethods(id)).data, []);
    const made = await failureOf(
      stripe.customers.create({ payment_method: "pm_card_chargeDeclined" }),
    );
    assertEquals(made.code, "card_declined");
    assertEquals((await stripe.customers.list()).data.length, 1);
  }));

Deno.test("other payment method types are 501", () =>
  withStripe(async ({ stripe }) => {
    const error = await failureOf(
      stripe.paymentMethods.create({ type: "sepa_debit" }),
    );
    assertEquals(error.statusCode, 501);
    const { id } = await stripe.customers.create({
      payment_method: "pm_card_visa",
    });
    assertEquals(
      (await stripe.paymentMethods.list({ customer: id, type: "sepa_debit" }))
        .data,
      [],
    );
    assertEquals(
      (await stripe.paymentMethods.list({ customer: id, type: "card" })).data
        .length,
      1,
    );
  }));

Deno.test("missing card parameters are reported by name", () =>
  withStripe(async ({ stripe }) => {
    const attempts = [
      [{}, "type"],
      [{ type: "card" }, "card"],
      [{ type: "card", card: { cvc: "123" } }, "card[number]"],
      [{ type: "card", card: { number: CARD.number } }, "card[exp_month]"],
    ] as const;
    for (const [params, param] of attempts) {
      const error = await failureOf(stripe.paymentMethods.create(params));
      assertEquals([error.code, error.param], ["parameter_missing", param]);
    }
  }));

Deno.test("a card belongs to one customer and cannot be attached again", () =>
  withStripe(async ({ stripe }) => {
    const mine = await stripe.customers.create();
    const other = await stripe.customers.create();
    const { id } = await stripe.paymentMethods.attach("pm_card_visa", {
      customer: mine.id,
    });
    await stripe.paymentMethods.attach(id, { customer: mine.id });
    const taken = await failureOf(
      stripe.paymentMethods.attach(id, { customer: other.id }),
    );
    assertEquals([taken.statusCode, taken.code], [
      400,
      "payment_method_unexpected_state",
    ]);
    assertEquals((await stripe.paymentMethods.detach(id)).customer, null);
    assertEquals((await stripe.customers.listPaymentMethods(mine.id)).data, []);
    assertEquals(
      (await failureOf(stripe.paymentMethods.detach(id))).statusCode,
      400,
    );
    assertEquals(
      (await failureOf(stripe.paymentMethods.attach(id, { customer: mine.id })))
        .statusCode,
      400,
    );
  }));

Deno.test("the default card must be attached and is unset by detaching", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const card = await stripe.paymentMethods.attach("pm_card_visa", {
      customer: id,
    });
    const setDefault = (method: string) =>
      stripe.customers.update(id, {
        invoice_settings: { default_payment_method: method },
      });
    assertEquals(
      (await setDefault(card.id)).invoice_settings.default_payment_method,
      card.id,
    );
    const other = await stripe.customers.create({
      payment_method: "pm_card_visa",
    });
    const [theirs] = (await stripe.customers.listPaymentMethods(other.id)).data;
    for (const foreign of [theirs?.id ?? "", "pm_nothing"]) {
      const error = await failureOf(setDefault(foreign));
      assertEquals(error.param, "invoice_settings[default_payment_method]");
    }
    await stripe.paymentMethods.detach(card.id);
    const customer = await stripe.customers.retrieve(id);
    assert(!customer.deleted);
    assertEquals(customer.invoice_settings.default_payment_method, null);
  }));

Deno.test("payment methods are listed per customer, newest first", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create();
    const other = await stripe.customers.create({
      payment_method: "pm_card_amex",
    });
    const made: string[] = [];
    for (const token of ["pm_card_visa", "pm_card_mastercard"]) {
      made.unshift(
        (await stripe.paymentMethods.attach(token, { customer: id })).id,
      );
    }
    const byCustomer = await stripe.customers.listPaymentMethods(id);
    assertEquals(byCustomer.data.map((method) => method.id), made);
    assertEquals(byCustomer.url, `/v1/customers/${id}/payment_methods`);
    const byParam = await stripe.paymentMethods.list({ customer: id });
    assertEquals(byParam.data.map((method) => method.id), made);
    assertEquals(
      (await stripe.customers.retrievePaymentMethod(id, made[0] ?? "")).id,
      made[0],
    );
    const foreign = await failureOf(
      stripe.customers.retrievePaymentMethod(other.id, made[0] ?? ""),
    );
    assertEquals(foreign.statusCode, 404);
  }));

Deno.test("an unknown customer is 400 as a parameter and 404 in a path", () =>
  withStripe(async ({ stripe }) => {
    const param = await failureOf(
      stripe.paymentMethods.list({ customer: "cus_nobody" }),
    );
    assertEquals([param.statusCode, param.param], [400, "customer"]);
    const path = await failureOf(
      stripe.customers.listPaymentMethods("cus_nobody"),
    );
    assertEquals(path.statusCode, 404);
    const attach = await failureOf(
      stripe.paymentMethods.attach("pm_card_visa", { customer: "cus_nobody" }),
    );
    assertEquals([attach.statusCode, attach.param], [400, "customer"]);
  }));

Deno.test("only an attached card can be updated", () =>
  withStripe(async ({ stripe }) => {
    const loose = await stripe.paymentMethods.create({
      type: "card",
      card: CARD,
    });
    assertEquals(
      (await failureOf(stripe.paymentMethods.update(loose.id, {}))).statusCode,
      400,
    );
    const { id } = await stripe.customers.create({ payment_method: loose.id });
    const updated = await stripe.paymentMethods.update(loose.id, {
      billing_details: { email: "a@example.com", address: { city: "Oslo" } },
      card: { exp_year: 2031 },
      allow_redisplay: "always",
    });
    assertEquals(updated.customer, id);
    assertEquals(updated.billing_details.email, "a@example.com");
    assertEquals(updated.billing_details.address?.city, "Oslo");
    assertEquals([updated.card?.exp_month, updated.card?.exp_year], [4, 2031]);
    assertEquals(
      (await stripe.paymentMethods.list({
        customer: id,
        allow_redisplay: "limited",
      })).data,
      [],
    );
  }));
