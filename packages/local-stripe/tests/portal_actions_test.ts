import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { advanceCustomer } from "../src/billing/scheduler.ts";
import { startSubscription } from "../src/billing/subscription_actions.ts";
import { Store } from "../src/store/store.ts";
import { CARD, customer, RETURN } from "./portal_customer.ts";
import { eventsOf, shop } from "./checkout_products.ts";
import { failureOf, PAGES, type StandIn, withStripe } from "./local_stripe.ts";
import { SUBSCRIPTION } from "../src/store/schema.ts";

type Features = Stripe.BillingPortal.ConfigurationCreateParams.Features;
type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData;
const DAY_SEC = 86_400;

/** A customer with the monthly plan, and a portal with these features. */
async function subscriber(
  standIn: StandIn,
  of: { features?: Partial<Features>; card?: string; trialDays?: number } = {},
) {
  const { stripe, kv, clock, visit } = standIn;
  const prices = await shop(standIn);
  const price = async (amount: number, name: string) => {
    const { id } = await stripe.products.create({ name });
    const made = await stripe.prices.create({
      product: id,
      currency: "usd",
      unit_amount: amount,
      recurring: { interval: "month" },
    });
    return { product: id, prices: [made.id] };
  };
  const scale = await price(9_900, "Scale");
  const starter = await price(900, "Starter");
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      payment_method_update: { enabled: true },
      invoice_history: { enabled: true },
      subscription_cancel: {
        enabled: true,
        cancellation_reason: {
          enabled: true,
          options: ["too_expensive", "unused", "other"],
        },
      },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        proration_behavior: "always_invoice",
        products: [
          { product: prices.product, prices: [prices.month, prices.year] },
          scale,
          starter,
        ],
        schedule_at_period_end: {
          conditions: [
            { type: "decreasing_item_amount" },
            { type: "shortening_interval" },
          ],
        },
      },
      ...of.features,
    },
  });
  const owner = await customer(standIn, {
    payment_method: of.card ?? "pm_card_visa",
  });
  const [card] = await owner.cards();
  const context = {
    store: new Store(kv),
    pagesUrl: PAGES,
    businessName: "Portico",
    branding: {},
    now: () => clock.nowMs,
  };
  const { id } = await startSubscription(context, {
    customer: owner.id,
    items: [{ price: prices.month }],
    ...(card && { defaultPaymentMethod: card.id }),
    ...(of.trialDays !== undefined && { trialPeriodDays: of.trialDays }),
  });
  const read = async () => {
    const row = await context.store.get(SUBSCRIPTION, id);
    assert(row !== null);
    return row.object;
  };
  const item = (await read()).items.data[0]?.id ?? "";
  const open = (flow?: Flow) =>
    owner.open({
      configuration: configuration.id,
      ...(flow && { flow_data: flow }),
    });
  return {
    ...prices,
    ...owner,
    subscription: id,
    item,
    scale: scale.prices[0] ?? "",
    starter: starter.prices[0] ?? "",
    open,
    read,
    page: async (url: string) =>
      (await (await visit(url)).text()).replaceAll("&#39;", "'"),
    advance: (days: number) =>
      advanceCustomer(context, owner.id, clock.nowMs / 1_000 + days * DAY_SEC),
  };
}

Deno.test("the portal shows the plan, its price and its renewal date", () =>
  withStripe(async (standIn) => {
    const { open, page } = await subscriber(standIn);
    const html = await page(await open());
    for (
      const words of [
        "Pro",
        "$29.00 per month",
        "Renews on Dec 1, 2026.",
        "Change plan",
        "Cancel plan",
      ]
    ) assert(html.includes(words), words);
    assert(!html.includes("Pause plan"));
    const trial = await subscriber(standIn, { trialDays: 10 });
    const words = await trial.page(await trial.open());
    assert(words.includes("The trial ends on Nov 11, 2026"));
  }));

Deno.test("an upgrade shows its cost and applies at once", () =>
  withStripe(async (standIn) => {
    const { advance, open, page, read, scale, starter, subscription } =
      await subscriber(standIn);
    await advance(15);
    const url = await open();
    const plan = `${url}/plans/${subscription}`;
    const choices = await page(`${plan}/change`);
    assert(choices.indexOf("Starter") < choices.indexOf("Scale"));
    assert(choices.includes(`confirm?price=${scale}`));
    const confirm = await page(`${plan}/confirm?price=${scale}`);
    // Half of the price difference.
    assert(confirm.includes("$35.00 due today"), confirm);
    assert(confirm.includes("Unused time on Pro"));
    const done = await standIn.visit(`${plan}/confirm`, { price: scale });
    assertEquals(
      done.headers.get("location"),
      `${new URL(url).pathname}?done=changed`,
    );
    assertEquals((await read()).items.data[0]?.price.id, scale);
    assert((await page(`${url}?done=changed`)).includes("has been changed"));
    for (const price of [scale, "price_none", "", starter.slice(1)]) {
      const again = await standIn.visit(`${plan}/confirm`, { price });
      assertEquals(again.status, 404, price);
    }
  }));

