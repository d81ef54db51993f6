import { assert, assertEquals, assertRejects } from "@std/assert";
import type Stripe from "stripe";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { createStore } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { makeSession, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";
import { purchase } from "@/tests/helpers/postings.ts";

/** Thrown in place of the death of the process. */
class Crash extends Error {}

/**
 * Stops a process after its n-th change of the store or at Stripe. A read
 * before which it died would leave what the change before it has left.
 */
class CrashPoint {
  changes = 0;
  constructor(private readonly at: number) {}

  /** The last change takes effect; its result is lost. */
  async run<T>(change: () => Promise<T>): Promise<T> {
    const count = ++this.changes;
    if (count > this.at) throw new Crash();
    const result = await change();
    if (count === this.at) throw new Crash();
    return result;
  }
}

/** The store, as a process that dies at the crash point sees it. */
function dyingKv(kv: Deno.Kv, point: CrashPoint): Deno.Kv {
  const dying = (commit: Deno.AtomicOperation): Deno.AtomicOperation =>
    new Proxy(commit, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name === "commit") return () => point.run(() => target.commit());
        return (...args: unknown[]) => {
          Reflect.apply(member, target, args);
          return dying(target);
        };
      },
    });
  return new Proxy(kv, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name === "atomic") return () => dying(target.atomic());
      if (name !== "set" && name !== "delete") return member.bind(target);
      return (...args: unknown[]) =>
        point.run(async () => await Reflect.apply(member, target, args));
    },
  });
}

/** The services of a process that dies at the crash point. */
function dyingServices(app: TestApp, point: CrashPoint): TestApp["services"] {
  const { services, stripe, kv } = app;
  return {
    ...services,
    store: createStore(dyingKv(kv, point), applyPosting),
    stripe: createStripe(
      services.config.stripe,
      (input, init) =>
        init?.method === "GET"
          ? stripe.fetch(input, init)
          : point.run(() => stripe.fetch(input, init)),
    ),
  };
}

interface UsedApp extends TestApp {
  customer: string;
  /** An open Checkout session of a second subscription. */
  url: string;
}

/** An organization with a subscription, tokens, a key and an open session. */
async function openUsedApp(): Promise<UsedApp> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  const customer = await giveCustomer(app);
  const terms = { customer, mode: "subscription" } as const;
  const first = await makeSession(app, { ...terms, sells: "pro_month" });
  await payOnPage(app, first.url);
  await postTo(app, purchase("checkout:cs_1", 10));
  await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  const second = await makeSession(app, { ...terms, sells: "scale_month" });
  app.clock.nowMs += 2_000;
  return Object.assign(app, { customer, url: second.url ?? "" });
}

/** The parts that differ from a completed deletion. */
async function remains(app: UsedApp): Promise<unknown> {
  const { customer, services, kv } = app;
  const stripe = await services.stripe();
  const subscriptions = await stripe.subscriptions.list({
    customer,
    status: "all",
  });
  const open = await stripe.checkout.sessions.list({
    customer,
    status: "open",
  });
  const charges = await stripe.charges.list({ customer });
  const found = await stripe.customers.retrieve(customer) as Stripe.Customer;
  const records: string[] = [];
  for await (const { key, value } of kv.list({ prefix: [] })) {
    const family = String(key[0]);
    const isNamed = JSON.stringify([key, value]).includes(ORG);
    if (isNamed && family !== "sandbox") records.push(family);
  }
  const deletion = await services.store.readDeletion(ORG);
  return {
    live: subscriptions.data.filter(({ status }) => status !== "canceled")
      .length,
    open: open.data.length,
    paid: charges.data.filter(({ refunded }) => !refunded).length,
    metadata: found.metadata,
    records,
    completed: deletion?.completedAtMs !== null,
  };
}

const NOTHING = {
  live: 0,
  open: 0,
  metadata: {},
  completed: true,
  records: ["deleted", "deleted_customer"],
};

/** Pays the open session, unless the deletion has expired it. */
async function payLate(app: UsedApp): Promise<boolean> {
  try {
    await payOnPage(app, app.url);
    return true;
  } catch {
    return false; // the page of an expired session takes no payment
  }
}

for (const repeat of [deleteOrganization, reconcileAll]) {
  Deno.test(`a deletion killed after any change is completed by ${repeat.name}()`, async () => {
    let latePayments = 0;
    let at = 1;
    for (;; at++) {
      await using app = await openUsedApp();
      const isDead = await dieAt(at, app);
      if (!isDead) break; // the deletion makes fewer changes
      const isBuried = await app.services.store.readDeletion(ORG) !== null;
      const isPaid = await payLate(app);
      if (isPaid) latePayments += 1;
      app.clock.nowMs += 2_000;
      // Events arrive before the repeat for one half, after it for the other.
      if (at % 2 === 0) await deliverHeld(app);
      await (isBuried ? repeat : deleteOrganization)(app.services, ORG);
      await deliverHeld(app);
      // A payment before the tombstone is an ordinary one.
      const paid = isPaid && !isBuried ? 2 : 1;
      assertEquals(await remains(app), { ...NOTHING, paid }, `at ${at}`);
    }
    assert(at > 8, `${at} changes`);
    assert(latePayments > 0, "no crash left the session open");
  });
}

async function reconcileAll(services: TestApp["services"]): Promise<void> {
  await reconcile(services, { paceMs: 0 });
}

/** Reports whether the process died before it had completed the deletion. */
async function dieAt(at: number, app: TestApp): Promise<boolean> {
  try {
    await deleteOrganization(dyingServices(app, new CrashPoint(at)), ORG);
    return false;
  } catch (error) {
    assert(isCrash(error), `at ${at}: ${error}`);
    return true;
  }
}

async function deliverHeld({ stripe }: TestApp): Promise<void> {
  await stripe.controls.release();
  await stripe.controls.drain();
}

/** The SDK wraps an error of its connection. */
function isCrash(error: unknown): boolean {
  if (error instanceof Crash) return true;
  return error instanceof Error &&
    (isCrash(error.cause) || "rawType" in error || isCrash(detailOf(error)));
}

function detailOf(error: Error): unknown {
  return "detail" in error ? error.detail : undefined;
}

Deno.test("a deletion changes nothing while Stripe is unreachable", async () => {
  await using app = await openUsedApp();
  app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
  await assertRejects(() => deleteOrganization(app.services, ORG));
  assertEquals(await app.services.store.readDeletion(ORG), null);
  app.stripe.controls.reset();
  await deleteOrganization(app.services, ORG);
  assertEquals(await remains(app), { ...NOTHING, paid: 1 });
});
