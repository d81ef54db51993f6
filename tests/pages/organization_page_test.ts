import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
} from "@/tests/helpers/app.ts";
import { type Visited, visitPage } from "@/tests/helpers/pages.ts";
import {
  DAY_MS,
  SCALE_PRICE,
  storeSubscription,
} from "@/tests/helpers/subscriptions.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const PORTAL = "/api/v1/operations/payment/customer-portal";
const CARD = `${PORTAL}?flow=payment_method_update`;
const END_MS = NOW_MS + 20 * DAY_MS;
const END = "August 23, 2026";

/** The organization page with this subscription for a role. */
async function pageOf(
  members: Partial<Subscription>,
  { path = "/organization", role = "admin" } = {},
): Promise<Visited> {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await storeSubscription(app, members);
  return await visitPage(app, path, { role });
}

function change(plan: string, interval: string): string {
  return `/organization/change?plan=${plan}&interval=${interval}`;
}

Deno.test("a customer without a subscription sees plans and invoices", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { text, html, links } = await visitPage(app, "/organization");
  assertMatch(text, /Your plan Free/);
  assertMatch(text, /Try Pro for 14 days/);
  assertMatch(text, /Choose Scale/);
  assertEquals(
    html.match(/action="\/api\/v1\/operations\/payment\/checkout"/g)?.length,
    2,
  );
  assert(links.includes(PORTAL));
  assert(!links.includes(CARD));
});

Deno.test("an incomplete subscription links to its open invoice", async () => {
  const { text, links } = await pageOf({ status: "incomplete" });
  assertMatch(text, /Finish your payment/);
  assertMatch(text, /Pro starts after its first payment/);
  assert(links.includes("/organization/invoice"));
  assert(links.includes(PORTAL));
  assert(!links.some((link) => link.includes("change")));
});

Deno.test("the active plan is marked, and others link to their change", async () => {
  const { text, links } = await pageOf({});
  assertStringIncludes(text, `Next charge: $29 on ${END}.`);
  assertMatch(text, /Charged to Visa ending in 4242/);
  assertMatch(text, /Pro Your plan/);
  assertMatch(text, /Current plan: \$29 per month/);
  for (
    const link of [
      change("pro", "year"),
      change("scale", "month"),
      change("scale", "year"),
      `${PORTAL}?flow=subscription_cancel`,
      PORTAL,
    ]
  ) assert(links.includes(link), link);
  assert(!links.includes(change("pro", "month")));
  assert(!text.includes("Update card"));
});

Deno.test("the interval switch starts at the paid interval", async () => {
  const { html } = await pageOf({
    interval: "year",
    price: { id: "price_pro_year", amountMinor: 29_000, currency: "usd" },
  });
  assertMatch(html, /value="year" checked/);
  assert(!/value="month" checked/.test(html));
  assertMatch(html, /save up to \$198/);
});

Deno.test("amounts are right in currencies with zero and three decimals", async () => {
  const paid = async (amountMinor: number, currency: string) =>
    (await pageOf({ price: { id: "price_x", amountMinor, currency } })).text;
  assertMatch(await paid(4_500, "jpy"), /Current plan: ¥4,500 per month/);
  assertMatch(await paid(8_750, "kwd"), /Current plan: KWD\s8\.750 per month/);
});

Deno.test("a trial in its last week shows its end and the next charge", async () => {
  const trialEndMs = NOW_MS + 5 * DAY_MS;
  const trial = { status: "trialing", trialEndMs } as const;
  const { text } = await pageOf(trial);
  assertMatch(text, /Your trial ends on August 8, 2026/);
  assertMatch(text, /Pro then continues for \$29 per month, charged to Visa/);
  assertMatch(
    text,
    /Your trial runs until August 8, 2026, then \$29 per month/,
  );
  const bare = await pageOf({ ...trial, paymentMethod: null });
  assertMatch(bare.text, /Add a card to keep Pro after the trial/);
  assert(bare.links.includes(CARD));
  const early = await pageOf({ ...trial, trialEndMs: NOW_MS + 9 * DAY_MS });
  assert(!early.text.includes("Your trial ends"));
});

