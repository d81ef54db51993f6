import { assert, assertEquals } from "@std/assert";
import { reconcile } from "@/lib/reconcile.ts";
import type { Services } from "@/lib/services.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

const FAST = { paceMs: 0 };

async function organizations(app: TestApp, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await giveCustomer(app, `org_${String(index).padStart(3, "0")}`);
  }
  app.stripe.controls.reset();
}

/** Customers whose subscriptions were read, in order. */
function asked({ stripe }: TestApp): string[] {
  return stripe.controls.requests
    .filter(({ path }) => path === "/v1/subscriptions")
    .map(({ params }) => params["customer"] ?? "");
}

Deno.test("reconciliation reads each customer's subscription once", async () => {
  await using app = await openTestApp();
  await organizations(app, 45);
  await app.services.store.claimCustomer("org_claimed", app.clock.nowMs);
  const report = await reconcile(app.services, FAST);
  assertEquals(report, {
    organizations: 45,
    drifted: 0,
    failed: 0,
    finished: true,
  });
  assertEquals(new Set(asked(app)).size, 45);
  assertEquals(asked(app).length, 45);
});

Deno.test("reconciliation is rate-limited", async () => {
  await using app = await openTestApp();
  await organizations(app, 4);
  const startedMs = performance.now();
  await reconcile(app.services, { paceMs: 30 });
  assert(performance.now() - startedMs >= 4 * 29);
});

Deno.test("a customer deleted at Stripe is drift and forgotten", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app, "org_gone");
  await subscribe(app, customer);
  await (await app.services.stripe()).customers.del(customer);
  const report = await reconcile(app.services, FAST);
  assertEquals([report?.drifted, report?.failed], [1, 0]);
  assertEquals(await app.services.store.readCustomer("org_gone"), null);
});

Deno.test("a subscription without an event is drift and stored", async () => {
  await using app = await openTestApp();
  await subscribe(app, await giveCustomer(app));
  assertEquals((await reconcile(app.services, FAST))?.drifted, 1);
  const { store, now } = app.services;
  const { subscription } = await store.readBilling(ORG, now());
  assertEquals([subscription?.plan, subscription?.status], ["pro", "active"]);
  assertEquals((await reconcile(app.services, FAST))?.drifted, 0);
  assert(app.lines.some((line) => line.includes("had drifted")));
});

Deno.test("an interrupted reconciliation resumes where it stopped", async () => {
  await using app = await openTestApp();
  await organizations(app, 50);
  const stop = new AbortController();
  const stopping: Services = {
    ...app.services,
    store: {
      ...app.services.store,
      readBilling(orgId, nowMs) {
        if (orgId === "org_030") stop.abort();
        return app.services.store.readBilling(orgId, nowMs);
      },
    },
  };
  const first = await reconcile(stopping, { ...FAST, signal: stop.signal });
  assertEquals([first?.finished, first?.organizations], [false, 31]);
  const second = await reconcile(app.services, FAST);
  assertEquals([second?.finished, second?.organizations], [true, 30]);
  assertEquals(new Set(asked(app)).size, 50);
});

Deno.test("an expired lease of a crashed reconciliation is taken over", async () => {
  await using app = await openTestApp();
  await organizations(app, 30);
  const dying: Services = {
    ...app.services,
    store: {
      ...app.services.store,
      listCustomers: (options) =>
        options.cursor === null
          ? app.services.store.listCustomers(options)
          : Promise.reject(new Error("crash")),
    },
  };
  await reconcile(dying, FAST).catch(() => {});
  assertEquals(await reconcile(app.services, FAST), null);
  app.clock.nowMs += 5 * 60_000;
  assertEquals((await reconcile(app.services, FAST))?.organizations, 10);
});

Deno.test("of two concurrent reconciliations, one runs", async () => {
  await using app = await openTestApp();
  await organizations(app, 5);
  const reports = await Promise.all([
    reconcile(app.services, FAST),
    reconcile(app.services, FAST),
  ]);
  assertEquals(reports.filter((report) => report === null).length, 1);
  assertEquals(asked(app).length, 5);
});

Deno.test("one failure is counted, ten in a row end the run", async () => {
  await using app = await openTestApp();
  await organizations(app, 15);
  const { controls } = app.stripe;
  const path = "/v1/subscriptions";
  controls.fail({ kind: "rate_limited", path });
  const one = await reconcile(app.services, FAST);
  assertEquals([one?.failed, one?.finished], [1, true]);
  controls.reset();
  controls.fail({ kind: "rate_limited", path, times: Infinity });
  const down = await reconcile(app.services, FAST);
  assertEquals([down?.failed, down?.finished], [10, false]);
  assertEquals(asked(app).length, 10);
});

Deno.test("customers that Stripe does not have do not end the run", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  await organizations(app, 1);
  for (let index = 1; index <= 11; index++) {
    const customer = {
      stripeCustomerId: `cus_gone${index}`,
      createdAtMs: now(),
    };
    await store.linkCustomer(`org_gone${index}`, customer);
  }
  const report = await reconcile(app.services, FAST);
  assertEquals([report?.failed, report?.finished], [11, true]);
});