Deno.test("a downgrade waits for the period's end and can be withdrawn", () =>
  withStripe(async (standIn) => {
    const { advance, open, page, read, starter, subscription, month } =
      await subscriber(standIn);
    const url = await open();
    const plan = `${url}/plans/${subscription}`;
    const confirm = await page(`${plan}/confirm?price=${starter}`);
    assert(
      confirm.includes("Nothing is due today. You keep Pro until Dec 1, 2026"),
    );
    await standIn.visit(`${plan}/confirm`, { price: starter });
    assertEquals((await read()).items.data[0]?.price.id, month);
    const home = await page(url);
    assert(
      home.includes("Changes to Starter, $9.00 per month, on Dec 1, 2026."),
    );
    // A scheduled change blocks other changes and cancellation.
    assert(!home.includes("Change plan") && !home.includes("Cancel plan"));
    assertEquals((await standIn.visit(`${plan}/cancel`, {})).status, 404);
    await standIn.visit(`${plan}/drop`, {});
    assert((await page(url)).includes("Renews on Dec 1, 2026."));
    await standIn.visit(`${plan}/confirm`, { price: starter });
    await advance(31);
    assertEquals((await read()).items.data[0]?.price.id, starter);
  }));

Deno.test("a change whose payment fails is not made", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { id, open, page, read, scale, subscription, month } =
      await subscriber(standIn);
    const bad = await stripe.paymentMethods.attach(
      "pm_card_chargeCustomerFail",
      {
        customer: id,
      },
    );
    const url = await open();
    await standIn.visit(`${url}/cards/${bad.id}/default`, {});
    assertEquals((await read()).default_payment_method, bad.id);
    const plan = `${url}/plans/${subscription}`;
    const refused = await standIn.visit(`${plan}/confirm`, { price: scale });
    assertEquals(refused.status, 422);
    assert((await refused.text()).includes("card was declined"));
    assertEquals((await read()).items.data[0]?.price.id, month);
    assert((await page(url)).includes("$29.00 per month"));
  }));

Deno.test("a change can require authentication by the card's bank", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { id, open, read, scale, subscription } = await subscriber(standIn);
    const asks = await stripe.paymentMethods.attach(
      "pm_card_authenticationRequired",
      {
        customer: id,
      },
    );
    const url = await open();
    await standIn.visit(`${url}/cards/${asks.id}/default`, {});
    const confirm = `${url}/plans/${subscription}/confirm`;
    const asked = await standIn.visit(confirm, { price: scale });
    const html = await asked.text();
    assert(html.includes("Verify your payment"));
    assert(html.includes(`name="price" value="${scale}"`));
    const failed = await standIn.visit(confirm, {
      price: scale,
      outcome: "fail",
    });
    assertEquals(failed.status, 422);
    assert((await read()).items.data[0]?.price.id !== scale);
    await standIn.visit(confirm, { price: scale, outcome: "complete" });
    assertEquals((await read()).items.data[0]?.price.id, scale);
  }));

Deno.test("a plan is canceled with a reason, and the cancellation withdrawn", () =>
  withStripe(async (standIn) => {
    const { open, page, read, subscription } = await subscriber(standIn);
    const url = await open();
    const plan = `${url}/plans/${subscription}`;
    const form = await page(`${plan}/cancel`);
    assert(form.includes("the end of your billing period on Dec 1, 2026"));
    assert(
      form.includes("too expensive") && !form.includes("Ease of use"),
    );
    const reason = { reason: "too_expensive", comment: "Sorry" };
    await standIn.visit(`${plan}/cancel`, reason);
    const ending = await read();
    const { cancel_at: end, cancel_at_period_end: flag } = ending;
    assertEquals([end, flag], [Date.UTC(2026, 11, 1, 12) / 1_000, false]);
    const { comment, feedback, reason: why } = ending.cancellation_details ??
      {};
    assertEquals([feedback, comment, why], [
      "too_expensive",
      "Sorry",
      "cancellation_requested",
    ]);
    assert((await page(url)).includes("Ends on Dec 1, 2026."));
    const repeat = await standIn.visit(`${plan}/cancel`, {});
    assertEquals(repeat.status, 404);
    assertMatch(await repeat.text(), /plan has changed.*Back to billing/s);
    await standIn.visit(`${plan}/keep`, {});
    assertEquals((await read()).cancel_at, null);
    assertEquals((await standIn.visit(`${plan}/keep`, {})).status, 404);
  }));

