import { assert, assertEquals } from "@std/assert";
import { loadConfig } from "@/lib/config/config.ts";
import { CHOICE_BY_LOOKUP_KEY } from "@/lib/billing/plans.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import {
  createStripe,
  STRIPE_API_VERSION,
} from "@/lib/billing/stripe_client.ts";
import { formatReport, setUp } from "@/tasks/setup.ts";
import { WANTED_EVENTS } from "@/tasks/webhook_endpoint.ts";
import { createLocalStripe } from "local-stripe";

const APP = "https://app.example";

/** An account without any setup. */
async function withAccount(
  use: (place: Awaited<ReturnType<typeof openAccount>>) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  await use(await openAccount(kv));
}

async function openAccount(kv: Deno.Kv) {
  const local = createLocalStripe({ kv, pagesUrl: "http://127.0.0.1:9" });
  const stripe = await createStripe({ mode: "sandbox" }, local.fetch)();
  const config = loadConfig({
    APP_URL: APP,
    STRIPE_SECRET_KEY: "sk_test_x",
    STRIPE_API_BASE: "http://127.0.0.1:9",
  }, { beforeSetup: true });
  return { local, stripe, config };
}

Deno.test("setup creates everything in the catalogue", () =>
  withAccount(async ({ stripe, config }) => {
    const { changes, variables, notes } = await setUp(stripe, config);
    assert(changes.length > 0);
    assertEquals(notes, []);
    const prices = await fetchPrices(stripe);
    assertEquals(
      [...prices.keys()].toSorted(),
      [
        ...CHOICE_BY_LOOKUP_KEY.keys(),
      ].toSorted(),
    );
    const portal = variables["STRIPE_PORTAL_CONFIGURATION"] ?? "";
    const { features } = await stripe.billingPortal.configurations
      .retrieve(portal);
    assertEquals(features.subscription_cancel.mode, "at_period_end");
    assertEquals(features.subscription_update.enabled, true);
    const { data: [endpoint] } = await stripe.webhookEndpoints.list();
    assertEquals(endpoint?.url, `${APP}/api/v1/webhooks/stripe`);
    assertEquals(endpoint?.api_version, STRIPE_API_VERSION);
    assertEquals(endpoint?.enabled_events.toSorted(), [...WANTED_EVENTS]);
    assert(variables["STRIPE_WEBHOOK_SECRET"]?.startsWith("whsec_"));
  }));

Deno.test("setup writes a pack's tokens in a readable form", () =>
  withAccount(async ({ stripe, config }) => {
    await setUp(stripe, config);
    const { name, description } = await stripe.products
      .retrieve("portico_credits_large");
    assertEquals(name, "Portico Large credit pack");
    assertEquals(description, "300,000 tokens, bought once");
  }));

Deno.test("products have the name of the brand", () =>
  withAccount(async ({ stripe, config }) => {
    const brand = { ...config.brand, name: "Acme" };
    await setUp(stripe, { ...config, brand });
    const { data } = await stripe.products.list({ limit: 100 });
    assertEquals(
      data.map(({ name }) => name).toSorted(),
      [
        ...["Acme Large credit pack", "Acme Medium credit pack", "Acme Pro"],
        ...["Acme Scale", "Acme Small credit pack"],
      ],
    );
  }));

Deno.test("setup keeps the name of a product that it did not create", () =>
  withAccount(async ({ stripe, config }) => {
    const own = await stripe.products.create({
      name: "Acme Team",
      description: "For teams",
    });
    await stripe.prices.create({
      product: own.id,
      currency: "usd",
      unit_amount: 2_900,
      tax_behavior: "exclusive",
      recurring: { interval: "month" },
      lookup_key: "pro_month",
    });
    await stripe.products.update(own.id, { active: false });
    const { changes } = await setUp(stripe, config);
    assert(changes.includes("product Acme Team: activated"));
    const kept = await stripe.products.retrieve(own.id);
    assertEquals(kept.name, "Acme Team");
    assertEquals(kept.description, "For teams");
    assert(kept.active);
    assertEquals(
      (await fetchPrices(stripe)).get("pro_year")?.productId,
      own.id,
    );
    assertEquals((await setUp(stripe, config)).changes, []);
  }));

