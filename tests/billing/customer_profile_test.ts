import { assertEquals } from "@std/assert";
import type { Choice } from "@/lib/billing/plans.ts";
import type { Environment } from "@/lib/config/config.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  CARD,
  openCheckout,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";
import { deliver, stripeEvent } from "@/tests/helpers/stripe_events.ts";

const PATH = "/api/v1/operations/payment/checkout";
const PRO: Choice = { plan: "pro", interval: "month" };
const NAMED: Environment = { AUTH_ORG_NAME_CLAIM: "org.name" };
const CLAIMS = { org: { name: "Fern & Co" }, email: "ada@fern.example" };

/** Checks out by session, and returns Checkout's URL. */
async function checkOut(
  app: TestApp,
  claims: Record<string, unknown>,
  choice: Choice = PRO,
): Promise<string> {
  const response = await app.fetch(PATH, {
    method: "POST",
    headers: {
      ...await authorization({ ...memberClaims(), ...claims }),
      "Content-Type": "application/json",
    },
    body: JSON.stringify(choice),
  });
  assertEquals(response.status, 200);
  return (await response.json()).url;
}

function requestsTo({ stripe }: TestApp, path: RegExp) {
  return stripe.controls.requests.filter(({ method, path: asked }) =>
    method === "POST" && path.test(asked)
  );
}

function sessionOf(app: TestApp): Record<string, string> {
  return requestsTo(app, /^\/v1\/checkout\/sessions$/).at(-1)?.params ?? {};
}

async function customerOf(app: TestApp) {
  const stored = await app.services.store.readCustomer(ORG);
  const stripe = await app.services.stripe();
  const customer = await stripe.customers.retrieve(
    stored?.stripeCustomerId ?? "",
  );
  if (customer.deleted) throw new Error("The customer was deleted");
  return customer;
}

Deno.test("the claims name the customer, in an update before Checkout opens", async () => {
  await using app = await openTestApp(NAMED);
  await checkOut(app, CLAIMS);
  const { name, email } = await customerOf(app);
  assertEquals([name, email], ["Fern & Co", "ada@fern.example"]);
  const [creation, update, session] = requestsTo(
    app,
    /^\/v1\/(customers|checkout\/sessions$)/,
  );
  assertEquals(creation?.params, { "metadata[organization]": ORG });
  assertEquals(update?.params, {
    name: "Fern & Co",
    email: "ada@fern.example",
  });
  assertEquals(session?.path, "/v1/checkout/sessions");
});

Deno.test("a known name is neither asked for nor replaced by the cardholder's", async () => {
  await using app = await openTestApp(NAMED);
  const url = await checkOut(app, CLAIMS);
  const session = sessionOf(app);
  assertEquals(session["customer_update[address]"], "auto");
  assertEquals(session["customer_update[name]"], undefined);
  assertEquals(session["name_collection[business][enabled]"], undefined);
  await payOnPage(app, url);
  const { name, address } = await customerOf(app);
  assertEquals([name, address?.country], ["Fern & Co", "GB"]);
});

Deno.test("without the claim, Checkout asks for the business name", async () => {
  await using app = await openTestApp();
  const url = await checkOut(app, {});
  const session = sessionOf(app);
  assertEquals(session["name_collection[business][enabled]"], "true");
  assertEquals(session["customer_update[name]"], "auto");
  assertEquals(requestsTo(app, /^\/v1\/customers\//), []);
  await payOnPage(app, url, { ...CARD, business_name: "Paper Lantern Ltd" });
  await app.stripe.controls.drain();
  const { name, business_name } = await customerOf(app);
  assertEquals(
    [name, business_name],
    ["Paper Lantern Ltd", "Paper Lantern Ltd"],
  );
});

Deno.test("a late payment keeps a name that was corrected after Checkout", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const stripe = await app.services.stripe();
  await stripe.customers.update(customer, { name: "Paper Lantern GmbH" });
  const session = {
    id: "cs_test_1",
    object: "checkout.session",
    mode: "payment",
    customer,
    client_reference_id: ORG,
    customer_details: { business_name: "Paper Lantern Ltd" },
  };
  const type = "checkout.session.async_payment_succeeded";
  const { status } = await deliver(app, stripeEvent(type, session));
  assertEquals(status, 200);
  assertEquals((await customerOf(app)).name, "Paper Lantern GmbH");
});

Deno.test("a customer that Stripe has keeps its name and gets an email", async () => {
  await using app = await openTestApp(NAMED);
  const stripe = await app.services.stripe();
  await stripe.customers.create({
    name: "Fern and Company GmbH",
    metadata: { organization: ORG },
  });
  await checkOut(app, CLAIMS);
  const { name, email } = await customerOf(app);
  assertEquals(
    [name, email],
    ["Fern and Company GmbH", "ada@fern.example"],
  );
});

Deno.test("a customer with both is not updated, and a known one is not read", async () => {
  await using app = await openTestApp(NAMED);
  await checkOut(app, CLAIMS);
  app.stripe.controls.reset();
  await checkOut(app, CLAIMS, { credits: "small" });
  const calls = app.stripe.controls.requests.map(({ path }) => path)
    .filter((path) => path.startsWith("/v1/customers"));
  assertEquals(calls, []);
});

Deno.test("a failed update does not fail the checkout", async () => {
  await using app = await openTestApp(NAMED);
  await app.services.prices();
  app.stripe.controls.fail({
    kind: "server_error",
    method: "POST",
    times: Infinity,
    path: "/v1/customers/",
  });
  await checkOut(app, CLAIMS);
  assertEquals((await customerOf(app)).name ?? null, null);
});

Deno.test("an unverified or malformed email is ignored", async () => {
  const bad = [
    { email: "ada@fern.example", email_verified: false },
    { email: "ada" },
    { email: "a b@fern.example" },
    { email: ["ada@fern.example"] },
  ];
  for (const claims of bad) {
    await using app = await openTestApp();
    await checkOut(app, claims);
    assertEquals((await customerOf(app)).email ?? null, null);
  }
});

Deno.test("a credit pack offers saved cards and saves new ones", async () => {
  await using app = await openTestApp();
  await openCheckout(app.services, {
    orgId: ORG,
    choice: { credits: "small" },
  });
  const session = sessionOf(app);
  const options = "saved_payment_method_options";
  assertEquals(session[`${options}[payment_method_save]`], "enabled");
  assertEquals(
    [0, 1, 2].map((i) => session[`${options}[allow_redisplay_filters][${i}]`]),
    ["always", "limited", "unspecified"],
  );
});
