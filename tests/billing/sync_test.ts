import { assert, assertEquals, assertRejects } from "@std/assert";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { BillingError } from "@/lib/errors.ts";
import { openPortal } from "@/lib/billing/portal.ts";
import { type Scope, SCOPES } from "@/lib/store/api_keys.ts";
import type { Services } from "@/lib/services.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { readBillingView } from "@/lib/pages/billing_view.ts";
import {
  giveCustomer,
  interceptStripe,
  memberClaims,
  openTestApp,
  ORG,
} from "@/tests/helpers/app.ts";
import type { TestApp } from "@/tests/helpers/app.ts";
import {
  cutOffPrices,
  priceOf,
  subscribe,
} from "@/tests/helpers/subscriptions.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

/** Number of subscription reads at Stripe. */
function reads({ stripe }: TestApp): number {
  return stripe.controls.requests.filter(({ method, path }) =>
    method === "GET" && path === "/v1/subscriptions"
  ).length;
}

async function stored({ services }: TestApp): Promise<Subscription | null> {
  const { store, now } = services;
  return (await store.readBilling(ORG, now())).subscription;
}

/** An organization on Pro monthly that is not stored yet. */
async function openSubscribed() {
  const app = await openTestApp();
  const customer = await giveCustomer(app);
  const { id, items } = await subscribe(app, customer);
  const stripe = await app.services.stripe();
  app.stripe.controls.reset();
  return {
    app,
    id,
    itemId: items.data[0]?.id ?? "",
    customer,
    stripe,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

Deno.test("a sync stores Stripe's subscription", async () => {
  await using place = await openSubscribed();
  const { app, id, itemId, customer } = place;
  const outcome = await syncSubscription(app.services, ORG);
  assertEquals(outcome.changed, true);
  const { currentPeriodEndMs, latestInvoiceId, invoice, price, ...kept } =
    await stored(app) ?? {} as Subscription;
  assertEquals(kept, {
    stripeCustomerId: customer,
    id,
    itemId,
    status: "active",
    plan: "pro",
    interval: "month",
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    endReason: null,
    paymentMethod: { brand: "visa", last4: "4242" },
    readAtMs: app.clock.nowMs,
  });
  assertEquals([price.amountMinor, price.currency], [2_900, "usd"]);
  assert(currentPeriodEndMs > app.clock.nowMs);
  assert(latestInvoiceId?.startsWith("in_"));
  assertEquals([invoice?.id, invoice?.isOpen, invoice?.amountPaidMinor], [
    latestInvoiceId,
    false,
    2_900,
  ]);
  assertEquals((await syncSubscription(app.services, ORG)).changed, false);
});

Deno.test("a sync without changes records the time of the read", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  await syncSubscription(app.services, ORG);
  const before = await stored(app);
  app.clock.nowMs += 10_000;
  const outcome = await syncSubscription(app.services, ORG);
  assertEquals(outcome.changed, false);
  const { readAtMs } = await stored(app) ?? {};
  assertEquals(readAtMs, app.clock.nowMs);
  assertEquals(await stored(app), before && { ...before, readAtMs });
});

Deno.test("syncs within ten seconds write once", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  await syncSubscription(app.services, ORG);
  const { store, now } = app.services;
  const { subscriptionVersion } = await store.readBilling(ORG, now());
  for (let event = 0; event < 5; event++) {
    app.clock.nowMs += 1_999;
    await syncSubscription(app.services, ORG);
  }
  const after = await store.readBilling(ORG, now());
  assertEquals(after.subscriptionVersion, subscriptionVersion);
});

Deno.test("a refresh records the time shown on the page", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  await check(app);
  app.clock.nowMs += 30_000;
  assertEquals((await check(app))[1], "/organization?check=checked#/plans");
  assertEquals((await stored(app))?.readAtMs, app.clock.nowMs);
});

Deno.test("a sync follows a subscription through its lifecycle", async () => {
  await using place = await openSubscribed();
  const { app, id, itemId, stripe } = place;
  const sync = async () =>
    (await syncSubscription(app.services, ORG)).subscription;
  const scaleYear = await priceOf(app, "scale_year");
  await stripe.subscriptions.update(id, {
    items: [{ id: itemId, price: scaleYear }],
  });
  const scaled = await sync();
  assertEquals([scaled?.plan, scaled?.interval], ["scale", "year"]);
  await stripe.subscriptions.update(id, { cancel_at: "min_period_end" });
  const ending = await sync();
  assertEquals(ending?.cancelAtMs, ending?.currentPeriodEndMs);
  await stripe.subscriptions.update(id, { cancel_at: "" });
  assertEquals((await sync())?.cancelAtMs, null);
  await stripe.subscriptions.cancel(id);
  const ended = await sync();
  assertEquals(ended?.status, "canceled");
  assert(ended?.cancelAtMs !== null);
});

Deno.test("an organization that never subscribed has no stored subscription", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const outcome = await syncSubscription(app.services, ORG);
  const unchanged = { subscription: null, changed: false };
  assertEquals(outcome, { ...unchanged, hasCustomer: true });
  const other = await syncSubscription(app.services, "org_other");
  assertEquals(other, { ...unchanged, hasCustomer: false });
});

Deno.test("64 concurrent syncs share one read and one follow-up", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, () => syncSubscription(app.services, ORG)),
  );
  assertEquals(new Set(outcomes.map((one) => one.subscription?.id)).size, 1);
  assertEquals(reads(app), 2);
});

