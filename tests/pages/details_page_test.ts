import { assert, assertEquals, assertMatch } from "@std/assert";
import { openPortal } from "@/lib/billing/portal.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { formatAddress } from "@/lib/pages/address.ts";
import { giveCustomer, openTestApp, ORG } from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { DAY_MS, subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";
import { openTestClockApp, subscribe } from "@/tests/helpers/test_clock.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const PAGE = "/organization/details";
const PORTAL = "/api/v1/operations/payment/customer-portal";
const CUSTOMER = `${PORTAL}?flow=customer_update&return_to=details`;
const CARD = `${PORTAL}?flow=payment_method_update&return_to=details`;

const ADDRESS = {
  line1: "12 Harbour Street",
  line2: null,
  city: "Bristol",
  state: null,
  postal_code: "BS1 4QA",
  country: "GB",
};

Deno.test("the details page shows Stripe's details, each with its portal flow", async () => {
  await using app = await openTestApp();
  const { stripeCustomerId } = await subscribeAtStripe(app);
  const stripe = await app.services.stripe();
  await stripe.customers.update(stripeCustomerId, {
    name: "Fern & Co",
    email: "bills@fern.example",
    address: {
      line1: "12 Harbour Street",
      city: "Bristol",
      postal_code: "BS1 4QA",
      country: "GB",
    },
  });
  app.stripe.controls.reset();
  const { response, text, links } = await visitPage(app, PAGE);
  assertEquals(response.status, 200);
  assertMatch(text, /Organization Fern & Co Edit/);
  assertMatch(text, /Billing email bills@fern\.example Edit/);
  assertMatch(
    text,
    /Address 12 Harbour Street Bristol, BS1 4QA United Kingdom Edit/,
  );
  assertMatch(text, /Tax IDs Not set Edit/);
  assertMatch(
    text,
    /Payment method Visa ending in 4242 Expires \d\d\/\d{4} Edit/,
  );
  assertEquals(links.filter((link) => link === CUSTOMER).length, 4);
  assertEquals(links.filter((link) => link === CARD).length, 1);
  const asked = app.stripe.controls.requests.map(({ path }) => path);
  assertEquals(asked, [`/v1/customers/${stripeCustomerId}`]);
});

Deno.test("tax IDs are shown with their verification", async () => {
  await using app = await openTestApp();
  const id = await giveCustomer(app);
  const stripe = await app.services.stripe();
  const value = "DE123456789";
  const { verification } = await stripe.customers.createTaxId(id, {
    type: "eu_vat",
    value,
  });
  const { text } = await visitPage(app, PAGE);
  const states: Record<string, string> = {
    verified: "verified",
    pending: "verification pending",
    unverified: "not verified",
  };
  const state = states[verification?.status ?? ""] ?? "none";
  assert(text.includes(`EU VAT ${value} (${state})`), text);
});

Deno.test("a customer without a name is shown by its business name", async () => {
  await using app = await openTestApp();
  const id = await giveCustomer(app);
  const stripe = await app.services.stripe();
  await stripe.customers.update(id, { name: "", business_name: "Fern & Co" });
  const { text } = await visitPage(app, PAGE);
  assertMatch(text, /Organization Fern & Co Edit/);
  assertMatch(text, /Payment method Not set Edit/);
});

Deno.test("without a customer the details page asks Stripe for nothing", async () => {
  await using app = await openTestApp();
  const { text, links } = await visitPage(app, PAGE);
  assertMatch(text, /No billing yet.* See plans/);
  assert(links.includes("/organization#/plans"));
  assertEquals(app.stripe.controls.requests.length, 0);
});

Deno.test("a role without billing rights reads the details and the reason", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await giveCustomer(app);
  const { text, links } = await visitPage(app, PAGE, { role: "member" });
  assertMatch(text, /Billing email billing@example\.com/);
  assertMatch(text, /Only admins can manage billing/);
  assertEquals(links.filter((link) => link.startsWith("/api/")), []);
});

Deno.test("while Stripe is unreachable, the details page offers a retry", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
  const { response, text, links } = await visitPage(app, PAGE);
  assertEquals(response.status, 200);
  assertMatch(text, /Can't reach Stripe\. Your billing details are safe/);
  assert(links.includes(PAGE));
});

Deno.test("a customer that Stripe has deleted has no details", async () => {
  await using app = await openTestApp();
  const id = await giveCustomer(app);
  await (await app.services.stripe()).customers.del(id);
  const { response, text } = await visitPage(app, PAGE);
  assertEquals(response.status, 200);
  assertMatch(text, /No billing yet/);
});

Deno.test("after the portal the page shows the new details, not that nothing changed", async () => {
  await using app = await openTestApp();
  const { stripeCustomerId } = await subscribeAtStripe(app);
  await openPortal(app.services, {
    orgId: ORG,
    intent: { flow: "customer_update" },
    returnTo: "details",
  });
  await app.services.background.settled();
  const session = app.stripe.controls.requests.at(-1)?.params ?? {};
  assertMatch(session["return_url"] ?? "", /\/organization\/details$/);
  const stripe = await app.services.stripe();
  await stripe.customers.update(stripeCustomerId, {
    email: "new@fern.example",
  });
  const { text } = await visitPage(app, PAGE);
  assertMatch(text, /Up to date\..*Billing email new@fern\.example/);
});

Deno.test("formatAddress() follows the country's order", () => {
  assertEquals(formatAddress(ADDRESS, "de"), [
    "12 Harbour Street",
    "Bristol, BS1 4QA",
    "Vereinigtes Königreich",
  ]);
  const berlin = {
    ...ADDRESS,
    city: "Berlin",
    postal_code: "10115",
    country: "DE",
  };
  assertEquals(formatAddress(berlin, "en-US").slice(1), [
    "10115 Berlin",
    "Germany",
  ]);
  assertEquals(formatAddress(null, "en-US"), []);
});

Deno.test("the details page follows the customer's advanced clock", async () => {
  await using app = await openTestClockApp(NOW_MS);
  const { api, customer } = app;
  const month = new Date(NOW_MS);
  const { data: [card] } = await api.paymentMethods.list({ customer });
  await api.paymentMethods.update(card?.id ?? "", {
    card: {
      exp_month: month.getUTCMonth() + 1,
      exp_year: month.getUTCFullYear(),
    },
  });
  const trial_end = (NOW_MS + 40 * DAY_MS) / 1000;
  await subscribe(app, "pro_month", { trial_end });
  await syncSubscription(app.services, ORG);
  const before = await visitPage(app, PAGE);
  assertMatch(before.text, /Expires \d\d\/\d{4}/);
  assert(!before.text.includes("Your trial ends on"), before.text);
  await app.until(NOW_MS + 35 * DAY_MS);
  const { text } = await visitPage(app, PAGE);
  assertMatch(text, /Expired \d\d\/\d{4}/);
  assertMatch(text, /Your trial ends on/);
});
