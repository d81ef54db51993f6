import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { DAY_MS, storeSubscription } from "@/tests/helpers/subscriptions.ts";

const HERE = "http://127.0.0.1:8000";

/** An app on a loopback address, as the sandbox console requires. */
function openHere(): Promise<TestApp> {
  return openTestApp({ APP_URL: HERE });
}

/** Posts a form, by default from the app's own pages. */
function post(
  app: TestApp,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = { "Sec-Fetch-Site": "same-origin" },
) {
  const body = new URLSearchParams(fields);
  return app.fetch(path, { method: "POST", headers, body });
}

async function html(app: TestApp, path: string): Promise<string> {
  const response = await app.fetch(path, { headers: { Accept: "text/html" } });
  assertEquals(response.status, 200, path);
  return await response.text();
}

/** Creates a customer and returns its event. */
async function happen(app: TestApp): Promise<string> {
  const stripe = await app.services.stripe();
  await stripe.customers.create({ name: "Acme" });
  const { data } = await stripe.events.list({ limit: 1 });
  return data[0]?.id ?? "";
}

/** The response statuses of an event's deliveries to the app. */
async function triesOf(app: TestApp, id: string) {
  const entry = await app.stripe.webhooks.entry(id);
  return entry?.deliveries.flatMap(({ attempts }) =>
    attempts.map(({ status }) => status)
  );
}

Deno.test("events reach the app in process, signed with its webhook secret", async () => {
  await using app = await openHere();
  const id = await happen(app);
  await app.stripe.controls.drain();
  assertEquals(await triesOf(app, id), [200]);
});

Deno.test("the webhook secret survives a restart", async () => {
  await using app = await openHere();
  const url = `${HERE}/api/v1/webhooks/stripe`;
  const { webhooks } = app.stripe;
  assertEquals(
    await webhooks.endpointSecrets(url),
    [...app.services.webhookSecrets],
  );
  assertMatch(app.services.webhookSecrets[0] ?? "", /^whsec_\w{32}$/);
});

Deno.test("the sandbox console lists events, newest first, with their delivery status", async () => {
  await using app = await openHere();
  const id = await happen(app);
  await app.stripe.controls.drain();
  const page = await html(app, "/sandbox");
  assert(page.includes(`href="/sandbox/events/${id}"`));
  assertMatch(page, /data-state="delivered">Delivered</);
  assert(page.indexOf("customer.created") < page.indexOf("product.created"));
  assertMatch(page, /4242 4242 4242 4242/);
  assert(!page.includes("<script"), "the page must work without script");
});

Deno.test("the event list is filtered by type and paged", async () => {
  await using app = await openHere();
  for (let n = 0; n < 30; n++) await happen(app);
  const filtered = await html(app, "/sandbox?type=customer.created");
  assertEquals(filtered.match(/class="event"/g)?.length, 25);
  assert(!filtered.includes(">product.created</a>"));
  const older = /href="(\/sandbox\?[^"]*before=[^"#]*)#events"/.exec(filtered);
  const next = (older?.[1] ?? "").replaceAll("&amp;", "&");
  const rest = await html(app, next);
  assertEquals(rest.match(/class="event"/g)?.length, 5);
  assertMatch(rest, /Newest events/);
  assertMatch(await html(app, "/sandbox?type=%22%3E&before=x"), /customer/);
});

Deno.test("an event's page shows its escaped JSON and its deliveries", async () => {
  await using app = await openHere();
  const stripe = await app.services.stripe();
  await stripe.customers.create({ name: "<b>Acme</b>" });
  const { data: [event] } = await stripe.events.list({ limit: 1 });
  await app.stripe.controls.drain();
  const page = await html(app, `/sandbox/events/${event?.id}`);
  assertMatch(page, /&lt;b>Acme&lt;\/b>|&lt;b&gt;Acme/);
  assertMatch(page, /delivered, status 200/);
  assertMatch(page, new RegExp(`${HERE}/api/v1/webhooks/stripe`));
  const missing = await app.fetch("/sandbox/events/evt_none");
  assertEquals(missing.status, 404);
  await missing.body?.cancel();
});

Deno.test("an event is resent twice, late and out of order", async () => {
  await using app = await openHere();
  await happen(app);
  const id = await happen(app);
  await app.stripe.controls.drain();
  const path = `/sandbox/events/${id}`;
  const ways: [string, number][] = [
    ["again", 2],
    ["twice", 4],
    ["late", 4],
    ["out_of_order", 5],
  ];
  for (const [send, tries] of ways) {
    const response = await post(app, path, { send });
    assertEquals(response.status, 303, send);
    assertEquals(response.headers.get("Location"), `${path}#deliveries`);
    assertEquals((await triesOf(app, id))?.length, tries, send);
  }
  app.clock.nowMs += 60_000;
  await app.stripe.controls.drain();
  assertEquals((await triesOf(app, id))?.length, 6);
});