Deno.test("a plan with an end cannot be changed until the end is withdrawn", () =>
  withStripe(async (standIn) => {
    const { open, page, read, scale, subscription } = await subscriber(standIn);
    const url = await open();
    const plan = `${url}/plans/${subscription}`;
    await standIn.visit(`${plan}/cancel`, {});
    assert(!(await page(url)).includes("Change plan"));
    const confirm = `${plan}/confirm?price=${scale}`;
    for (const path of [`${plan}/change`, confirm]) {
      const response = await standIn.visit(path);
      assertEquals(response.status, 404);
      await response.body?.cancel();
    }
    assertEquals(
      (await standIn.visit(`${plan}/confirm`, { price: scale })).status,
      404,
    );
    assert((await read()).items.data.every(({ price }) => price.id !== scale));
    await standIn.visit(`${plan}/keep`, {});
    assertEquals((await standIn.visit(`${plan}/change`)).status, 200);
  }));

Deno.test("a plan ends at once if the configuration says so", () =>
  withStripe(async (standIn) => {
    const { open, page, read, subscription } = await subscriber(standIn, {
      features: { subscription_cancel: { enabled: true, mode: "immediately" } },
    });
    const url = await open();
    assert(
      (await page(`${url}/plans/${subscription}/cancel`)).includes(
        "immediately",
      ),
    );
    await standIn.visit(`${url}/plans/${subscription}/cancel`, {});
    assertEquals((await read()).status, "canceled");
    assert((await page(url)).includes("No subscription yet"));
  }));

Deno.test("a plan is paused and resumed", () =>
  withStripe(async (standIn) => {
    const { open, page, read, subscription } = await subscriber(standIn, {
      features: {
        subscription_pause: {
          enabled: true,
          duration: {
            type: "interval_options",
            interval_options: [{ interval: "month", interval_count: 2 }],
          },
        },
      },
    });
    const url = await open();
    const plan = `${url}/plans/${subscription}`;
    assert((await page(`${plan}/pause`)).includes("2 months"));
    const none = await standIn.visit(`${plan}/pause`, {});
    assertEquals(none.status, 422);
    await none.body?.cancel();
    await standIn.visit(`${plan}/pause`, { option: "0" });
    assertEquals((await read()).status, "paused");
    assert((await page(url)).includes("Paused. You won"));
    await standIn.visit(`${plan}/resume`, {});
    assertEquals((await read()).status, "active");
  }));

Deno.test("a new card pays the failed renewal and restores the plan", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { advance, id, open, page, read } = await subscriber(standIn, {
      card: "pm_card_chargeCustomerFail",
      trialDays: 7,
    });
    await advance(8);
    assertEquals((await read()).status, "past_due");
    const url = await open();
    const html = await page(url);
    assert(html.includes("Your payment of $29.00 failed."));
    assert(html.includes("Update card"));
    const [unpaid] =
      (await stripe.invoices.list({ customer: id, status: "open" })).data;
    const again = await standIn.visit(`${url}/invoices/${unpaid?.id}/pay`, {});
    assertEquals(again.headers.get("location")?.split("?")[1], "done=unpaid");
    assert((await page(`${url}?done=unpaid`)).includes("Your payment failed"));
    const added = await standIn.visit(`${url}/card`, CARD);
    assertEquals(
      added.headers.get("location")?.split("?")[1],
      "done=card-paid",
    );
    assertEquals((await read()).status, "active");
    assert(!(await page(url)).includes("failed."));
    const paid = (await eventsOf(standIn)).filter(({ type }) =>
      type === "invoice.paid"
    );
    assertEquals(paid.length, 2);
  }));

Deno.test("only the owner can pay an open invoice", () =>
  withStripe(async (standIn) => {
    const mine = await subscriber(standIn);
    const other = await customer(standIn);
    const theirs = await standIn.invoice({
      customer: other.id,
      status: "open",
      lines: [{ description: "Theirs", unitAmountMinor: 100 }],
    });
    const url = await mine.open();
    const paid = await standIn.visit(`${url}/invoices/${theirs.id}/pay`, {});
    assertEquals(paid.status, 404);
    const elsewhere = await other.open();
    for (const verb of ["change", "cancel"]) {
      const path = `${elsewhere}/plans/${mine.subscription}/${verb}`;
      assertEquals((await standIn.visit(path)).status, 404);
    }
    const end = await standIn.visit(
      `${elsewhere}/plans/${mine.subscription}/cancel`,
      {},
    );
    assertEquals([end.status, (await mine.read()).cancel_at], [404, null]);
  }));

