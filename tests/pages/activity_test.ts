import { assert, assertEquals, assertMatch } from "@std/assert";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { LANGUAGES } from "@/lib/config/languages.ts";
import { summaryOf } from "@/lib/pages/activity_summary.ts";
import { type Activity, activityWrite, STRIPE } from "@/lib/store/activity.ts";
import { SUBSCRIPTION_STATUSES } from "@/lib/store/subscriptions.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { deliver, stripeEvent } from "@/tests/helpers/stripe_events.ts";
import {
  DAY_MS,
  priceOf,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";

const ACTIVITY = "/api/v1/account/activity";
const PAGE = "/organization/activity";

interface Item {
  id: string;
  at: string;
  actor: { type: string; id: string | null };
  action: string;
  summary: string;
  details: Record<string, unknown>;
}

async function call(app: TestApp, path: string, init: RequestInit = {}) {
  const token = await sessionToken({
    claims: memberClaims(),
    nowMs: app.clock.nowMs,
  });
  const response = await app.fetch(path, {
    ...init,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(init.body && { "Content-Type": "application/json" }),
    },
  });
  await app.services.background.settled();
  return response;
}

async function list(app: TestApp, query = "") {
  const response = await call(app, `${ACTIVITY}${query}`);
  assertEquals(response.status, 200);
  const page: { items: Item[]; next_cursor: string | null } = await response
    .json();
  return page;
}

async function actions(app: TestApp): Promise<string[]> {
  return (await list(app)).items.map(({ action }) => action);
}

/** Records an activity without its cause. */
async function record({ kv }: TestApp, activity: Activity): Promise<void> {
  const { key, value } = activityWrite(ORG, activity);
  await kv.set(key, value);
}

function opened(atMs: number): Activity {
  return {
    action: "portal.opened",
    atMs,
    actor: STRIPE,
    details: { flow: null },
  };
}

async function post(app: TestApp, path: string, body: unknown) {
  const response = await call(app, path, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return await response.json();
}

Deno.test("opening the portal is recorded with its user and flow", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const flow = "payment_method_update";
  await post(app, "/api/v1/account/billing-portal", { flow });
  const [item] = (await list(app)).items;
  assertMatch(item?.id ?? "", /^act_[0-9a-z]+/);
  assertEquals(
    { ...item, id: "" },
    {
      id: "",
      at: new Date(app.clock.nowMs).toISOString(),
      actor: { type: "user", id: "user_1" },
      action: "portal.opened",
      summary: "Opened the billing portal to update the card",
      details: { flow },
    },
  );
});

Deno.test("a portal that cannot be opened is not recorded", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  app.stripe.controls.fail({ kind: "rate_limited" });
  await post(app, "/api/v1/account/billing-portal", {});
  await post(app, "/api/v1/account/billing-portal", {
    flow: "subscription_cancel",
  });
  const [first] = await actions(app);
  assertEquals(first, "customer.linked");
});

Deno.test("a checkout is recorded once from its start to its completion", async () => {
  await using app = await openTestApp();
  const { url } = await post(app, "/api/v1/operations/payment/checkout", {
    credits: "small",
  });
  await post(app, "/api/v1/operations/payment/checkout", { credits: "small" });
  assertEquals(await actions(app), ["checkout.started", "customer.linked"]);
  assert(url.startsWith("https:"));
  const former = await app.services.store.readCheckout(ORG);
  const sessionId = former?.sessionId ?? "";
  await app.services.store.clearCheckout(ORG, sessionId, app.clock.nowMs);
  await app.services.store.clearCheckout(ORG, sessionId, app.clock.nowMs);
  const { items } = await list(app);
  assertEquals(
    items.map(({ action, actor, summary }) => [
      ...[action, actor.type, summary],
    ]),
    [
      [
        "checkout.completed",
        "stripe",
        "Completed checkout for the Small credit pack",
      ],
      [
        "checkout.started",
        "user",
        "Started checkout for the Small credit pack",
      ],
      ["customer.linked", "user", "Connected the organization to Stripe"],
    ],
  );
});

Deno.test("a checkout completed within its second is newer than its start", async () => {
  await using app = await openTestApp();
  app.clock.nowMs += 700;
  await post(app, "/api/v1/operations/payment/checkout", { credits: "small" });
  const { store } = app.services;
  const session = {
    object: "checkout.session",
    id: (await store.readCheckout(ORG))?.sessionId,
    customer: (await store.readCustomer(ORG))?.stripeCustomerId,
    mode: "setup",
  };
  const created = Math.floor(app.clock.nowMs / 1000);
  const event = stripeEvent("checkout.session.completed", session, { created });
  await deliver(app, event);
  const [completed, started] = await actions(app);
  assertEquals([completed, started], [
    "checkout.completed",
    "checkout.started",
  ]);
});