Deno.test("events are held and released", async () => {
  await using app = await openHere();
  assertEquals((await post(app, "/sandbox", { keep: "hold" })).status, 303);
  assertMatch(await html(app, "/sandbox"), /Events are held/);
  const id = await happen(app);
  await app.stripe.controls.drain();
  assertEquals(await triesOf(app, id), []);
  await post(app, "/sandbox", { keep: "release_newest_first" });
  assertEquals(await triesOf(app, id), [200]);
  await post(app, "/sandbox", { keep: "swap" });
  assertMatch(await html(app, "/sandbox"), /The next two events are held/);
});

Deno.test("an organization's time is advanced", async () => {
  await using app = await openHere();
  const stripe = await app.services.stripe();
  const { id } = await stripe.customers.create({ name: "Acme" });
  const before = await html(app, "/sandbox");
  assertMatch(before, /Acme<\/h3>/);
  assert(!before.includes("Next renewal"), "there is no subscription");
  const step = { customer: id, step: "day" };
  assertEquals((await post(app, "/sandbox/clock", step)).status, 303);
  const [clock] = await app.stripe.clocks.list();
  const nowSec = Math.floor(app.clock.nowMs / 1_000);
  assertEquals(clock?.nowSec, nowSec + 24 * 60 * 60);
  for (
    const fields of [
      { customer: id, step: "renewal" },
      { customer: id, step: "century" },
      { customer: "cus_none", step: "day" },
    ]
  ) {
    const refused = await post(app, "/sandbox/clock", fields);
    assertEquals(refused.status, 400);
    await refused.body?.cancel();
  }
});

Deno.test("time advances past a trial's end and the renewal after it", async () => {
  await using app = await openHere();
  const stripe = await app.services.stripe();
  const { id: customer } = await stripe.customers.create({
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 2_900,
    recurring: { interval: "month" },
    product_data: { name: "Pro" },
  });
  await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    trial_period_days: 14,
  });
  const steps = [["trial_end", "End trial"], [
    "renewal",
    "Next renewal",
  ]];
  for (const [index, [step = "", label = ""]] of steps.entries()) {
    assert((await html(app, "/sandbox")).includes(label));
    const moved = await post(app, "/sandbox/clock", { customer, step });
    assertEquals(moved.status, 303, step);
    const { data } = await stripe.invoices.list({ customer, status: "paid" });
    const charged = data.filter(({ total }) => total > 0);
    assertEquals(charged.length, index + 1, step);
  }
  const { data: [paid] } = await stripe.events.list({ type: "invoice.paid" });
  assertEquals(await triesOf(app, paid?.id ?? ""), [200]);
});

Deno.test("a form from another site changes nothing", async () => {
  await using app = await openHere();
  const id = await happen(app);
  const forms: [string, Record<string, string>][] = [
    ["/sandbox", { keep: "hold" }],
    ["/sandbox/clock", { customer: "cus_1", step: "day" }],
    [`/sandbox/events/${id}`, { send: "again" }],
  ];
  for (const [path, fields] of forms) {
    for (const site of [{ "Sec-Fetch-Site": "cross-site" }, undefined]) {
      const refused = await post(app, path, fields, site ?? {});
      assertEquals(refused.status, 403, path);
      await refused.body?.cancel();
    }
  }
  assertEquals((await app.stripe.controls.holdState()).held, false);
});

Deno.test("the sandbox console exists only on this machine with the local Stripe", async () => {
  await using remote = await openTestApp();
  const paths = ["/sandbox", "/sandbox/events/evt_1"];
  for (const path of paths) {
    const response = await remote.fetch(path);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
  const posted = await post(remote, "/sandbox/clock", { step: "day" });
  assertEquals(posted.status, 404);
  await posted.body?.cancel();
});

Deno.test("pages follow a customer's advanced clock", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const trialEndMs = app.clock.nowMs + 9 * DAY_MS;
  await storeSubscription(app, { status: "trialing", trialEndMs });
  const pages = ["/organization", "/organization/invoices", "/account"];
  for (const path of pages) {
    const { text } = await visitPage(app, path);
    assert(!text.includes("Your trial ends"), path);
  }
  for (let day = 0; day < 3; day++) {
    await app.stripe.clocks.step(customer, "day");
  }
  await storeSubscription(app, { status: "trialing", trialEndMs });
  for (const path of pages) {
    const { text } = await visitPage(app, path);
    assertMatch(text, /Your trial ends on August 12, 2026/, path);
  }
});

Deno.test("the ledger and the monthly grants follow an advanced clock", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const first = await visitPage(app, "/organization/usage");
  assertMatch(first.text, /Granted August 3, 2026 at 9:30 AM UTC/);
  for (let day = 0; day < 30; day++) {
    await app.stripe.clocks.step(customer, "day");
  }
  const { text } = await visitPage(app, "/organization/usage");
  assertMatch(text, /Granted September 2, 2026 at 9:30 AM UTC/);
});
