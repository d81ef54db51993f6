import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { failureOf, withStripe } from "./local_stripe.ts";

const URL = "https://app.example/hooks";

Deno.test("the secret is shown only when an endpoint is created", () =>
  withStripe(async ({ stripe, clock }) => {
    const { secret, ...made } = await stripe.webhookEndpoints.create({
      url: URL,
      enabled_events: ["customer.created", "invoice.paid"],
      api_version: "2026-10-28.endive",
      description: "The app",
      metadata: { team: "billing" },
    });
    assertMatch(secret ?? "", /^whsec_\w{32}$/);
    assertMatch(made.id, /^we_\w{24}$/);
    const { lastResponse: _, ...plain } = made;
    assertEquals(plain, {
      id: made.id,
      object: "webhook_endpoint",
      api_version: "2026-10-28.endive",
      application: null,
      created: Math.floor(clock.nowMs / 1_000),
      description: "The app",
      enabled_events: ["customer.created", "invoice.paid"],
      livemode: false,
      metadata: { team: "billing" },
      status: "enabled",
      url: URL,
    });
    const shown = await stripe.webhookEndpoints.retrieve(made.id);
    assertEquals(shown.secret, undefined);
    const { data } = await stripe.webhookEndpoints.list();
    assertEquals(data.map(({ id, secret }) => [id, secret]), [
      [made.id, undefined],
    ]);
  }));

Deno.test("an endpoint is updated, disabled, enabled and deleted", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.webhookEndpoints.create({
      url: URL,
      enabled_events: ["*"],
    });
    const changed = await stripe.webhookEndpoints.update(id, {
      url: `${URL}/2`,
      enabled_events: ["invoice.paid"],
      disabled: true,
      metadata: { a: "b" },
    });
    assertEquals(
      [changed.url, changed.enabled_events, changed.status, changed.metadata],
      [`${URL}/2`, ["invoice.paid"], "disabled", { a: "b" }],
    );
    const again = await stripe.webhookEndpoints.update(id, { disabled: false });
    assertEquals(again.status, "enabled");
    const gone = await stripe.webhookEndpoints.del(id);
    assertEquals([gone.id, gone.deleted], [id, true]);
    assertEquals((await stripe.webhookEndpoints.list()).data, []);
    for (
      const work of [
        () => stripe.webhookEndpoints.retrieve(id),
        () => stripe.webhookEndpoints.update(id, { disabled: true }),
        () => stripe.webhookEndpoints.del(id),
      ]
    ) assertEquals((await failureOf(work())).statusCode, 404);
  }));

Deno.test("invalid endpoint parameters are refused by name", () =>
  withStripe(async ({ stripe, call }) => {
    const create = stripe.webhookEndpoints.create.bind(stripe.webhookEndpoints);
    const bad = "customer.exploded" as "*";
    const refusals: [Stripe.WebhookEndpointCreateParams, string][] = [
      [{ url: "nowhere", enabled_events: ["*"] }, "url"],
      [{ url: URL, enabled_events: [bad] }, "enabled_events[0]"],
    ];
    for (const [params, param] of refusals) {
      const error = await failureOf(create(params));
      assertEquals([error.statusCode, error.param], [400, param]);
    }
    const lacking = await call("POST", "/v1/webhook_endpoints", {
      body: `url=${encodeURIComponent(URL)}`,
    });
    assertEquals(lacking.status, 400);
    assertEquals((await lacking.json()).error.param, "enabled_events");
  }));

Deno.test("other API versions and connected accounts are 501", () =>
  withStripe(async ({ stripe }) => {
    const other = "2020-08-27" as Stripe.WebhookEndpointCreateParams.ApiVersion;
    const terms = { url: URL, enabled_events: ["*" as const] };
    for (const more of [{ api_version: other }, { connect: true }]) {
      const work = stripe.webhookEndpoints.create({ ...terms, ...more });
      assertEquals((await failureOf(work)).statusCode, 501);
    }
  }));

Deno.test("an account has up to sixteen endpoints", () =>
  withStripe(async ({ stripe }) => {
    const create = () =>
      stripe.webhookEndpoints.create({ url: URL, enabled_events: ["*"] });
    const made = await Promise.all(Array.from({ length: 16 }, create));
    const error = await failureOf(create());
    assertEquals(error.statusCode, 400);
    await stripe.webhookEndpoints.del(made[0]?.id ?? "");
    assert((await create()).secret);
  }));