Deno.test("a canceled subscription shows its end and can be kept", async () => {
  const { html, text, links } = await pageOf({ cancelAtMs: END_MS });
  assertStringIncludes(text, `Ends on ${END}. You won't be charged again.`);
  assertMatch(html, /<form method="post" action="\/organization\/keep\?/);
  assertStringIncludes(text, "Keep Pro to switch plans");
  assertStringIncludes(text, `Starts on ${END}`);
  assert(!links.includes(`${PORTAL}?flow=subscription_cancel`));
});

Deno.test("a failed payment keeps the plan and links to the payment method", async () => {
  const { text, links } = await pageOf({ status: "past_due" });
  assertMatch(text, /Your last payment failed/);
  assertMatch(text, /Pro stays active while we retry the payment/);
  assertMatch(text, /Pro Your plan/);
  assertEquals(links.filter((link) => link === CARD).length, 1);
  assert(links.includes("/organization/invoice"));
  assert(links.includes(PORTAL), "invoices must stay accessible");
});

Deno.test("an unpaid subscription puts the plan on hold", async () => {
  const { text, links } = await pageOf({ status: "unpaid" });
  assertMatch(text, /Pro is on hold: payment failed/);
  assertMatch(text, /Pro Your plan/);
  assert(links.includes(CARD));
});

Deno.test("a paused subscription can be resumed", async () => {
  const { text, links } = await pageOf({ status: "paused" });
  assertMatch(text, /Pro is paused/);
  assertMatch(text, /Resume Pro/);
  assert(links.includes(PORTAL));
});

Deno.test("after an ended subscription, plans can be chosen and invoices remain", async () => {
  for (const status of ["canceled", "incomplete_expired"] as const) {
    const cancelAtMs = NOW_MS - DAY_MS;
    const { text, links } = await pageOf({ status, cancelAtMs });
    assertMatch(text, /Your plan Free/);
    assertMatch(text, /Choose Pro/);
    assert(!text.includes("Try Pro"), "there is one trial per organization");
    assert(links.includes(PORTAL));
  }
});

Deno.test("a scheduled change shows its start", async () => {
  const { text, links } = await pageOf({
    plan: "scale",
    price: SCALE_PRICE,
    scheduled: { plan: "pro", interval: "month", atMs: END_MS },
  });
  assertStringIncludes(text, `Pro starts on ${END}`);
  assertMatch(text, /A plan change is scheduled/);
  assert(links.includes("/organization/keep"));
});

Deno.test("a role without permission sees everything and no actions", async () => {
  for (
    const status of ["active", "past_due", "paused", "incomplete"] as const
  ) {
    const { text, html, links } = await pageOf({ status }, { role: "member" });
    assert(!links.some((link) => link.startsWith("/api/")), status);
    assert(!links.some((link) => link.startsWith("/organization/")), status);
    assertMatch(html, /aria-disabled="true"[^>]*>\s*Manage Billing/);
    if (status !== "active") {
      assertMatch(text, /Ask an admin of your organization to \w+/, status);
    }
  }
});

Deno.test("the account page shows plan, status and next charge", async () => {
  const { text } = await pageOf({}, { path: "/account" });
  assertMatch(text, /Your plan Pro/);
  assertStringIncludes(text, `Next charge: $29 on ${END}.`);
  const failed = await pageOf({ status: "past_due" }, { path: "/account" });
  assertMatch(failed.text, /Your last payment failed/);
});

Deno.test("dates use the reader's locale with a machine-readable value", async () => {
  await using app = await openTestApp();
  await storeSubscription(app);
  const headers = { "Accept-Language": "de" };
  const { html } = await visitPage(app, "/organization", { headers });
  assertMatch(
    html,
    /<time dateTime="2026-08-23T09:30:00.000Z" title="[^"]*UTC">23\. August 2026<\/time>/i,
  );
});

Deno.test("a failed Checkout form gets a page, a script gets JSON", async () => {
  await using app = await openTestApp();
  const post = async (headers: Record<string, string>) =>
    await app.fetch("/api/v1/operations/payment/checkout", {
      method: "POST",
      headers: { ...await authorization(), ...headers },
      body: "plan=nothing&interval=month",
    });
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const page = await post({ ...form, Accept: "text/html,*/*;q=0.8" });
  assertEquals(page.status, 400);
  assertMatch(page.headers.get("Content-Type") ?? "", /text\/html/);
  assertMatch(await page.text(), /The request couldn't be completed/);
  const plain = await post({ ...form, Accept: "*/*" });
  assertEquals(plain.status, 400);
  assertEquals((await plain.json()).error.code, "VALIDATION_ERROR");
});