Deno.test("changes of the subscription are recorded once, as sentences", async () => {
  await using app = await openTestApp();
  const { id, itemId } = await subscribeAtStripe(app);
  const stripe = await app.services.stripe();
  const sync = () => syncSubscription(app.services, ORG);
  await stripe.subscriptions.update(id, {
    items: [{ id: itemId, price: await priceOf(app, "scale_year") }],
  });
  await sync();
  await sync();
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  await sync();
  await stripe.subscriptions.update(id, { cancel_at_period_end: false });
  await sync();
  await stripe.subscriptions.cancel(id);
  await sync();
  const { items } = await list(app);
  const changed = items.filter(({ action }) =>
    action === "subscription.changed"
  );
  assertEquals(changed.map(({ summary }) => summary), [
    "Scale ended",
    "The cancellation of Scale was undone",
    changed[2]?.summary,
    "Switched from Pro (monthly) to Scale (yearly)",
    "Pro (monthly) started",
  ]);
  assertMatch(changed[2]?.summary ?? "", /^Scale will end on \w+ \d+, 2027$/);
  assertEquals(changed[3]?.actor, { type: "stripe", id: null });
  const { before, after } = changed[3]?.details as {
    before: { plan: string };
    after: { plan: string };
  };
  assertEquals([before.plan, after.plan], ["pro", "scale"]);
});

Deno.test("a new default card is recorded, the first one is not", async () => {
  await using app = await openTestApp();
  const { id, stripeCustomerId: customer } = await subscribeAtStripe(app);
  assert(!(await actions(app)).includes("payment_method.changed"));
  const stripe = await app.services.stripe();
  const card = await stripe.paymentMethods.attach("pm_card_mastercard", {
    customer,
  });
  await stripe.subscriptions.update(id, { default_payment_method: card.id });
  await syncSubscription(app.services, ORG);
  const [item] = (await list(app)).items;
  assertEquals(item?.action, "payment_method.changed");
  assertMatch(
    item?.summary ?? "",
    /^The default payment method is now Mastercard ending in \d{4}$/,
  );
});

Deno.test("a failed payment is recorded once for each event", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const event = stripeEvent("invoice.payment_failed", {
    object: "invoice",
    id: "in_1",
    customer,
    amount_due: 2_900,
    currency: "usd",
    number: "A-1",
    next_payment_attempt: 1_790_100_000,
  }, { created: Math.floor(app.clock.nowMs / 1000) });
  await Promise.all([deliver(app, event), deliver(app, event)]);
  await deliver(app, event);
  const failed = (await list(app)).items
    .filter(({ action }) => action === "payment.failed");
  assertEquals(failed.length, 1);
  assertEquals(failed[0]?.summary, "A payment of $29.00 failed");
  assertEquals(failed[0]?.details, {
    amount: 2_900,
    currency: "usd",
    invoice: "A-1",
    next_attempt_at: new Date(1_790_100_000_000).toISOString(),
  });
});

Deno.test("every change of an API key is recorded, without its secret", async () => {
  await using app = await openTestApp();
  const keys = "/api/v1/account/credentials";
  const { id, key } = await post(app, keys, {
    name: "Build server",
    scopes: ["billing:read"],
  });
  const path = `${keys}/${id}`;
  for (let repeat = 0; repeat < 2; repeat++) {
    await call(app, path, {
      method: "PATCH",
      body: JSON.stringify({ name: "Worker" }),
    });
  }
  const successor = await post(app, `${path}/rotate`, {});
  await call(app, path, { method: "DELETE" });
  await call(app, path, { method: "DELETE" });
  const { items } = await list(app);
  assertEquals(items.map(({ action, summary }) => [action, summary]), [
    ["api_key.revoked", "Revoked the API key Worker"],
    ["api_key.rotated", "Rotated the API key Worker"],
    ["api_key.changed", "Renamed the API key Build server to Worker"],
    ["api_key.created", "Created the API key Build server"],
  ]);
  assertEquals(items[1]?.details["successor_id"], successor.id);
  assert(items.every(({ actor }) => actor.id === "user_1"));
  const text = JSON.stringify(items);
  assert(!text.includes(key) && !text.includes(successor.key));
});

