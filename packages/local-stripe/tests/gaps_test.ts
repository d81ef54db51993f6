import { assertEquals, assertMatch } from "@std/assert";
import { itemOf, noon, withBilling } from "./billing_customer.ts";
import { errorOf, withStripe } from "./local_stripe.ts";

Deno.test("values and parameters that only Stripe has are 501", () =>
  withBilling(async ({ call, subscribe, customer, stripe, pro }) => {
    const { id } = await subscribe();
    const schedule = await stripe.subscriptionSchedules.create({
      from_subscription: id,
    });
    const phase = `phases[0][items][0][price]=${pro.id}&phases[0]`;
    const preview = "subscription_details[billing_cycle_anchor]";
    const requests = [
      ["payment_methods", "type=sepa_debit&sepa_debit[iban]=DE89"],
      ["payment_methods", "type=us_bank_account&us_bank_account[x]=1"],
      [`subscription_schedules/${schedule.id}`, "end_behavior=none"],
      [`subscription_schedules/${schedule.id}`, "end_behavior=renew"],
      [`subscription_schedules/${schedule.id}`, `${phase}[end_date]=now`],
      [`subscription_schedules/${schedule.id}`, `${phase}[start_date]=now`],
      [`subscriptions/${id}`, "cancel_at=max_billed_until"],
      [
        "subscriptions",
        `customer=${customer}&items[0][price]=${pro.id}&billing_mode[type]=flexible&billing_mode[flexible][proration_discounts]=itemized`,
      ],
      [
        "invoices/create_preview",
        `customer=${customer}&${preview}[type]=timestamp&${preview}[timestamp]=${
          noon(12, 5)
        }`,
      ],
    ] as const;
    for (const [path, body] of requests) {
      const response = await call("POST", `/v1/${path}`, { body });
      const { code } = await errorOf(response);
      assertEquals(
        [response.status, code],
        [501, "local_stripe_not_implemented"],
        `${path} ${body}`,
      );
    }
  }));

Deno.test("a payment method type that Stripe does not have is 400", () =>
  withStripe(async ({ call }) => {
    const wrong = await call("POST", "/v1/payment_methods", {
      body: "type=shells",
    });
    assertEquals([wrong.status, (await errorOf(wrong))["param"]], [
      400,
      "type",
    ]);
  }));

Deno.test("empty fields that Stripe expands are accepted", () =>
  withBilling(async ({ stripe, subscribe, customer }) => {
    const subscription = await subscribe();
    assertEquals(itemOf(subscription).quantity, 1);
    const charges = await stripe.charges.list({
      customer,
      expand: ["data.application_fee", "data.transfer", "data.review"],
    });
    assertEquals(charges.data.length, 1);
    const payments = await stripe.invoicePayments.list({
      expand: ["data.payment.charge", "data.payment.payment_record"],
    });
    assertEquals(payments.data.length, 1);
    const expand = ["data.evidence.receipt"];
    assertEquals((await stripe.disputes.list({ expand })).data, []);
    const { phases } = await stripe.subscriptionSchedules.create({
      from_subscription: subscription.id,
      expand: ["phases.default_payment_method"],
    });
    assertEquals(phases[0]?.default_payment_method, null);
  }));

Deno.test("a field that needs loading is 501, an unknown one 400", () =>
  withStripe(async ({ call }) => {
    const ask = async (field: string) => {
      const path = `/v1/subscription_schedules?expand[]=data.${field}`;
      const response = await call("GET", path);
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await ask("phases.items.price"), 501);
    assertEquals(await ask("phases.colour"), 400);
  }));

Deno.test("removed operations are 404 and name their replacement", () =>
  withStripe(async ({ call }) => {
    const removed = [
      ["GET", "invoices/upcoming?customer=cus_1", "create_preview"],
      ["GET", "invoices/upcoming/lines", "create_preview"],
      ["POST", "subscription_items/si_1/usage_records", "meter_events"],
      ["GET", "orders", "checkout/sessions"],
    ] as const;
    for (const [method, path, instead] of removed) {
      const response = await call(method, `/v1/${path}`);
      assertEquals(response.status, 404, path);
      assertMatch((await errorOf(response))["message"] ?? "", RegExp(instead));
    }
    for (const name of ["subscriptions", "cards", "bank_accounts"]) {
      const response = await call("GET", `/v1/customers/cus_1/${name}`);
      assertEquals(response.status, 501, name);
      await response.body?.cancel();
    }
  }));
