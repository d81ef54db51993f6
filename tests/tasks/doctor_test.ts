import { assert, assertEquals } from "@std/assert";
import { fetchPrices } from "@/lib/billing/prices.ts";
import type { Services } from "@/lib/services.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { formatFindings, runChecks } from "@/tasks/doctor.ts";
import { setUp } from "@/tasks/setup.ts";
import {
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

const SECRET_KEY = "sk_test_doctor";

/** A live configuration with the local Stripe, set up. */
async function liveServices(app: TestApp): Promise<Services> {
  const { services } = app;
  const stripe = await services.stripe();
  const config = {
    ...services.config,
    stripe: {
      mode: "test",
      secretKey: SECRET_KEY,
      webhookSecrets: services.webhookSecrets,
      apiBase: new URL("http://127.0.0.1:9"),
    },
  } as const;
  const { variables } = await setUp(stripe, config);
  const portalConfiguration = variables["STRIPE_PORTAL_CONFIGURATION"] ?? null;
  return { ...services, config: { ...config, portalConfiguration } };
}

/** Reaches the running app as Stripe would. */
function reach(app: TestApp): typeof fetch {
  return (input, init) => app.fetch(new URL(String(input)).pathname, init);
}

async function failing(services: Services, app: TestApp) {
  const findings = await runChecks({ services, fetch: reach(app) });
  return findings.filter(({ ok }) => !ok);
}

Deno.test("doctor reports no problem when everything is set up", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const findings = await runChecks({ services, fetch: reach(app) });
  assertEquals(findings.filter(({ ok }) => !ok), []);
  assertEquals(findings.map(({ name }) => name), [
    "store",
    "token keys",
    "Stripe key",
    "customers",
    "clock",
    "prices",
    "portal",
    "webhook endpoint",
    "webhook delivery",
    "subscriptions",
  ]);
});

Deno.test("doctor checks the parts that exist in the sandbox", async () => {
  await using app = await openTestApp();
  const findings = await runChecks({
    services: app.services,
    fetch: reach(app),
  });
  assertEquals(findings.filter(({ ok }) => !ok), []);
  assert(!findings.some(({ name }) => name === "webhook endpoint"));
});

Deno.test("doctor reports the key of another account", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  await using other = await openTestApp();
  const { stripe } = other.services;
  const findings = await failing({ ...app.services, stripe }, app);
  assertEquals(findings.map(({ name }) => name), ["customers"]);
  assert(findings[0]?.detail.includes("another account"));
});

Deno.test("doctor names a missing price and one with a wrong interval", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const stripe = await services.stripe();
  const prices = await fetchPrices(stripe);
  await stripe.prices.update(prices.get("credits_small")?.id ?? "", {
    active: false,
  });
  await stripe.prices.create({
    product: prices.get("pro_year")?.productId ?? "",
    currency: "eur",
    unit_amount: 100,
    recurring: { interval: "month" },
    lookup_key: "pro_year",
    transfer_lookup_key: true,
  });
  const [finding] = (await failing(services, app))
    .filter(({ name }) => name === "prices");
  assert(finding?.detail.includes("credits_small is missing"));
  assert(finding?.detail.includes("pro_year is not billed per year"));
  assert(finding?.detail.includes("more than one currency"));
  assert(finding?.fix?.includes("stripe:setup"));
});

Deno.test("doctor lists the portal features that are disabled", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const stripe = await services.stripe();
  await stripe.billingPortal.configurations.update(
    services.config.portalConfiguration ?? "",
    { features: { payment_method_update: { enabled: false } } },
  );
  const [finding] = await failing(services, app);
  assertEquals(finding?.name, "portal");
  assert(finding?.detail.includes("features.payment_method_update.enabled"));
});

Deno.test("doctor reports a missing or incomplete webhook endpoint", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const stripe = await services.stripe();
  const { data } = await stripe.webhookEndpoints.list();
  for (const { id } of data) {
    await stripe.webhookEndpoints.update(id, {
      enabled_events: ["invoice.paid"],
    });
  }
  const [deaf] = await failing(services, app);
  assert(deaf?.detail.includes("lacks"));
  for (const { id } of data) await stripe.webhookEndpoints.del(id);
  const [missing] = await failing(services, app);
  assert(missing?.detail.includes("No endpoint delivers"));
});

Deno.test("doctor reports a wrong webhook secret and an app that does not run", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const other = { ...services, webhookSecrets: ["whsec_other"] };
  const [refused] = await failing(other, app);
  assertEquals(refused?.name, "webhook delivery");
  assert(refused?.detail.includes("400"));
  const down: typeof fetch = () =>
    Promise.reject(new TypeError("connection refused"));
  const findings = await runChecks({ services, fetch: down });
  const [silent] = findings.filter(({ ok }) => !ok);
  assertEquals(silent?.detail, "connection refused");
});

Deno.test("doctor reports an invalid API key and runs the other checks", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  app.stripe.controls.fail({ kind: "unauthorized", path: "/v1/products" });
  const findings = await failing(services, app);
  assertEquals(findings.map(({ detail }) => detail), [
    "Stripe rejected the API key",
  ]);
});

Deno.test("doctor reports a wrong clock", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  const clockOf = async (dateMs: number) => {
    const stripe = createStripe({ mode: "sandbox" }, dated(app, dateMs));
    return (await failing({ ...services, stripe }, app))[0];
  };
  const late = await clockOf(services.now() - 60_000);
  assertEquals(late?.name, "clock");
  assert(late?.detail.includes("59 s"));
  assertEquals((await clockOf(services.now() + 60_000))?.name, "clock");
  assertEquals(await clockOf(services.now()), undefined);
});

/** Adds the `Date` header that HTTP responses have. */
function dated({ stripe }: TestApp, dateMs: number): typeof fetch {
  return async (input, init) => {
    const response = await stripe.fetch(input, init);
    const headers = new Headers(response.headers);
    headers.set("Date", new Date(dateMs).toUTCString());
    return new Response(response.body, { status: response.status, headers });
  };
}

Deno.test("doctor warns of active subscriptions that belong to no organization", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  await subscribe(app, await giveCustomer(app));
  assertEquals(await failing(services, app), []);
  const stripe = await services.stripe();
  await subscribe(app, (await stripe.customers.create()).id);
  const [finding, ...more] = await failing(services, app);
  assertEquals(more, []);
  assertEquals(formatFindings(finding ? [finding] : []), [
    "WARN subscriptions: 1 of 2 active subscriptions belong to no organization",
    "     to fix it, run `deno task import`, and again with --apply",
  ]);
});

Deno.test("doctor prints no secret", async () => {
  await using app = await openTestApp();
  const services = await liveServices(app);
  app.stripe.controls.fail({ kind: "unauthorized", times: Infinity });
  const findings = await runChecks({ services, fetch: reach(app) });
  const text = formatFindings(findings).join("\n");
  for (const secret of [SECRET_KEY, ...services.webhookSecrets]) {
    assert(!text.includes(secret));
  }
});
