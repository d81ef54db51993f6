import { assertEquals, assertMatch } from "@std/assert";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { openPortal } from "@/lib/billing/portal.ts";
import {
  type BillingChange,
  billingChanges,
} from "@/lib/pages/billing_changes.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import {
  openInvoice,
  storedSubscription,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";

const PORTAL = "/api/v1/account/billing-portal";

type Members = Partial<Subscription> | null;

const PAID = { amountMinor: 2_900, currency: "usd" };

function paidInvoice(id: string) {
  return { ...openInvoice(), id, isOpen: false, amountPaidMinor: 2_900 };
}

const DOWNGRADE = { plan: "pro", interval: "month", atMs: 9 } as const;
const AMEX = { brand: "amex", last4: "0005" };

/** Before, after, and the changes between them. */
const CASES: [name: string, Members, Members, BillingChange[]][] = [
  ["nothing", {}, { readAtMs: 5 }, []],
  ["no subscription", null, null, []],
  ["a first subscription", null, {}, [{ kind: "started", plan: "pro" }]],
  ["a new subscription after an ended one", { status: "canceled" }, {}, [
    { kind: "started", plan: "pro" },
  ]],
  ["a plan", {}, { plan: "scale" }, [
    { kind: "plan_changed", plan: "scale", interval: "month", paid: null },
  ]],
  ["an interval", {}, { interval: "year" }, [
    { kind: "interval_changed", interval: "year", paid: null },
  ]],
  ["an interval that was paid for", {}, {
    interval: "year",
    invoice: paidInvoice("in_next"),
  }, [{ kind: "interval_changed", interval: "year", paid: PAID }]],
  ["an interval that cost nothing", {}, {
    interval: "year",
    invoice: { ...paidInvoice("in_next"), amountPaidMinor: 0 },
  }, [{ kind: "interval_changed", interval: "year", paid: null }]],
  ["a scheduled change", { plan: "scale" }, {
    plan: "scale",
    scheduled: DOWNGRADE,
  }, [{ kind: "change_scheduled", plan: "scale", next: DOWNGRADE }]],
  ["an undone change", { scheduled: DOWNGRADE }, {}, [
    { kind: "change_undone", plan: "pro" },
  ]],
  ["a cancellation", {}, { cancelAtMs: 7 }, [
    { kind: "ends", plan: "pro", atMs: 7 },
  ]],
  ["a resumed plan", { cancelAtMs: 7 }, {}, [{ kind: "resumed", plan: "pro" }]],
  ["an end", { cancelAtMs: 7 }, { status: "canceled", cancelAtMs: 7 }, [
    { kind: "ended", plan: "pro" },
  ]],
  ["a pause", {}, { status: "paused" }, [{ kind: "paused", plan: "pro" }]],
  ["the end of a pause", { status: "paused" }, {}, [
    { kind: "resumed", plan: "pro" },
  ]],
  ["a first payment", { status: "incomplete", invoice: openInvoice() }, {}, [
    { kind: "paid", plan: "pro", paid: PAID },
  ]],
  ["a recovered payment", { status: "past_due" }, { paymentMethod: AMEX }, [
    { kind: "paid", plan: "pro", paid: null },
    { kind: "card_changed", paymentMethod: AMEX },
  ]],
  ["a card", {}, { paymentMethod: AMEX }, [
    { kind: "card_changed", paymentMethod: AMEX },
  ]],
  ["a plan and a card", {}, { plan: "scale", paymentMethod: AMEX }, [
    { kind: "plan_changed", plan: "scale", interval: "month", paid: null },
    { kind: "card_changed", paymentMethod: AMEX },
  ]],
];
for (const [name, before, after, changes] of CASES) {
  Deno.test(`billingChanges() reports ${name}`, () => {
    assertEquals(billingChanges(toStored(before), toStored(after)), changes);
  });
}

function toStored(members: Members): Subscription | null {
  return members === null ? null : storedSubscription(members);
}

async function openPortalOf({ services }: TestApp): Promise<void> {
  await openPortal(services, {
    orgId: ORG,
    intent: {},
    returnTo: "organization",
  });
  await services.background.settled();
}

async function cancelAtPeriodEnd({ services }: TestApp, id: string) {
  const { subscriptions } = await services.stripe();
  await subscriptions.update(id, { cancel_at_period_end: true });
}

Deno.test("the page after a portal visit tells what changed, once", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  await openPortalOf(app);
  await cancelAtPeriodEnd(app, id);
  const { text, html } = await visitPage(app, "/organization");
  assertMatch(text, /Pro ends on September 3, 2026\./);
  assertMatch(html, /<div id="flash" class="notice" role="status"/);
  const reloaded = await visitPage(app, "/organization");
  assertEquals(reloaded.html.includes('id="flash"'), false);
});

Deno.test("a change is told although its webhook arrived before the return", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  await openPortalOf(app);
  await cancelAtPeriodEnd(app, id);
  await syncSubscription(app.services, ORG); // as a webhook does
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /Pro ends on September 3, 2026\./);
});

Deno.test("a visit to the portal of a few milliseconds is noticed", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  const headers = await authorization();
  const opened = await app.fetch(PORTAL, { method: "POST", headers });
  await opened.body?.cancel();
  const stripe = await app.services.stripe();
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /Pro ends on/);
});

Deno.test("the activity has a portal that was opened just before", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const headers = await authorization();
  const opened = await app.fetch(PORTAL, { method: "POST", headers });
  await opened.body?.cancel();
  const activity = await app.fetch("/api/v1/account/activity", { headers });
  const { items } = await activity.json();
  assertEquals(items[0].action, "portal.opened");
});

Deno.test("a second portal visit keeps the changes of the first", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  await openPortalOf(app);
  await cancelAtPeriodEnd(app, id);
  await syncSubscription(app.services, ORG); // as a webhook does
  await openPortalOf(app);
  const { text } = await visitPage(app, "/account");
  assertMatch(text, /Pro ends on September 3, 2026\./);
});

Deno.test("the page after a portal visit names the new card", async () => {
  await using app = await openTestApp();
  const { id, stripeCustomerId: customer } = await subscribeAtStripe(app);
  await openPortalOf(app);
  const { paymentMethods, subscriptions } = await app.services.stripe();
  const card = await paymentMethods.attach("pm_card_mastercard", { customer });
  await subscriptions.update(id, { default_payment_method: card.id });
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /Card updated: Mastercard ending in 4444\./);
});

Deno.test("a portal visit that changed only the address says that the plan is the same", async () => {
  await using app = await openTestApp();
  const { stripeCustomerId } = await subscribeAtStripe(app);
  await openPortalOf(app);
  const { customers } = await app.services.stripe();
  await customers.update(stripeCustomerId, {
    address: { line1: "1 Main St", city: "Cork", country: "IE" },
  });
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /Your plan is unchanged\./);
});
