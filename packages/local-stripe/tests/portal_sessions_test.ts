import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type Stripe from "stripe";
import { failureOf, PAGES, type StandIn, withStripe } from "./local_stripe.ts";

type Create = Stripe.BillingPortal.SessionCreateParams;
const RETURN = "https://app.example/organization#/plans";

async function opener({ stripe }: StandIn) {
  const { id } = await stripe.customers.create({ name: "Acme" });
  const create = (params: Create = {}) =>
    stripe.billingPortal.sessions.create({
      customer: id,
      return_url: RETURN,
      ...params,
    });
  return { id, create };
}

Deno.test("a new session has all fields and a unique URL", () =>
  withStripe(async (standIn) => {
    const { id, create } = await opener(standIn);
    const session = await create();
    assertMatch(session.id, /^bps_1\w{23}$/);
    assertMatch(session.url, new RegExp(`^${PAGES}/p/session/test_\\w{48}$`));
    assertNotEquals((await create()).url, session.url);
    const { id: _id, url: _url, configuration, ...rest } = JSON.parse(
      JSON.stringify(session),
    );
    assertMatch(configuration, /^bpc_1\w{23}$/);
    assertEquals(rest, {
      object: "billing_portal.session",
      after_expiration: null,
      created: Date.UTC(2026, 10, 1, 12) / 1_000,
      customer: id,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: null,
      on_behalf_of: null,
      return_url: RETURN,
    });
  }));

Deno.test("the store does not contain the URL of a session", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const { url } = await create();
    const secret = url.slice(url.lastIndexOf("/") + 1);
    for await (const { key, value } of standIn.kv.list({ prefix: [] })) {
      assertEquals(JSON.stringify([key, value]).includes(secret), false);
    }
  }));

Deno.test("a session requires an existing customer", () =>
  withStripe(async (standIn) => {
    const { id, create } = await opener(standIn);
    const unknown = await failureOf(create({ customer: "cus_nobody" }));
    assertEquals([unknown.statusCode, unknown.code, unknown.param], [
      400,
      "resource_missing",
      "customer",
    ]);
    assertEquals(unknown.message, "No such customer: 'cus_nobody'");
    await standIn.stripe.customers.del(id);
    assertEquals((await failureOf(create())).code, "resource_missing");
    const none = await failureOf(
      standIn.stripe.billingPortal.sessions.create({ return_url: RETURN }),
    );
    assertEquals([none.code, none.param], ["parameter_missing", "customer"]);
  }));

Deno.test("the return URL comes from the session or the configuration", () =>
  withStripe(async (standIn) => {
    const { id, create } = await opener(standIn);
    const { sessions, configurations } = standIn.stripe.billingPortal;
    assertEquals(
      (await failureOf(create({ return_url: "/account" }))).code,
      "url_invalid",
    );
    assertEquals(
      (await failureOf(create({ return_url: "javascript:alert(1)" }))).code,
      "url_invalid",
    );
    assertEquals((await sessions.create({ customer: id })).return_url, null);
    const configuration = await configurations.create({
      features: { invoice_history: { enabled: true } },
      default_return_url: "https://app.example/default",
    });
    const session = await sessions.create({
      customer: id,
      configuration: configuration.id,
    });
    assertEquals(session.return_url, "https://app.example/default");
  }));

Deno.test("an unknown or inactive configuration is refused", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const missing = await failureOf(create({ configuration: "bpc_none" }));
    assertEquals([missing.code, missing.param], [
      "resource_missing",
      "configuration",
    ]);
    const { configurations } = standIn.stripe.billingPortal;
    const made = await configurations.create({
      features: { invoice_history: { enabled: true } },
    });
    await configurations.update(made.id, { active: false });
    assertEquals(
      (await failureOf(create({ configuration: made.id }))).param,
      "configuration",
    );
  }));

Deno.test("the no_portal_configuration fault spares sessions with a configuration", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    standIn.local.controls.fail({
      kind: "no_portal_configuration",
      times: Infinity,
    });
    const error = await failureOf(create());
    assertEquals([error.statusCode, error.type], [
      400,
      "StripeInvalidRequestError",
    ]);
    assertMatch(
      error.message,
      /^No configuration provided and your test mode default configuration has not been created/,
    );
    const made = await standIn.stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
    });
    assertEquals(
      (await create({ configuration: made.id })).configuration,
      made.id,
    );
  }));