Deno.test("a deep link to a change redirects to its after_completion URL", () =>
  withStripe(async (standIn) => {
    const { item, open, page, read, scale, subscription } = await subscriber(
      standIn,
    );
    const confirm = {
      subscription,
      items: [{ id: item, price: scale, quantity: 1 }],
    };
    const url = await open({
      type: "subscription_update_confirm",
      subscription_update_confirm: confirm,
      after_completion: { type: "redirect", redirect: { return_url: RETURN } },
    });
    const html = await page(url);
    assert(html.includes("Confirm your change") && html.includes("Scale"));
    const away = await standIn.visit(`${url}/plans/${subscription}/cancel`);
    assertEquals(away.headers.get("location"), new URL(url).pathname);
    const done = await standIn.visit(`${url}/plans/${subscription}/confirm`, {
      price: scale,
      quantity: "1",
    });
    assertEquals(done.headers.get("location"), RETURN);
    assertEquals((await read()).items.data[0]?.price.id, scale);
  }));

Deno.test("deep links to change, cancel and pause show their form and confirmation", () =>
  withStripe(async (standIn) => {
    const { open, page, read, scale, subscription } = await subscriber(
      standIn,
      {
        features: { subscription_pause: { enabled: true } },
      },
    );
    const choose = await open({
      type: "subscription_update",
      subscription_update: { subscription },
    });
    assert((await page(choose)).includes("Change plan"));
    const confirm = `${choose}/plans/${subscription}/confirm`;
    assert(
      (await page(`${confirm}?price=${scale}`)).includes("Confirm your change"),
    );
    const chosen = await standIn.visit(confirm, { price: scale });
    assertEquals(
      chosen.headers.get("location"),
      `${new URL(choose).pathname}/done`,
    );
    assert(
      (await page(`${choose}/done`)).includes("Your plan has been changed."),
    );
    const late = await open({
      type: "subscription_pause",
      subscription_pause: { subscription },
    });
    const cancel = await open({
      type: "subscription_cancel",
      subscription_cancel: { subscription },
      after_completion: {
        type: "hosted_confirmation",
        hosted_confirmation: { custom_message: "Farewell" },
      },
    });
    assert((await page(late)).includes("Pause Scale"));
    await standIn.visit(`${cancel}/plans/${subscription}/cancel`, {
      reason: "unused",
    });
    assert((await page(`${cancel}/done`)).includes("Farewell"));
    assert((await read()).cancel_at !== null);
    const gone = await open({ type: "payment_method_update" });
    assertEquals((await standIn.visit(gone)).status, 200);
  }));

Deno.test("a deep link to a change that is no longer possible is 409", () =>
  withStripe(async (standIn) => {
    const { open, page, subscription } = await subscriber(standIn);
    const cancel = {
      type: "subscription_cancel" as const,
      subscription_cancel: { subscription },
    };
    const [first, second] = [await open(cancel), await open(cancel)];
    await standIn.visit(`${first}/plans/${subscription}/cancel`, {});
    assertEquals((await standIn.visit(second)).status, 409);
    assert((await page(second)).includes("no longer available"));
  }));

Deno.test("a flow that the configuration or the subscription forbids is refused", () =>
  withStripe(async (standIn) => {
    const { id, item, month, open, scale, subscription, year } =
      await subscriber(standIn);
    const sessions = standIn.stripe.billingPortal.sessions;
    const update = {
      type: "subscription_update" as const,
      subscription_update: { subscription },
    };
    const off = await failureOf(
      sessions.create({ customer: id, return_url: RETURN, flow_data: update }),
    );
    assert(off.message.startsWith(
      "This subscription cannot be updated because the subscription update feature in the portal configuration is disabled.",
    ));
    const confirm = (
      change: { id: string; price?: string; quantity?: number },
    ) =>
      failureOf(open({
        type: "subscription_update_confirm",
        subscription_update_confirm: { subscription, items: [change] },
      }));
    assert((await confirm({ id: item, price: month })).message.includes(
      "there are no changes to confirm",
    ));
    assertEquals(
      (await confirm({ id: "si_none", price: scale })).code,
      "resource_missing",
    );
    assert(
      (await confirm({ id: item, price: year, quantity: 2 })).message.includes(
        "quantities",
      ),
    );
    const other = (await standIn.stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      recurring: { interval: "month" },
      product_data: { name: "Other" },
    })).id;
    assertEquals(
      (await confirm({ id: item, price: other })).param,
      "flow_data[subscription_update_confirm][items][0][price]",
    );
    const cancel = {
      type: "subscription_cancel" as const,
      subscription_cancel: { subscription },
    };
    await standIn.visit(
      `${await open(cancel)}/plans/${subscription}/cancel`,
      {},
    );
    const twice = await failureOf(open(cancel));
    assertEquals(twice.statusCode, 400);
    assert(twice.message.includes("is already set to be canceled"));
    const stranger = await customer(standIn);
    const theirs = await failureOf(
      stranger.open({ flow_data: cancel }),
    );
    assertEquals(theirs.code, "resource_missing");
  }));