Deno.test("a slow read does not overwrite newer data", async () => {
  await using place = await openSubscribed();
  const { app, id, stripe } = place;
  const { store } = app.services;
  let first = true;
  const slow: Services = {
    ...app.services,
    store: {
      ...store,
      async writeSubscription(orgId, subscription, read) {
        if (first) {
          first = false;
          await stripe.subscriptions.cancel(id);
          // Another process: it shares no runs with this one.
          await syncElsewhere(app);
        }
        return await store.writeSubscription(orgId, subscription, read);
      },
    },
  };
  const outcome = await syncSubscription(slow, ORG);
  assertEquals(outcome.subscription?.status, "canceled");
  assertEquals((await stored(app))?.status, "canceled");
});

Deno.test("a slow read does not overwrite a state that another process found unchanged", async () => {
  await using place = await openSubscribed();
  const { app, id, stripe } = place;
  await syncSubscription(app.services, ORG);
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  let first = true;
  interceptStripe(app, async (request, next) => {
    const response = await next(request);
    if (first && request.url.includes("/v1/subscriptions?")) {
      first = false;
      await stripe.subscriptions.update(id, { cancel_at_period_end: false });
      await syncElsewhere(app);
      app.clock.nowMs += 2_000;
    }
    return response;
  });
  await syncSubscription(app.services, ORG);
  assertEquals((await stored(app))?.cancelAtMs, null);
});

Deno.test("without prices a sync fails and stores nothing", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  await syncSubscription(app.services, ORG);
  const before = await stored(app);
  cutOffPrices(app);
  app.clock.nowMs += 60_000;
  const error = await assertRejects(
    () => syncSubscription(app.services, ORG),
    BillingError,
  );
  assertEquals(error.code, "unavailable");
  assertEquals(await stored(app), before);
});

async function syncElsewhere({ services }: TestApp): Promise<void> {
  const { CoalescingRunner } = await import("@/lib/async/single_flight.ts");
  const syncs = new CoalescingRunner({ interactive: 1, background: 1 });
  const inFlight = { ...services.inFlight, syncs };
  await syncSubscription({ ...services, inFlight } as Services, ORG);
}

Deno.test("a record under constant change is reported after the last retry", async () => {
  await using place = await openSubscribed();
  const { services } = place.app;
  const busy: Services = {
    ...services,
    store: {
      ...services.store,
      writeSubscription: () => Promise.resolve(false),
    },
  };
  await assertRejects(() => syncSubscription(busy, ORG), Error, "5 times");
  assertEquals(reads(place.app), 5);
});

Deno.test("a customer deleted at Stripe is forgotten with its subscription", async () => {
  await using place = await openSubscribed();
  const { app, customer, stripe } = place;
  await syncSubscription(app.services, ORG);
  await stripe.customers.del(customer);
  assertEquals(await syncSubscription(app.services, ORG), {
    hasCustomer: false,
    subscription: null,
    changed: true,
  });
  assertEquals(await app.services.store.readCustomer(ORG), null);
  assertEquals(await stored(app), null);
});

Deno.test("after a portal visit, the next page reads Stripe once", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const { services } = app;
  const visit = { orgId: ORG, intent: {}, returnTo: "organization" } as const;
  await openPortal(services, visit);
  await services.background.settled();
  const first = await readBillingView(services, ORG);
  assertEquals([first.stale, first.subscription?.plan], [false, "pro"]);
  await readBillingView(services, ORG);
  assertEquals(reads(app), 1);
});

Deno.test("a page that cannot reach Stripe shows stored data and retries", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const { services } = app;
  await syncSubscription(services, ORG);
  await services.store.markPortalOpened(ORG, {
    openedAtMs: services.now(),
    before: null,
  });
  app.stripe.controls.fail({ kind: "rate_limited" });
  const known = await readBillingView(services, ORG);
  assertEquals([known.stale, known.subscription?.plan], [true, "pro"]);
  const fresh = await readBillingView(services, ORG);
  assertEquals(fresh.stale, false);
  assertEquals(reads(app), 3); // one before, the refused one, and its retry
});

/** Refreshes with an API key that has these scopes. */
async function checkByKey(app: TestApp, scopes: Scope[]) {
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Program",
    scopes,
  });
  return await check(app, { Authorization: `Bearer ${key}` });
}

async function check(app: TestApp, headers: HeadersInit = {}) {
  const token = await sessionToken({ claims: memberClaims() });
  const response = await app.fetch("/organization/check", {
    method: "POST",
    headers: {
      "Cookie": `__session=${token}`,
      "Sec-Fetch-Site": "same-origin",
      ...headers,
    },
  });
  return [response.status, response.headers.get("Location")];
}

Deno.test("a refresh syncs at most every ten seconds", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const page = (outcome: string) => `/organization?check=${outcome}#/plans`;
  assertEquals(await check(app), [303, page("checked")]);
  assertEquals((await stored(app))?.plan, "pro");
  assertEquals(await check(app), [303, page("too_soon")]);
  assertEquals(reads(app), 1);
  app.clock.nowMs += 10_000;
  app.stripe.controls.fail({ kind: "rate_limited" });
  assertEquals(await check(app), [303, page("failed")]);
});

Deno.test("a refresh requires the app's origin and syncs the caller's organization", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const evil = { "Sec-Fetch-Site": "cross-site", "Origin": APP_URL };
  assertEquals((await check(app, evil))[0], 403);
  assertEquals((await check(app, { Cookie: "" }))[0], 401);
  const get = await app.fetch("/organization/check");
  assertEquals(get.status, 405);
  assertEquals(reads(app), 0);
});

Deno.test("a refresh by API key requires a billing read scope", async () => {
  await using place = await openSubscribed();
  const { app } = place;
  const statuses: Record<string, number | string | null | undefined> = {};
  for (const scope of SCOPES) {
    statuses[scope] = (await checkByKey(app, [scope]))[0];
  }
  assertEquals(statuses, {
    "billing:read": 303,
    "billing:manage": 303,
    "usage:write": 403,
  });
  assertEquals(reads(app), 1);
});
