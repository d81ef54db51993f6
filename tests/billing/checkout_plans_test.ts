import { assert, assertEquals, assertMatch } from "@std/assert";
import { confirmCheckout } from "@/lib/pages/checkout_return.ts";
import type { Choice } from "@/lib/billing/plans.ts";
import type { Services } from "@/lib/services.ts";
import {
  giveCustomer,
  interceptStripe,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { openCheckout, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

const PRO = { plan: "pro", interval: "month" } as const;
const SCALE = { plan: "scale", interval: "month" } as const;
const CHECKOUT = /\/sandbox\/stripe\/c\/pay\//;
const PORTAL = /\/sandbox\/stripe\/p\/session\//;

function checkout(
  { services }: TestApp,
  choice: Choice,
): Promise<string> {
  return openCheckout(services, { orgId: ORG, choice });
}

/** Parameters of the last POST to a path. */
function lastMade({ stripe }: TestApp, path: string) {
  return stripe.controls.requests
    .findLast((one) => one.method === "POST" && one.path === path)?.params;
}

const lastSession = (app: TestApp) => lastMade(app, "/v1/checkout/sessions");
const lastPortal = (app: TestApp) =>
  lastMade(app, "/v1/billing_portal/sessions");

async function sessionsAt({ services }: TestApp) {
  const stripe = await services.stripe();
  return (await stripe.checkout.sessions.list({ limit: 100 })).data;
}

async function subscriptionsAt({ services }: TestApp) {
  const stripe = await services.stripe();
  return (await stripe.subscriptions.list({ status: "all" })).data;
}

/** Pays on the hosted page. */
async function pay(app: TestApp, url: string, number = "4242424242424242") {
  const { pathname } = new URL(url);
  const response = await app.fetch(pathname, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams({
      email: "ada@example.com",
      number,
      expiry: "04 / 30",
      cvc: "123",
      name: "Ada Okonjo",
      country: "GB",
    }),
  });
  return response.headers.get("Location");
}

Deno.test("a first plan opens Checkout with its trial", async () => {
  await using app = await openTestApp();
  assertMatch(await checkout(app, PRO), CHECKOUT);
  const params = lastSession(app);
  assertEquals(params?.["mode"], "subscription");
  assertEquals(params?.["subscription_data[trial_period_days]"], "14");
  assertEquals(params?.["subscription_data[metadata][organization]"], ORG);
  const names = Object.keys(params ?? {}).join();
  assert(!names.includes("payment_method_types"));
  await checkout(app, SCALE);
  assertEquals(
    lastSession(app)?.["subscription_data[trial_period_days]"],
    undefined,
  );
});

Deno.test("an organization has one trial", async () => {
  await using app = await openTestApp();
  const { id } = await subscribe(app, await giveCustomer(app));
  await (await app.services.stripe()).subscriptions.cancel(id);
  assertMatch(await checkout(app, PRO), CHECKOUT);
  assertEquals(
    lastSession(app)?.["subscription_data[trial_period_days]"],
    undefined,
  );
});

Deno.test("returning from Checkout stores the plan", async () => {
  await using app = await openTestApp();
  const url = await checkout(app, SCALE);
  const [open] = await sessionsAt(app);
  const back = await pay(app, url);
  assertEquals(
    back,
    `${app.services.config.appUrl}/organization?checkout=${open?.id}#/plans`,
  );
  const { services } = app;
  const result = await confirmCheckout(services, ORG, open?.id ?? "");
  assertEquals(result, "paid");
  const { subscription } = await services.store.readBilling(ORG, 0);
  assertEquals([subscription?.plan, subscription?.status], ["scale", "active"]);
  assertEquals(await services.store.readCheckout(ORG), null);
  assertEquals(
    await confirmCheckout(services, ORG, open?.id ?? ""),
    "paid",
  );
});

Deno.test("the event of a paid session stores the plan", async () => {
  await using app = await openTestApp();
  await pay(app, await checkout(app, SCALE));
  await app.stripe.controls.drain();
  const { subscription } = await app.services.store.readBilling(ORG, 0);
  assertEquals(subscription?.plan, "scale");
  assertEquals(await app.services.store.readCheckout(ORG), null);
});

Deno.test("another plan is confirmed in the portal, not bought separately", async () => {
  await using app = await openTestApp();
  const { id, items } = await subscribe(app, await giveCustomer(app));
  assertMatch(await checkout(app, SCALE), PORTAL);
  const params = lastPortal(app);
  const confirm = "flow_data[subscription_update_confirm]";
  const price = (await app.services.prices()).get("scale_month");
  assertEquals(params?.["flow_data[type]"], "subscription_update_confirm");
  assertEquals(params?.[`${confirm}[subscription]`], id);
  assertEquals(params?.[`${confirm}[items][0][id]`], items.data[0]?.id);
  assertEquals(params?.[`${confirm}[items][0][price]`], price?.id);
  assertEquals(lastSession(app), undefined);
});

Deno.test("the current plan leads to the portal", async () => {
  await using app = await openTestApp();
  await subscribe(app, await giveCustomer(app));
  assertMatch(await checkout(app, PRO), PORTAL);
  assertEquals(lastPortal(app)?.["flow_data[type]"], undefined);
});

Deno.test("a subscription that has not ended blocks a second one", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const { services } = app;
  const stripe = await services.stripe();
  const { id } = await subscribe(app, customer, { trial_period_days: 5 });
  assertMatch(await checkout(app, SCALE), PORTAL);
  await stripe.subscriptions.update(id, { trial_end: "now" });
  await stripe.subscriptions.update(id, { cancel_at: "min_period_end" });
  assertMatch(await checkout(app, SCALE), PORTAL);
  await stripe.subscriptions.update(id, { cancel_at: "" });
  await stripe.subscriptions.pause(id);
  assertMatch(await checkout(app, SCALE), PORTAL);
  assertEquals(lastPortal(app)?.["flow_data[type]"], undefined);
  await stripe.subscriptions.cancel(id);
  assertMatch(await checkout(app, SCALE), CHECKOUT);
});

