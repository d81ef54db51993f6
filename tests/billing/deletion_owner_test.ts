import { assertEquals } from "@std/assert";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { reconcile } from "@/lib/reconcile.ts";
import type { Services } from "@/lib/services.ts";
import { runImport } from "@/tasks/import.ts";
import {
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { DAY_MS, subscribe } from "@/tests/helpers/subscriptions.ts";

/** Links a customer as `deno task import --map` does. */
async function map(
  { services }: TestApp,
  orgId: string,
  customerId: string,
): Promise<void> {
  const { applied } = await runImport(services, {
    apply: true,
    grants: true,
    paceMs: 0,
    map: [{ orgId, customerId }],
  });
  assertEquals(applied, { linked: 1, failed: 0 });
}

/** A customer whose metadata names `org_old` and that `org_new` pays with. */
async function openMapped() {
  const app = await openTestApp();
  const stripe = await app.services.stripe();
  const metadata = { organization: "org_old" };
  const { id: customer } = await stripe.customers.create({ metadata });
  await subscribe(app, customer);
  await map(app, "org_new", customer);
  return Object.assign(app, { customer });
}

/** The customer's billing at Stripe. */
async function billingOf({ services }: TestApp, customer: string) {
  const stripe = await services.stripe();
  const active = await stripe.subscriptions.list({ customer });
  const charges = await stripe.charges.list({ customer });
  const refunded = charges.data.filter(({ refunded }) => refunded).length;
  return {
    active: active.data.length,
    charged: charges.data.length,
    refunded,
  };
}

async function planOf({ services }: TestApp, orgId: string) {
  const { store, now } = services;
  const { subscription } = await store.readBilling(orgId, now());
  return [subscription?.plan, subscription?.status];
}

Deno.test("a deletion leaves alone a customer that is linked to another organization", async () => {
  await using app = await openMapped();
  const { services, customer } = app;
  await deleteOrganization(services, "org_old");
  await app.stripe.controls.drain();
  app.clock.nowMs += DAY_MS;
  await reconcile(services, { paceMs: 0 });
  const billing = await billingOf(app, customer);
  assertEquals(billing, { active: 1, charged: 1, refunded: 0 });
  assertEquals(await planOf(app, "org_new"), ["pro", "active"]);
  const deletion = await services.store.readDeletion("org_old");
  assertEquals(deletion?.stripeCustomerIds, []);
});

Deno.test("a customer linked to another organization while one is deleted is left alone", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const stripe = await services.stripe();
  const metadata = { organization: "org_old" };
  const { id: customer } = await stripe.customers.create({ metadata });
  await subscribe(app, customer);
  const { buryOrganization } = services.store;
  const racing: Services = {
    ...services,
    store: {
      ...services.store,
      async buryOrganization(...args) {
        if (await services.store.readCustomer("org_new") === null) {
          await map(app, "org_new", customer);
        }
        return await buryOrganization(...args);
      },
    },
  };
  await deleteOrganization(racing, "org_old");
  await app.stripe.controls.drain();
  const billing = await billingOf(app, customer);
  assertEquals(billing, { active: 1, charged: 1, refunded: 0 });
  const deletion = await services.store.readDeletion("org_old");
  assertEquals(deletion?.stripeCustomerIds, []);
});

/** Deletes `org_a`, links its customer to `org_b`, and subscribes that. */
async function moveCustomer(app: TestApp): Promise<string> {
  const customer = await giveCustomer(app, "org_a");
  await deleteOrganization(app.services, "org_a");
  app.clock.nowMs += DAY_MS;
  await map(app, "org_b", customer);
  await subscribe(app, customer);
  await app.stripe.controls.drain();
  return customer;
}

Deno.test("reconciliation leaves alone a deleted organization's customer that is linked again", async () => {
  await using app = await openTestApp();
  const customer = await moveCustomer(app);
  await reconcile(app.services, { paceMs: 0 });
  await app.stripe.controls.drain();
  const billing = await billingOf(app, customer);
  assertEquals(billing, { active: 1, charged: 1, refunded: 0 });
  assertEquals(await planOf(app, "org_b"), ["pro", "active"]);
  const record = await app.kv.get(["deleted_customer", customer]);
  assertEquals(record.value, null);
});

Deno.test("the deletion of a customer's second organization refunds only later payments", async () => {
  await using app = await openTestApp();
  const customer = await moveCustomer(app);
  app.clock.nowMs += DAY_MS;
  await deleteOrganization(app.services, "org_b");
  await subscribe(app, customer, { lookupKey: "scale_month" });
  app.clock.nowMs += DAY_MS;
  await reconcile(app.services, { paceMs: 0 });
  const billing = await billingOf(app, customer);
  assertEquals(billing, { active: 0, charged: 2, refunded: 1 });
});

Deno.test("a link of an earlier version, beside the deletion's record, is left alone", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app, "org_a");
  await deleteOrganization(app.services, "org_a");
  await map(app, "org_b", customer);
  await app.kv.set(["deleted_customer", customer], "org_a");
  await subscribe(app, customer);
  await reconcile(app.services, { paceMs: 0 });
  const billing = await billingOf(app, customer);
  assertEquals(billing, { active: 1, charged: 1, refunded: 0 });
});
