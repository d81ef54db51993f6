import { assert, assertEquals, assertMatch } from "@std/assert";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import {
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import {
  DAY_MS,
  storeSubscription,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";

const CONFIRM = "/api/v1/operations/payment/customer-portal" +
  "?flow=subscription_update_confirm";
const PLANS = "/organization#/plans";
const PREVIEW = "/v1/invoices/create_preview";

function changeTo(plan: string, interval: string): string {
  return `/organization/change?plan=${plan}&interval=${interval}`;
}

/** Number of previews requested from Stripe. */
function previews({ stripe }: TestApp): number {
  return stripe.controls.requests
    .filter(({ path }) => path === PREVIEW).length;
}

Deno.test("an upgrade shows the amount due today and the next charges", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  app.clock.nowMs += 10 * DAY_MS;
  const { response, text, links } = await visitPage(
    app,
    changeTo("scale", "month"),
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(
    text,
    /\$47\.41 due today, then \$99\.00 per month from September 3, 2026\./,
  );
  assertMatch(text, /Unused time on Portico Pro.*-\$19\.65/);
  assertMatch(text, /Due today \$47\.41/);
  assertEquals(links, [`${CONFIRM}&plan=scale&interval=month`, PLANS]);
  assertEquals(previews(app), 1);
});

Deno.test("a change to yearly shows the credit for the unused month", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  app.clock.nowMs += 10 * DAY_MS;
  const { text } = await visitPage(app, changeTo("pro", "year"));
  assertMatch(
    text,
    /\$270\.35 due today, then \$290\.00 per year from August 13, 2027\./,
  );
});

Deno.test("a downgrade starts later and asks Stripe for no preview", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app, { plan: "scale" });
  const { text, links } = await visitPage(app, changeTo("pro", "month"));
  assertMatch(
    text,
    /Pro starts on September 3, 2026 at \$29 per month. Nothing is due today\./,
  );
  assertEquals(links, [`${CONFIRM}&plan=pro&interval=month`, PLANS]);
  assertEquals(previews(app), 0);
});

Deno.test("amounts missing from Stripe's preview are not shown", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  app.stripe.controls.fail({
    kind: "server_error",
    path: PREVIEW,
    times: Infinity,
  });
  const { response, text, links } = await visitPage(
    app,
    changeTo("scale", "month"),
  );
  assertEquals(response.status, 200);
  assertMatch(text, /Can't get today's amount from Stripe/);
  assertMatch(text, /\$99 per month/);
  assertEquals(text.match(/\$/g)?.length, 1);
  assertEquals(links, [`${CONFIRM}&plan=scale&interval=month`, PLANS]);
  assert(app.lines.some((line) => line.includes("invoice preview failed")));
});

/** A local Stripe whose previews have no lines. */
function withoutLines({ stripe }: TestApp): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const response = await stripe.fetch(request);
    if (!request.url.endsWith(PREVIEW)) return response;
    const invoice = await response.json();
    invoice.lines.data = [];
    return Response.json(invoice, { headers: response.headers });
  };
}

Deno.test("a preview without lines is treated as missing", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  const stripe = createStripe({ mode: "sandbox" }, withoutLines(app));
  Object.assign(app.services, { stripe });
  const { response, text, links } = await visitPage(
    app,
    changeTo("scale", "month"),
  );
  assertEquals(previews(app), 1);
  assertEquals(response.status, 200);
  assertMatch(text, /Can't get today's amount from Stripe/);
  assertEquals(links, [`${CONFIRM}&plan=scale&interval=month`, PLANS]);
  assert(app.lines.some((line) => line.includes("preview has no lines")));
});

Deno.test("an unavailable change redirects to the plans", async () => {
  await using app = await openTestApp();
  const none = await visitPage(app, changeTo("scale", "month"));
  assertMatch(none.text, /can't switch to this plan/);
  assertEquals(none.links, [PLANS]);
  await storeSubscription(app);
  const same = await visitPage(app, changeTo("pro", "month"));
  assertMatch(same.text, /This is already your plan/);
  assertEquals(previews(app), 0);
});

Deno.test("a role without permission sees whom to ask, and Stripe gets no request", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await storeSubscription(app);
  const { text, links } = await visitPage(app, changeTo("scale", "month"), {
    role: "member",
  });
  assertMatch(text, /Ask an admin/);
  assertEquals(links, [PLANS]);
  assertEquals(previews(app), 0);
});

Deno.test("a change to an unknown plan is refused with a message", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const wrong = {
    "/organization/change": /Missing plan/,
    [changeTo("free", "month")]:
      /expected &quot;pro&quot; or &quot;scale&quot;/,
    [changeTo("pro", "week")]: /expected &quot;month&quot; or &quot;year&quot;/,
    [`${changeTo("pro", "year")}&interval=month`]: /a field is given twice/,
  };
  for (const [path, words] of Object.entries(wrong)) {
    const { response, text } = await visitPage(app, path);
    assertEquals(response.status, 400, path);
    assertMatch(text, words);
    assertMatch(text, /Go to your organization/);
    // The message does not suggest removing the query.
    assert(!text.includes("Open without filters"), path);
  }
});
