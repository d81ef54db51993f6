import { assertEquals, assertMatch } from "@std/assert";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { openTestApp, ORG, type TestApp } from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";

const PAGE = "/organization/invoices";

async function previews(app: TestApp, path = PAGE) {
  app.stripe.controls.reset();
  const { response, text } = await visitPage(app, path);
  assertEquals(response.status, 200);
  const asked = app.stripe.controls.requests.filter((request) =>
    request.path === "/v1/invoices/create_preview"
  );
  return { text, calls: asked.length };
}

Deno.test("the next invoice is shown with its lines and amount", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  const { invoiceItems } = await app.services.stripe();
  await invoiceItems.create({
    customer: (await app.services.store.readBilling(ORG, 0)).customer
      ?.stripeCustomerId ?? "",
    subscription: id,
    amount: 1_250,
    currency: "usd",
    description: "Support hours",
  });
  const { text, calls } = await previews(app);
  assertEquals(calls, 1);
  assertMatch(text, /Next invoice \$41\.50 on September 3, 2026, if nothing/);
  assertMatch(text, /Support hours \$12\.50.*Amount due \$41\.50/);
});

Deno.test("older invoices need no preview of the next", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  const stripe = await app.services.stripe();
  const { data } = await stripe.invoices.list({ limit: 1 });
  const { text, calls } = await previews(app, `${PAGE}?after=${data[0]?.id}`);
  assertEquals([calls, text.includes("Next invoice")], [0, false]);
});

Deno.test("a plan that ends has no next invoice", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  const { subscriptions } = await app.services.stripe();
  await subscriptions.update(id, { cancel_at_period_end: true });
  await syncSubscription(app.services, ORG);
  const { text, calls } = await previews(app);
  assertEquals([calls, text.includes("Next invoice")], [0, false]);
});

Deno.test("the invoices are shown although the next cannot be previewed", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  app.stripe.controls.reset();
  app.stripe.controls.fail({
    kind: "server_error",
    path: "/v1/invoices/create_preview",
    times: Infinity,
  });
  const { text } = await visitPage(app, PAGE);
  assertMatch(text, /Paid/);
  assertEquals(text.includes("Next invoice"), false);
});