Deno.test("an incomplete subscription blocks a second one", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const card = "pm_card_chargeCustomerFail";
  const made = await subscribe(app, customer, {
    card,
    payment_behavior: "allow_incomplete",
  });
  assertEquals(made.status, "incomplete");
  assertMatch(await checkout(app, SCALE), PORTAL);
  assertEquals(lastSession(app), undefined);
});

Deno.test("packs are sold beside a plan", async () => {
  await using app = await openTestApp();
  await subscribe(app, await giveCustomer(app));
  const url = await checkout(app, { credits: "small" });
  assertMatch(url, CHECKOUT);
  const [open] = await sessionsAt(app);
  await pay(app, url);
  const result = await confirmCheckout(app.services, ORG, open?.id ?? "");
  assertEquals(result, "paid");
});

Deno.test("an open session for a plan expires once there is a plan", async () => {
  await using app = await openTestApp();
  await checkout(app, SCALE);
  const customer = await app.services.store.readCustomer(ORG);
  await subscribe(app, customer?.stripeCustomerId ?? "");
  assertMatch(await checkout(app, SCALE), PORTAL);
  const [session] = await sessionsAt(app);
  assertEquals(session?.status, "expired");
});

Deno.test("concurrent checkout and plan choice create one subscription", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const url = await checkout(app, SCALE);
  let calls = 0;
  const overtaken: Services = {
    ...services,
    async stripe() {
      calls += 1;
      // After the sync, before the previous session is expired.
      if (calls === 2) await pay(app, url);
      return await services.stripe();
    },
  };
  const request = { orgId: ORG, choice: PRO };
  assertMatch(await openCheckout(overtaken, request), PORTAL);
  assertEquals((await subscriptionsAt(app)).length, 1);
});

Deno.test("a paid session without its webhook yet blocks a second plan", async () => {
  await using app = await openTestApp();
  await app.stripe.controls.hold();
  await pay(app, await checkout(app, SCALE));
  assertMatch(await checkout(app, PRO), PORTAL);
  assertEquals((await subscriptionsAt(app)).length, 1);
  const open = (await sessionsAt(app)).filter((one) => one.status === "open");
  assertEquals(open, []);
});

/** Holds the creation of the first session until `release`. */
function holdFirstSession(app: TestApp) {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let sessions = 0;
  interceptStripe(app, async (request, next) => {
    const creates = request.method === "POST" &&
      new URL(request.url).pathname === "/v1/checkout/sessions";
    if (creates && ++sessions === 1) {
      held.resolve();
      await released.promise;
    }
    return await next(request);
  });
  return { held: held.promise, release: released.resolve };
}

// Found by the simulation: choosing two plans at once ended with two
// subscriptions.
Deno.test("a checkout that another one's payment overtakes is not opened", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { held, release } = holdFirstSession(app);
  const slow = checkout(app, SCALE);
  await held;
  await payOnPage(app, await checkout(app, PRO));
  const [paid] = await sessionsAt(app);
  assertEquals(
    await confirmCheckout(app.services, ORG, paid?.id ?? ""),
    "paid",
  );
  release();
  assertMatch(await slow, PORTAL);
  const open = (await sessionsAt(app)).filter(({ status }) =>
    status === "open"
  );
  assertEquals(open, []);
});
