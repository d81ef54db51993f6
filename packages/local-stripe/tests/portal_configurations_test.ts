import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import {
  errorOf,
  failureOf,
  type StandIn,
  withStripe,
} from "./local_stripe.ts";

type Features = Stripe.BillingPortal.ConfigurationCreateParams.Features;

async function catalogue({ stripe }: StandIn) {
  const product = (await stripe.products.create({ name: "Pro" })).id;
  const price =
    (await stripe.prices.create({ product, currency: "usd", unit_amount: 1 }))
      .id;
  return { product, price };
}

Deno.test("concurrent requests create one default configuration", () =>
  withStripe(async ({ stripe }) => {
    const { configurations } = stripe.billingPortal;
    const lists = await Promise.all([1, 2, 3].map(() => configurations.list()));
    const ids = new Set(lists.flatMap(({ data }) => data.map(({ id }) => id)));
    assertEquals(ids.size, 1);
    const [only] = lists[0]?.data ?? [];
    assert(only);
    assertEquals([only.is_default, only.active], [true, true]);
    assertEquals(only.features.payment_method_update.enabled, true);
    assertEquals(only.features.subscription_update.enabled, false);
    const locked = await failureOf(
      configurations.update(only.id, { active: false }),
    );
    assertEquals(locked.param, "active");
  }));

Deno.test("features that are not given are disabled", () =>
  withStripe(async ({ stripe }) => {
    const made = await stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
      business_profile: { headline: "Portico billing" },
      name: "Main",
      metadata: { version: 1 },
    });
    assertMatch(made.id, /^bpc_1\w{23}$/);
    assertEquals([made.is_default, made.active, made.name], [
      false,
      true,
      "Main",
    ]);
    assertEquals(made.business_profile, {
      headline: "Portico billing",
      privacy_policy_url: null,
      terms_of_service_url: null,
    });
    assertEquals(made.metadata, { version: "1" });
    assertEquals(made.login_page, { enabled: false, url: null });
    const { invoice_history: history, ...others } = made.features;
    assertEquals(history.enabled, true);
    assertEquals(Object.values(others).map(({ enabled }) => enabled), [
      false,
      false,
      false,
      false,
      false,
    ]);
  }));

Deno.test("is_default cannot be set", () =>
  withStripe(async ({ call }) => {
    const body = "features[invoice_history][enabled]=true&is_default=true";
    const error = await errorOf(
      await call("POST", "/v1/billing_portal/configurations", { body }),
    );
    assertEquals([error["code"], error["param"]], [
      "parameter_unknown",
      "is_default",
    ]);
  }));

Deno.test("contradictory features are refused", () =>
  withStripe(async ({ stripe, call }) => {
    const refuse = (features: Features) =>
      failureOf(stripe.billingPortal.configurations.create({ features }));
    const cancel = (extra: object) => ({
      subscription_cancel: { enabled: true, ...extra },
    });
    assertEquals(
      (await refuse(cancel({ proration_behavior: "always_invoice" })))
        .statusCode,
      400,
    );
    assertEquals(
      (await refuse(cancel({ proration_behavior: "create_prorations" })))
        .statusCode,
      400,
    );
    assertEquals(
      (await refuse({ subscription_update: { enabled: true } })).statusCode,
      400,
    );
    const interval_options = [{ interval: "year" as const, interval_count: 4 }];
    const pause = {
      duration: { type: "interval_options" as const, interval_options },
      enabled: true,
    };
    assertEquals((await refuse({ subscription_pause: pause })).statusCode, 400);
    const path = "/v1/billing_portal/configurations";
    const bodies = [
      ["active=true", "active"],
      ["name=x", "features"],
      [
        "features[customer_update][allowed_updates][]=email",
        "features[customer_update][enabled]",
      ],
      [
        "features[customer_update][enabled]=yes",
        "features[customer_update][enabled]",
      ],
      [
        "features[customer_update][enabled]=true&features[customer_update][allowed_updates][]=shoes",
        "features[customer_update][allowed_updates][0]",
      ],
    ];
    for (const [body = "", param] of bodies) {
      assertEquals(
        (await errorOf(await call("POST", path, { body })))["param"],
        param,
      );
    }
  }));

Deno.test("subscription updates accept up to ten products and their own prices", () =>
  withStripe(async (standIn) => {
    const { product, price } = await catalogue(standIn);
    const { configurations } = standIn.stripe.billingPortal;
    const offer = (products: { product: string; prices: string[] }[]) =>
      configurations.create({
        features: {
          subscription_update: {
            enabled: true,
            default_allowed_updates: ["price"],
            products,
          },
        },
        expand: ["features.subscription_update.products"],
      });
    const made = await offer([{ product, prices: [price] }]);
    assertEquals(made.features.subscription_update.products, [
      {
        product,
        prices: [price],
        adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
      },
    ]);
    assertEquals(
      (await configurations.retrieve(made.id)).features.subscription_update
        .products,
      undefined,
    );
    const other = await catalogue(standIn);
    assertEquals(
      (await failureOf(offer([{ product, prices: [other.price] }]))).statusCode,
      400,
    );
    assertEquals(
      (await failureOf(offer([{ product: "prod_none", prices: [price] }])))
        .code,
      "resource_missing",
    );
    const eleven = Array.from(
      { length: 11 },
      () => ({ product, prices: [price] }),
    );
    assertEquals((await failureOf(offer(eleven))).statusCode, 400);
  }));

Deno.test("an update of a configuration changes only the given fields", () =>
  withStripe(async ({ stripe, clock }) => {
    const { configurations } = stripe.billingPortal;
    const made = await configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ["email"] },
        subscription_cancel: {
          enabled: true,
          mode: "immediately",
          cancellation_reason: { enabled: true, options: ["unused"] },
        },
      },
      default_return_url: "https://app.example/",
    });
    clock.nowMs += 3_000;
    const updated = await configurations.update(made.id, {
      features: { customer_update: { allowed_updates: "" } },
      business_profile: { terms_of_service_url: "https://app.example/terms" },
      default_return_url: "",
    });
    assertEquals(updated.features.customer_update, {
      allowed_updates: [],
      enabled: true,
    });
    assertEquals(
      updated.features.subscription_cancel.cancellation_reason.options,
      ["unused"],
    );
    assertEquals(updated.features.subscription_cancel.mode, "immediately");
    assertEquals(
      updated.business_profile.terms_of_service_url,
      "https://app.example/terms",
    );
    assertEquals(updated.default_return_url, null);
    assertEquals([updated.created, updated.updated], [
      made.created,
      made.created + 3,
    ]);
  }));

Deno.test("configurations are filtered by active and is_default", () =>
  withStripe(async ({ stripe }) => {
    const { configurations } = stripe.billingPortal;
    const features = { invoice_history: { enabled: true } };
    const first = await configurations.create({ features });
    await configurations.update(first.id, { active: false });
    const listed = async (params: object) =>
      (await configurations.list(params)).data.length;
    assertEquals(await listed({}), 2);
    assertEquals(await listed({ is_default: true }), 1);
    assertEquals(await listed({ active: true }), 1);
    assertEquals(await listed({ active: false, is_default: true }), 0);
  }));

Deno.test("a login page is 501", () =>
  withStripe(async ({ stripe }) => {
    const features = { invoice_history: { enabled: true } };
    const error = await failureOf(
      stripe.billingPortal.configurations.create({
        features,
        login_page: { enabled: true },
      }),
    );
    assertEquals(error.statusCode, 501);
  }));
