import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { withBilling } from "./billing_customer.ts";
import { errorOf, failureOf, withStripe } from "./local_stripe.ts";

type Raw = Partial<Record<string, unknown>>;

Deno.test("errors name their request's log, except those of the local Stripe", () =>
  withStripe(async ({ call }) => {
    const wrong = await call("GET", "/v1/customers/cus_none");
    const id = wrong.headers.get("request-id") ?? "";
    assertMatch((await errorOf(wrong))["request_log_url"] ?? "", RegExp(id));
    const gap = await errorOf(await call("GET", "/v1/quotes"));
    assertEquals(gap["request_log_url"], undefined);
  }));

Deno.test("the error of a declined subscription has its payment", () =>
  withBilling(async ({ stripe, card, subscribe, customer }) => {
    const method = await card("chargeCustomerFail");
    const refused = await failureOf(
      subscribe({ payment_behavior: "error_if_incomplete" }),
    );
    const raw = refused.raw as Raw;
    assertEquals(refused.statusCode, 402);
    assertMatch(String(raw["charge"]), /^ch_/);
    assertEquals(Object(raw["payment_intent"]).object, "payment_intent");
    assertEquals(Object(raw["payment_intent"]).customer, customer);
    assertEquals(Object(raw["payment_method"]).id, method);

    const { latest_invoice: invoice } = await subscribe({
      payment_behavior: "default_incomplete",
    });
    const unpaid = await failureOf(stripe.invoices.pay(String(invoice)));
    const { data: [charge] } = await stripe.charges.list({ customer });
    assertEquals((unpaid.raw as Raw)["charge"], charge?.id);
  }));

Deno.test("paying with another customer's card blames payment_method", () =>
  withBilling(async ({ stripe, subscribe }) => {
    const { latest_invoice: invoice } = await subscribe({
      payment_behavior: "default_incomplete",
    });
    const other = await stripe.customers.create({
      payment_method: "pm_card_visa",
    });
    const { data: [method] } = await stripe.customers.listPaymentMethods(
      other.id,
    );
    const error = await failureOf(
      stripe.invoices.pay(String(invoice), {
        payment_method: method?.id ?? "",
      }),
    );
    assertEquals([error.statusCode, error.param], [400, "payment_method"]);
  }));

Deno.test("a product's default price cannot be archived", () =>
  withStripe(async ({ stripe }) => {
    const { default_price: price, id } = await stripe.products.create({
      name: "Pro",
      default_price_data: { currency: "usd", unit_amount: 500 },
    });
    const archive = (name: string) =>
      stripe.prices.update(name, { active: false });
    const error = await failureOf(archive(String(price)));
    assertEquals(error.statusCode, 400);
    assertMatch(error.message, /default price/);
    const next = await stripe.prices.create({
      currency: "usd",
      unit_amount: 600,
      product: id,
    });
    await stripe.products.update(id, { default_price: next.id });
    assertEquals((await archive(String(price))).active, false);
  }));

Deno.test("detaching a card clears the default of its subscriptions", () =>
  withBilling(async ({ stripe, subscribe, read, customer, told }) => {
    const attach = () =>
      stripe.paymentMethods.attach("pm_card_mastercard", { customer });
    const [own, other] = [await attach(), await attach()];
    const withDefault = (method: Stripe.PaymentMethod) =>
      subscribe({ default_payment_method: method.id });
    const [cleared, kept] = [await withDefault(own), await withDefault(other)];
    await told();
    await stripe.paymentMethods.detach(own.id);
    assert(cleared.default_payment_method);
    assertEquals((await read(cleared)).default_payment_method, null);
    assertEquals((await read(kept)).default_payment_method, other.id);
    assertEquals(await told(), [
      "customer.subscription.updated",
      "payment_method.detached",
    ]);
  }));