Deno.test("setup changes nothing when run again", () =>
  withAccount(async ({ local, stripe, config }) => {
    const { variables } = await setUp(stripe, config);
    const portal = variables["STRIPE_PORTAL_CONFIGURATION"] ?? null;
    local.controls.reset();
    const again = await setUp(stripe, {
      ...config,
      portalConfiguration: portal,
    });
    assertEquals(again, { changes: [], variables: {}, notes: [] });
    const posts = local.controls.requests.filter(({ method }) =>
      method === "POST"
    );
    assertEquals(posts, []);
    assertEquals(formatReport(again), ["Nothing to change: Stripe is set up."]);
  }));

Deno.test("setup finds the portal configuration it created, or uses a given one", () =>
  withAccount(async ({ stripe, config }) => {
    const first = await setUp(stripe, config);
    const second = await setUp(stripe, config);
    assertEquals(second.changes, []);
    assertEquals(
      second.variables["STRIPE_PORTAL_CONFIGURATION"],
      first.variables["STRIPE_PORTAL_CONFIGURATION"],
    );
  }));

Deno.test("a changed amount creates a price that takes over the lookup key", () =>
  withAccount(async ({ stripe, config }) => {
    await setUp(stripe, config);
    const ours = (await fetchPrices(stripe)).get("pro_month");
    await stripe.prices.create({
      product: ours?.productId ?? "",
      currency: "usd",
      unit_amount: 1,
      recurring: { interval: "month" },
      lookup_key: "pro_month",
      transfer_lookup_key: true,
    });
    const { changes } = await setUp(stripe, config);
    assertEquals(changes[0], "price pro_month: 2900 usd (in its minor unit)");
    const mended = (await fetchPrices(stripe)).get("pro_month");
    assertEquals(mended?.amountMinor, 2_900);
    assertEquals(mended?.productId, ours?.productId);
  }));

Deno.test("setup restores objects that were changed in the dashboard", () =>
  withAccount(async ({ stripe, config }) => {
    const { variables } = await setUp(stripe, config);
    const { data: [endpoint] } = await stripe.webhookEndpoints.list();
    await stripe.webhookEndpoints.update(endpoint?.id ?? "", {
      enabled_events: ["invoice.paid", "price.created"],
    });
    await stripe.billingPortal.configurations.update(
      variables["STRIPE_PORTAL_CONFIGURATION"] ?? "",
      { features: { invoice_history: { enabled: false } } },
    );
    await stripe.products.update("portico_plan_pro", { name: "Old" });
    const { changes } = await setUp(stripe, config);
    assert(changes.some((one) => one.includes("invoice_history.enabled")));
    assert(changes.some((one) => one.includes("has unneeded price.created")));
    assert(changes.includes("product Portico Pro: updated"));
    assertEquals((await setUp(stripe, config)).changes, []);
  }));

Deno.test("setup finishes an interrupted run", () =>
  withAccount(async ({ local, stripe, config }) => {
    for (let step = 1; step <= 12; step++) {
      local.controls.fail({ kind: "rate_limited", method: "POST" });
      await setUp(stripe, config).catch(() => {});
      local.controls.reset();
    }
    await setUp(stripe, config);
    assertEquals((await setUp(stripe, config)).changes, []);
    const { data } = await stripe.products.list({ limit: 100 });
    assertEquals(data.length, 5);
    assertEquals((await stripe.webhookEndpoints.list()).data.length, 1);
  }));

Deno.test("an unreachable app URL gets a note instead of an endpoint", () =>
  withAccount(async ({ stripe }) => {
    const config = loadConfig({ STRIPE_SECRET_KEY: "sk_test_x" }, {
      beforeSetup: true,
    });
    const report = await setUp(stripe, {
      ...config,
      stripe: {
        mode: "test",
        secretKey: "sk_test_x",
        webhookSecrets: [],
        apiBase: null,
      },
    });
    assert(report.notes[0]?.includes("stripe listen"));
    assertEquals((await stripe.webhookEndpoints.list()).data, []);
  }));

Deno.test("setup requires neither a webhook secret nor a sign-in", () => {
  const environment = { STRIPE_SECRET_KEY: "sk_live_x", APP_URL: APP };
  const config = loadConfig(environment, { beforeSetup: true });
  assertEquals(config.stripe.mode, "live");
});
