import { assert, assertEquals, assertThrows } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { type PortalIntent, requireFlow } from "@/lib/billing/portal_flows.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { readPlanChange } from "@/lib/pages/plan_change.ts";
import {
  type Subscription,
  SUBSCRIPTION_STATUSES,
} from "@/lib/store/subscriptions.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  priceOf,
  storedSubscription,
  subscribe,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";

const CONFIRM = {
  flow: "subscription_update_confirm",
  plan: "scale",
  interval: "month",
} as const;

function allows(intent: PortalIntent, subscription: Subscription): boolean {
  try {
    return requireFlow(intent, subscription) === subscription;
  } catch (error) {
    assert(error instanceof BillingError);
    assertEquals(error.code, "validation_error");
    return false;
  }
}

function statusesFor(flow: PortalIntent["flow"]): string[] {
  return SUBSCRIPTION_STATUSES.filter((status) =>
    allows(
      flow === CONFIRM.flow ? CONFIRM : { flow },
      storedSubscription({ status }),
    )
  );
}

Deno.test("each flow requires certain subscription states", () => {
  const running = ["trialing", "active", "past_due"];
  assertEquals(statusesFor("subscription_update"), running);
  assertEquals(statusesFor("subscription_update_confirm"), running);
  assertEquals(statusesFor("subscription_cancel"), [
    ...running,
    "unpaid",
    "paused",
  ]);
  assertEquals(statusesFor("subscription_pause"), ["trialing", "active"]);
});

Deno.test("a subscription set to end cannot be canceled again but may change", () => {
  const ending = storedSubscription({ cancelAtMs: 1 });
  assertEquals(allows({ flow: "subscription_cancel" }, ending), false);
  assertEquals(allows(CONFIRM, ending), true);
});

Deno.test("while a change is scheduled, no flow is available", () => {
  const scheduled = storedSubscription({
    scheduled: { plan: "pro", interval: "month", atMs: 1 },
  });
  assertEquals(allows(CONFIRM, scheduled), false);
  assertEquals(allows({ flow: "subscription_cancel" }, scheduled), false);
});

Deno.test("a change to the current plan is refused", () => {
  const same = storedSubscription({ plan: "scale", interval: "month" });
  assertEquals(allows(CONFIRM, same), false);
  const yearly = storedSubscription({ plan: "scale", interval: "year" });
  assertEquals(allows(CONFIRM, yearly), true);
});

Deno.test("without a subscription, every flow is refused", () => {
  assertThrows(() => requireFlow(CONFIRM, null), BillingError, "no subscr");
});

Deno.test("a flow uses the stored subscription's ids, whatever the request says", async () => {
  await using app = await openTestApp();
  const stripeCustomerId = await giveCustomer(app);
  const { store, now } = app.services;
  const read = await store.readBilling(ORG, now());
  const snapshot = storedSubscription({ stripeCustomerId });
  await store.writeSubscription(ORG, snapshot, read);
  const query = new URLSearchParams({
    ...CONFIRM,
    subscription: "sub_theirs",
    price: "price_cheap",
  });
  await app.fetch(
    `/api/v1/operations/payment/customer-portal?${query}`,
    { headers: await authorization() },
  );
  const params = app.stripe.controls.requests
    .find(({ path }) => path === "/v1/billing_portal/sessions")?.params;
  const confirm = "flow_data[subscription_update_confirm]";
  const price = (await app.services.prices()).get("scale_month");
  assertEquals(params?.[`${confirm}[subscription]`], snapshot.id);
  assertEquals(params?.[`${confirm}[items][0][id]`], snapshot.itemId);
  assertEquals(params?.[`${confirm}[items][0][price]`], price?.id);
});

