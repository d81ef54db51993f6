import { assert, assertEquals, assertMatch } from "@std/assert";
import { syncSubscription } from "@/lib/billing/sync.ts";
import {
  giveCustomer,
  interceptStripe,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import {
  priceOf,
  storeSubscription,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";

const KEEP = "/organization/keep";

async function keep(app: TestApp, { role = "admin" } = {}): Promise<Response> {
  const claims = memberClaims({ role });
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const response = await app.fetch(KEEP, {
    method: "POST",
    headers: { Accept: "text/html", Authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  await app.services.background.settled();
  return response;
}

async function current(app: TestApp) {
  return (await syncSubscription(app.services, ORG)).subscription;
}

async function cancelAtPeriodEnd(app: TestApp): Promise<void> {
  const { id } = await subscribeAtStripe(app);
  const stripe = await app.services.stripe();
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  await syncSubscription(app.services, ORG);
}

/** Scale until the period's end, then Pro. */
async function scheduleDowngrade(app: TestApp): Promise<void> {
  const { id } = await subscribeAtStripe(app, { plan: "scale" });
  const stripe = await app.services.stripe();
  const { id: schedule, phases: [phase] } = await stripe.subscriptionSchedules
    .create({ from_subscription: id });
  if (phase === undefined) throw new Error("The schedule has no phase");
  await stripe.subscriptionSchedules.update(schedule, {
    end_behavior: "release",
    phases: [
      {
        items: [{ price: await priceOf(app, "scale_month") }],
        start_date: phase.start_date,
        end_date: phase.end_date,
      },
      {
        items: [{ price: await priceOf(app, "pro_month") }],
        duration: { interval: "month", interval_count: 1 },
      },
    ],
  });
  await syncSubscription(app.services, ORG);
}

Deno.test("keeping a canceled plan renews it, and the next page tells so", async () => {
  await using app = await openTestApp();
  await cancelAtPeriodEnd(app);
  const before = await visitPage(app, "/organization");
  assertMatch(before.html, /action="\/organization\/keep\?.*?>Keep Pro</);
  assertMatch(before.text, /Keep Pro to switch plans/);
  const response = await keep(app);
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), "/organization#/plans");
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /Pro resumed\./);
  assertEquals((await current(app))?.cancelAtMs, null);
});

Deno.test("a scheduled change is undone after a confirmation", async () => {
  await using app = await openTestApp();
  await scheduleDowngrade(app);
  const before = await visitPage(app, "/organization");
  assert(before.links.includes(KEEP), "Undo change is offered");
  const confirmation = await visitPage(app, KEEP);
  assertMatch(
    confirmation.text,
    /The change to Pro on September 3, 2026 will be undone\. Scale renews/,
  );
  assertEquals((await current(app))?.scheduled?.plan, "pro");
  assertEquals((await keep(app)).status, 303);
  const { text } = await visitPage(app, "/organization");
  assertMatch(text, /The plan change was undone\. You keep Scale\./);
  assertEquals((await current(app))?.scheduled, null);
});

Deno.test("a double click and a second tab keep the plan once", async () => {
  await using app = await openTestApp();
  await scheduleDowngrade(app);
  const responses = await Promise.all([keep(app), keep(app)]);
  assertEquals(responses.map(({ status }) => status), [303, 303]);
  assertEquals((await keep(app)).status, 303);
  assertEquals((await current(app))?.scheduled, null);
  const opened = await visitPage(app, KEEP);
  assertEquals(opened.response.status, 303);
});

Deno.test("a release that failed at Stripe is tried again at the next click", async () => {
  await using app = await openTestApp();
  await scheduleDowngrade(app);
  const failedKeys = new Set<string | null>();
  let isDown = true;
  interceptStripe(app, async (request, next) => {
    if (!request.url.endsWith("/release")) return await next(request);
    const key = request.headers.get("Idempotency-Key");
    if (isDown) failedKeys.add(key);
    // Stripe repeats a saved failure for at least 24 hours.
    if (!failedKeys.has(key)) return await next(request);
    return Response.json({ error: { type: "api_error" } }, { status: 500 });
  });
  assert((await keep(app)).status >= 500);
  isDown = false;
  assertEquals((await keep(app)).status, 303);
  assertEquals((await current(app))?.scheduled, null);
});

Deno.test("keeping a plan needs a billing role", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await cancelAtPeriodEnd(app);
  assertEquals((await keep(app, { role: "member" })).status, 403);
  assert((await current(app))?.cancelAtMs !== null);
  const page = await visitPage(app, "/organization", { role: "member" });
  assert(!page.html.includes(KEEP));
});

Deno.test("keeping a plan without a customer is 400, without a plan a redirect", async () => {
  await using app = await openTestApp();
  assertEquals((await keep(app)).status, 400);
  await giveCustomer(app);
  assertEquals((await keep(app)).status, 303);
});

Deno.test("a plan is not kept while Stripe is unreachable", async () => {
  await using app = await openTestApp();
  await storeSubscription(app, { cancelAtMs: app.clock.nowMs + 1 });
  app.stripe.controls.fail({ kind: "rate_limited", times: Infinity });
  assertEquals((await keep(app)).status, 500);
});
