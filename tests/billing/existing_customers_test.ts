import { assert, assertEquals, assertRejects } from "@std/assert";
import { ensureCustomer } from "@/lib/billing/customers.ts";
import { BillingError } from "@/lib/errors.ts";
import {
  authorization,
  interceptStripe,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";

async function customerAtStripe(
  { services }: TestApp,
  metadata: Record<string, string>,
): Promise<string> {
  const stripe = await services.stripe();
  return (await stripe.customers.create({ metadata })).id;
}

/** The calls about customers, as `GET /v1/customers/search`. */
function calls({ stripe }: TestApp): string[] {
  return stripe.controls.requests
    .filter(({ path }) => path.startsWith("/v1/customers"))
    .map(({ method, path }) => `${method} ${path}`);
}

async function refusedAsConflict(app: TestApp): Promise<void> {
  const error = await assertRejects(
    () => ensureCustomer(app.services, ORG),
    BillingError,
  );
  assertEquals(error.code, "conflict");
  assert(!calls(app).includes("POST /v1/customers"));
}

Deno.test("an organization's existing customer is linked at its first checkout", async () => {
  await using app = await openTestApp();
  const id = await customerAtStripe(app, { organization: ORG });
  app.stripe.controls.reset();
  const { stripeCustomerId } = await ensureCustomer(app.services, ORG);
  assertEquals(stripeCustomerId, id);
  assertEquals(await app.services.store.readOrganization(id), ORG);
  assertEquals(calls(app), [
    "GET /v1/customers/search",
    `GET /v1/customers/${id}`,
  ]);
});

Deno.test("a new organization costs one search and one creation", async () => {
  await using app = await openTestApp();
  await ensureCustomer(app.services, ORG);
  assertEquals(calls(app), ["GET /v1/customers/search", "POST /v1/customers"]);
});

Deno.test("checkout is 409 while several customers claim the organization", async () => {
  await using app = await openTestApp();
  const first = await customerAtStripe(app, { organization: ORG });
  const second = await customerAtStripe(app, { organization: ORG });
  app.stripe.controls.reset();
  const checkout = async () => {
    const response = await app.fetch("/api/v1/operations/payment/checkout", {
      method: "POST",
      headers: {
        ...await authorization(),
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ credits: "small" }),
    });
    return { status: response.status, body: await response.json() };
  };
  for (let attempt = 0; attempt < 2; attempt++) {
    const { status, body } = await checkout();
    assertEquals([status, body.error.code], [409, "CONFLICT"]);
  }
  assertEquals(calls(app).filter((call) => call === "GET /v1/customers"), []);
  assert(app.lines.some((line) => line.includes(`${second},${first}`)));
  await (await app.services.stripe()).customers.del(second);
  assertEquals((await checkout()).status, 200);
  const linked = await app.services.store.readCustomer(ORG);
  assertEquals(linked?.stripeCustomerId, first);
});

Deno.test("a customer that names two organizations is linked to neither", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "tenant_id,organization" };
  await using app = await openTestApp(keys);
  await customerAtStripe(app, { organization: ORG, tenant_id: "org_other" });
  app.stripe.controls.reset();
  await refusedAsConflict(app);
});

Deno.test("a customer that is linked to another organization is not taken over", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  const stripeCustomerId = await customerAtStripe(app, { organization: ORG });
  const customer = { stripeCustomerId, createdAtMs: now() };
  await store.linkCustomer("org_other", customer);
  app.stripe.controls.reset();
  await refusedAsConflict(app);
  assert(app.lines.some((line) => line.includes("org_other")));
});

Deno.test("a search result that Stripe has deleted or changed since is not linked", async () => {
  await using app = await openTestApp();
  const deleted = await customerAtStripe(app, { organization: ORG });
  const renamed = await customerAtStripe(app, { organization: ORG });
  const stripe = await app.services.stripe();
  const stale = await stripe.customers.list();
  await stripe.customers.del(deleted);
  await stripe.customers.update(renamed, { metadata: { organization: "" } });
  interceptStripe(
    app,
    (request, next) =>
      request.url.includes("/v1/customers/search")
        ? Promise.resolve(Response.json({ ...stale, object: "search_result" }))
        : next(request),
  );
  const { stripeCustomerId } = await ensureCustomer(app.services, ORG);
  assert(![deleted, renamed].includes(stripeCustomerId));
});

Deno.test("an organization id in other letters is another organization", async () => {
  await using app = await openTestApp();
  const other = await customerAtStripe(app, { organization: "ORG_ABC123" });
  const { stripeCustomerId } = await ensureCustomer(app.services, ORG);
  assert(stripeCustomerId !== other);
});

Deno.test("every configured metadata key is read, and the first is written", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "tenant_id,organization" };
  await using app = await openTestApp(keys);
  const id = await customerAtStripe(app, { organization: ORG });
  const found = await ensureCustomer(app.services, ORG);
  assertEquals(found.stripeCustomerId, id);
  const made = await ensureCustomer(app.services, "org_new");
  const stripe = await app.services.stripe();
  const customer = await stripe.customers.retrieve(made.stripeCustomerId);
  assertEquals(customer.deleted ? {} : customer.metadata, {
    tenant_id: "org_new",
  });
});

Deno.test("while Search is down, no customer is created", async () => {
  await using app = await openTestApp();
  const path = "/v1/customers/search";
  app.stripe.controls.fail({ kind: "server_error", path, times: Infinity });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  assertEquals(new Set(calls(app)), new Set([`GET ${path}`]));
});

Deno.test("an account without Search creates the customer", async () => {
  await using app = await openTestApp();
  app.stripe.controls.fail({ kind: "no_search", times: Infinity });
  await ensureCustomer(app.services, ORG);
  assertEquals(calls(app).at(-1), "POST /v1/customers");
});