Deno.test("a plan change keeps the quantity of the subscription", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const price = await priceOf(app, "pro_month");
  await subscribe(app, customer, { items: [{ price, quantity: 3 }] });
  await syncSubscription(app.services, ORG);
  const headers = await authorization();
  const query = new URLSearchParams(CONFIRM);
  const { status } = await app.fetch(
    `/api/v1/operations/payment/customer-portal?${query}`,
    { headers },
  );
  assertEquals(status, 302);
  const requested = { plan: "scale", interval: "month" } as const;
  const change = await readPlanChange(app.services, ORG, {
    requested,
    read: null,
  });
  assert(change.kind === "now");
  const amounts = change.preview?.lines.map(({ amount }) => amount.amountMinor);
  assertEquals(amounts, [-3 * 2_900, 3 * 9_900]);
});

Deno.test("HEAD checks whether a flow would open and opens none", async () => {
  await using app = await openTestApp();
  const stripeCustomerId = await giveCustomer(app);
  const { store, now } = app.services;
  const read = await store.readBilling(ORG, now());
  const snapshot = storedSubscription({ stripeCustomerId, status: "paused" });
  await store.writeSubscription(ORG, snapshot, read);
  app.stripe.controls.reset();
  const head = async (flow: string) =>
    (await app.fetch(
      `/api/v1/operations/payment/customer-portal?flow=${flow}`,
      { method: "HEAD", headers: await authorization() },
    )).status;
  assertEquals(await head("subscription_cancel"), 200);
  assertEquals(await head("subscription_update"), 400);
  const asked = app.stripe.controls.requests.map(({ method }) => method);
  assertEquals(asked.filter((method) => method !== "GET"), []);
});

/** Enables pausing, which setup leaves disabled. */
async function allowPauses({ services }: TestApp): Promise<void> {
  const { configurations } = (await services.stripe()).billingPortal;
  const { data } = await configurations.list({ is_default: true });
  await configurations.update(data[0]?.id ?? "", {
    features: {
      subscription_pause: { enabled: true, duration: { type: "indefinite" } },
    },
  });
}

Deno.test("every flow opens where the subscription allows it", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  await allowPauses(app);
  const about: Record<string, string | undefined> = {
    payment_method_update: undefined,
    customer_update: undefined,
    subscription_update: id,
    subscription_cancel: id,
    subscription_pause: id,
  };
  for (const [flow, subscription] of Object.entries(about)) {
    const response = await app.fetch(
      `/api/v1/operations/payment/customer-portal?flow=${flow}`,
      { headers: await authorization() },
    );
    assertEquals(response.status, 302, flow);
    const params = app.stripe.controls.requests
      .findLast(({ path }) => path === "/v1/billing_portal/sessions")?.params;
    assertEquals(params?.["flow_data[type]"], flow);
    assertEquals(params?.[`flow_data[${flow}][subscription]`], subscription);
  }
});

Deno.test("a flow disabled in the portal configuration is 400, for HEAD too", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  const path =
    "/api/v1/operations/payment/customer-portal?flow=subscription_pause";
  const headers = await authorization();
  const response = await app.fetch(path, { headers });
  assertEquals(response.status, 400);
  assertEquals((await response.json()).error.code, "VALIDATION_ERROR");
  const head = async () =>
    (await app.fetch(path, { method: "HEAD", headers })).status;
  assertEquals(await head(), 400);
  await allowPauses(app);
  assertEquals(await head(), 200);
});

Deno.test("HEAD reads the portal configuration that GET uses", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  const { configurations } = (await app.services.stripe()).billingPortal;
  const { id } = await configurations.create({
    features: { payment_method_update: { enabled: false } },
  });
  const { config } = app.services;
  Object.assign(app.services, {
    config: { ...config, portalConfiguration: id },
  });
  const path =
    "/api/v1/operations/payment/customer-portal?flow=payment_method_update";
  for (const method of ["GET", "HEAD"]) {
    const response = await app.fetch(path, {
      method,
      headers: await authorization(),
    });
    assertEquals(response.status, 400, method);
    await response.body?.cancel();
  }
});
