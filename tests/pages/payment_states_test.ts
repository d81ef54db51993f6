import { assert, assertEquals, assertMatch } from "@std/assert";
import { openPortal } from "@/lib/billing/portal.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { formatDay, formatMoment } from "@/lib/pages/formats.ts";
import { interceptStripe, openTestApp, ORG } from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import {
  DAY_MS,
  openInvoice,
  priceOf,
  storeSubscription,
  subscribeAtStripe,
} from "@/tests/helpers/subscriptions.ts";
import {
  lastInvoice,
  openTestClockApp,
  subscribe,
  type TestClockApp,
} from "@/tests/helpers/test_clock.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const PLANS = "/organization";
const MONTH_MS = 32 * DAY_MS;
const HOUR_MS = DAY_MS / 24;

/** Fails the renewal of a subscription to Pro. */
async function failRenewal(app: TestClockApp): Promise<void> {
  const { api, customer } = app;
  await subscribe(app, "pro_month");
  const { id } = await api.paymentMethods.attach(
    "pm_card_chargeCustomerFail",
    { customer },
  );
  await api.customers.update(customer, {
    invoice_settings: { default_payment_method: id },
  });
  await app.until(NOW_MS + MONTH_MS);
  await syncSubscription(app.services, ORG);
}

Deno.test("a failed renewal shows its amount, invoice and next retry", async () => {
  await using app = await openTestClockApp(NOW_MS);
  await failRenewal(app);
  const { number, next_payment_attempt } = await lastInvoice(app);
  assert(next_payment_attempt !== null);
  const { text, links } = await visitPage(app, PLANS);
  assertMatch(text, /Your last payment of \$29\.00 failed/);
  const date = formatDay(next_payment_attempt * 1000, "en-US");
  assert(text.includes(`We'll retry invoice ${number} on ${date}.`), text);
  assert(links.includes("/organization/invoice"));
});

Deno.test("a subscription that ended unpaid shows why, and its open invoice", async () => {
  await using app = await openTestClockApp(NOW_MS);
  await failRenewal(app);
  await app.until(NOW_MS + 2 * MONTH_MS);
  const { subscription } = await syncSubscription(app.services, ORG);
  assertEquals(subscription?.status, "canceled");
  const invoice = await lastInvoice(app);
  assertEquals(invoice.status, "open");
  const { text } = await visitPage(app, PLANS);
  assertMatch(text, /Pro ended on .* because its payment failed\./);
  assert(text.includes(`$29.00 is due on invoice ${invoice.number}.`), text);
  const { response } = await visitPage(app, "/organization/invoice");
  assertEquals(
    response.headers.get("Location"),
    invoice.hosted_invoice_url ?? null,
  );
  await app.api.invoices.voidInvoice(invoice.id);
  await syncSubscription(app.services, ORG);
  const after = await visitPage(app, PLANS);
  assert(!after.text.includes("is due on invoice"), after.text);
});

Deno.test("a renewal that Stripe keeps as a draft does not hide the open invoice", async () => {
  await using app = await openTestClockApp(NOW_MS);
  await failRenewal(app);
  const failed = await lastInvoice(app);
  const { subscription } = await syncSubscription(app.services, ORG);
  interceptStripe(app, async (request, next) => {
    const response = await next(request);
    if (new URL(request.url).pathname !== "/v1/subscriptions") return response;
    const list = await response.json();
    for (const { latest_invoice } of list.data) latest_invoice.status = "draft";
    return Response.json(list);
  });
  const again = await syncSubscription(app.services, ORG);
  assertEquals(again.subscription?.invoice, subscription?.invoice);
  assertEquals(again.subscription?.invoice?.id, failed.id);
});

Deno.test("after a switch the page names the amount paid", async () => {
  await using app = await openTestApp();
  const { id, itemId } = await subscribeAtStripe(app);
  await openPortal(app.services, {
    orgId: ORG,
    intent: {},
    returnTo: "organization",
  });
  await app.services.background.settled();
  const stripe = await app.services.stripe();
  await stripe.subscriptions.update(id, {
    items: [{ id: itemId, price: await priceOf(app, "pro_year") }],
    proration_behavior: "always_invoice",
  });
  const { text } = await visitPage(app, PLANS);
  assertMatch(text, /Switched to yearly billing: \$261\.00 paid\./);
});

Deno.test("a subscription that is paused without a card asks for one first", async () => {
  await using app = await openTestApp();
  await storeSubscription(app, { status: "paused", paymentMethod: null });
  const { text } = await visitPage(app, PLANS);
  assertMatch(text, /no card to charge\. Add a card, then resume it in Manage/);
});

Deno.test("an unfinished first payment shows when it expires", async () => {
  await using app = await openTestApp();
  const invoice = { ...openInvoice(), createdAtMs: NOW_MS - 3 * HOUR_MS };
  await storeSubscription(app, { status: "incomplete", invoice });
  const { text } = await visitPage(app, PLANS);
  const expiry = formatMoment(NOW_MS + 20 * HOUR_MS, "en-US");
  assert(text.includes(`Finish your payment by ${expiry} to start Pro`), text);
});