Deno.test("an unknown locale is refused", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    assertEquals((await create({ locale: "pt-BR" })).locale, "pt-BR");
    const error = await failureOf(create({ locale: "tlh" }));
    assertMatch(
      error.message,
      /^Invalid locale: must be one of auto, bg, .*, or zh-TW$/,
    );
  }));

Deno.test("a deep link has its flow and its after_completion", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const redirect = { return_url: "https://app.example/done" };
    const session = await create({
      flow_data: {
        type: "payment_method_update",
        after_completion: { type: "redirect", redirect },
      },
    });
    assertEquals(session.flow, {
      after_completion: {
        hosted_confirmation: null,
        redirect,
        type: "redirect",
      },
      customer_update: null,
      subscription_cancel: null,
      subscription_pause: null,
      subscription_update: null,
      subscription_update_confirm: null,
      type: "payment_method_update",
    });
    const details = await create({ flow_data: { type: "customer_update" } });
    assertEquals(details.flow?.customer_update, {});
    assertEquals(details.flow?.after_completion.type, "hosted_confirmation");
  }));

Deno.test("a flow for an unknown subscription is refused", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const flows = [
      "subscription_cancel",
      "subscription_pause",
      "subscription_update",
    ] as const;
    for (const type of flows) {
      const error = await failureOf(
        create({ flow_data: { type, [type]: { subscription: "sub_none" } } }),
      );
      assertEquals(error.message, "No such subscription: 'sub_none'");
      assertEquals([error.code, error.param], [
        "resource_missing",
        `flow_data[${type}][subscription]`,
      ]);
    }
    const confirm = {
      subscription: "sub_none",
      items: [{ id: "si_1", price: "price_1" }],
    };
    const error = await failureOf(
      create({
        flow_data: {
          type: "subscription_update_confirm",
          subscription_update_confirm: confirm,
        },
      }),
    );
    assertEquals(error.code, "resource_missing");
  }));

Deno.test("invalid flow parameters are refused", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const item = { id: "si_1" };
    const retention = { type: "coupon_offer", coupon_offer: { coupon: "c" } };
    const refused: [object, string][] = [
      [{ after_completion: { type: "portal_homepage" } }, "flow_data[type]"],
      [{ type: "everything" }, "flow_data[type]"],
      [{ type: "subscription_cancel" }, "flow_data[subscription_cancel]"],
      [
        { type: "subscription_cancel", subscription_cancel: { retention } },
        "flow_data[subscription_cancel][subscription]",
      ],
      [{
        type: "customer_update",
        subscription_update: { subscription: "sub_1" },
      }, "flow_data[subscription_update]"],
      [
        { type: "customer_update", after_completion: { type: "redirect" } },
        "flow_data[after_completion][redirect]",
      ],
      [
        {
          type: "subscription_update_confirm",
          subscription_update_confirm: {
            subscription: "sub_1",
            items: [item, item],
          },
        },
        "flow_data[subscription_update_confirm][items]",
      ],
    ];
    for (const [flow, param] of refused) {
      const error = await failureOf(
        create({
          flow_data: flow as Create["flow_data"] & object,
          locale: "en",
        }),
      );
      assertEquals([error.statusCode, error.param], [400, param]);
    }
  }));

Deno.test("a flow requires its feature", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const { id } = await standIn.stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
    });
    for (const type of ["payment_method_update", "customer_update"] as const) {
      const error = await failureOf(
        create({ configuration: id, flow_data: { type } }),
      );
      assertMatch(error.message, /is disabled/);
    }
  }));

Deno.test("after_expiration keeps its deadline", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    const nowSec = standIn.clock.nowMs / 1_000;
    const login = (expires_at?: number) => ({
      type: "customer_login" as const,
      ...(expires_at !== undefined && { customer_login: { expires_at } }),
    });
    const unlimited = await create({ after_expiration: login() });
    assertEquals(unlimited.after_expiration, {
      customer_login: { expires_at: null },
      type: "customer_login",
    });
    const limited = await create({ after_expiration: login(nowSec + 60) });
    assertEquals(
      limited.after_expiration?.customer_login?.expires_at,
      nowSec + 60,
    );
    assertEquals(
      (await failureOf(create({ after_expiration: login(nowSec) }))).statusCode,
      400,
    );
  }));

Deno.test("customer accounts and on_behalf_of are 501", () =>
  withStripe(async (standIn) => {
    const { create } = await opener(standIn);
    assertEquals(
      (await failureOf(create({ on_behalf_of: "acct_1" }))).statusCode,
      501,
    );
    assertEquals(
      (await failureOf(create({ customer_account: "acct_1" }))).statusCode,
      501,
    );
  }));