Deno.test("pages of the activity are complete and stable while it grows", async () => {
  await using app = await openTestApp();
  const { nowMs } = app.clock;
  for (let index = 0; index < 7; index++) {
    // Three at the same time: their order is that of their writes.
    await record(app, opened(nowMs - Math.max(0, 3 - index) * 1000));
  }
  const all = (await list(app, "?limit=100")).items.map(({ id }) => id);
  assertEquals(all.length, 7);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page = await list(app, `?limit=3${query}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
    await record(app, opened(nowMs));
  } while (cursor !== null);
  assertEquals(seen, all);
});

Deno.test("activity of a year ago and of other organizations is not listed", async () => {
  await using app = await openTestApp();
  const { nowMs } = app.clock;
  await record(app, opened(nowMs - 365 * DAY_MS));
  await record(app, opened(nowMs - 365 * DAY_MS + 1));
  await giveCustomer(app, "org_other");
  assertEquals(await actions(app), ["portal.opened"]);
});

Deno.test("the activity needs billing:read and a valid cursor", async () => {
  await using app = await openTestApp();
  for (
    const [scope, status] of [["billing:read", 200], [
      "usage:write",
      403,
    ]] as const
  ) {
    const { key } = await createApiKey(app.services, {
      orgId: ORG,
      createdBy: "user_1",
      name: "Test",
      scopes: [scope],
    });
    const headers = { Authorization: `Bearer ${key}` };
    const response = await app.fetch(ACTIVITY, { headers });
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  const headers = await authorization();
  const response = await app.fetch(`${ACTIVITY}?cursor=x`, { headers });
  assertEquals(response.status, 400);
  assertMatch((await response.json()).message, /cursor/);
});

Deno.test("the activity page names actors and leads to older entries", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Nightly",
    scopes: ["billing:manage"],
  });
  await app.fetch("/api/v1/account/billing-portal", {
    method: "POST",
    headers: { Authorization: `Bearer ${key}` },
  });
  await app.services.background.settled();
  const { text, html } = await visitPage(app, PAGE);
  assertMatch(text, /Opened the billing portal API key Nightly August/);
  assertMatch(text, /Created the API key Nightly You August/);
  assertMatch(text, /Connected the organization to Stripe Support August/);
  assert(!html.includes("Older activity"));
  for (let index = 0; index < 20; index++) {
    await record(app, opened(app.clock.nowMs + index));
  }
  const { links } = await visitPage(app, PAGE);
  const older = links.find((href) => href.includes("cursor=")) ?? "";
  assertMatch(older, /^\/organization\/activity\?cursor=\w+$/);
  const next = await visitPage(app, older);
  assertMatch(next.text, /Connected the organization to Stripe/);
  assertMatch(next.text, /Latest activity/);
  const invalid = await visitPage(app, `${PAGE}?cursor=x`);
  assertEquals(invalid.response.status, 400);
});

Deno.test("the page's activity is in the visitor's language, the API's in English", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Nightly",
    scopes: ["billing:manage"],
  });
  const japanese = { "Accept-Language": "ja" };
  const { text } = await visitPage(app, "/organization/activity", {
    headers: japanese,
  });
  assertMatch(text, /APIキー「Nightly」を作成しました あなた 2026年/);
  assertMatch(text, /組織をStripeに接続しました サポート 2026年/);
  const response = await app.fetch(ACTIVITY, {
    headers: { ...await authorization(), ...japanese },
  });
  const { items } = await response.json();
  assertEquals(items.map(({ summary }: Item) => summary), [
    "Created the API key Nightly",
    "Connected the organization to Stripe",
  ]);
});

for (const language of LANGUAGES) {
  Deno.test(`every activity has a sentence in ${language}`, () => {
    const state = { plan: "pro", interval: "month", status: "active" } as const;
    const before = { ...state, cancel_at: null, scheduled: null };
    const after = [
      null,
      ...SUBSCRIPTION_STATUSES.map((status) => ({ ...before, status })),
      { ...before, plan: null, interval: null },
      { ...before, cancel_at: "2026-09-01T00:00:00.000Z" },
      {
        ...before,
        scheduled: { ...state, at: "2026-09-01T00:00:00.000Z" },
      },
    ];
    const sentences = after.map((after) =>
      summaryOf({
        action: "subscription.changed",
        atMs: 1,
        actor: STRIPE,
        details: { before, after },
      }, language)
    );
    for (const sentence of sentences) assertMatch(sentence, /^[^{}<>]+$/);
    const english = summaryOf({
      action: "customer.linked",
      atMs: 1,
      actor: STRIPE,
      details: {},
    }, "en");
    const own = summaryOf({
      action: "customer.linked",
      atMs: 1,
      actor: STRIPE,
      details: {},
    }, language);
    assertEquals(own === english, language === "en");
  });
}
