import { assert, assertEquals } from "@std/assert";
import { seedInvoice } from "local-stripe";
import {
  authorization,
  giveCustomer,
  interceptStripe,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";

const INVOICES = "/api/v1/billing/invoices";
const LINE = { description: "Pro, monthly", unitAmountMinor: 2_900 };

async function ask(app: TestApp, query = "") {
  const headers = await authorization();
  const response = await app.fetch(`${INVOICES}${query}`, { headers });
  return { status: response.status, body: await response.json() };
}

/** Creates an invoice a second after the previous one. */
async function bill(
  app: TestApp,
  customer: string,
  status: "paid" | "draft" = "paid",
): Promise<string> {
  app.clock.nowMs += 1_000;
  const pagesUrl = `${APP_URL}/sandbox/stripe`;
  const options = { kv: app.sandboxKv, pagesUrl, now: () => app.clock.nowMs };
  const { id } = await seedInvoice(options, {
    customer,
    lines: [LINE],
    status,
  });
  return id;
}

Deno.test("an organization without a customer has no invoices", async () => {
  await using app = await openTestApp();
  const { status, body } = await ask(app);
  assertEquals(status, 200);
  assertEquals(body, { items: [], has_more: false });
  assertEquals(app.stripe.controls.requests, []);
});

Deno.test("an invoice has Stripe's fields", async () => {
  await using app = await openTestApp();
  const id = await bill(app, await giveCustomer(app));
  const { status, body } = await ask(app);
  assertEquals(status, 200);
  const [invoice] = body.items;
  const { number, hosted_invoice_url, invoice_pdf, ...rest } = invoice;
  const at = new Date(app.clock.nowMs).toISOString();
  assertEquals(rest, {
    id,
    description: "Pro, monthly",
    status: "paid",
    currency: "usd",
    total: 2_900,
    amount_due: 2_900,
    amount_paid: 2_900,
    created: at,
    period_start: at,
    period_end: at,
  });
  assert(number.endsWith("-0001"));
  assert(hosted_invoice_url.startsWith("https://"));
  assert(invoice_pdf.startsWith("https://"));
  assertEquals(body.has_more, false);
});

Deno.test("pages are complete, newest first, without drafts", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const paid: string[] = [];
  for (let month = 0; month < 7; month++) {
    paid.unshift(await bill(app, customer));
    if (month % 2 === 0) await bill(app, customer, "draft");
  }
  const seen: string[] = [];
  let query = "?limit=2";
  for (let page = 0; page < 4; page++) {
    const { body } = await ask(app, query);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    assertEquals(body.items.length, page < 3 ? 2 : 1);
    assertEquals(body.has_more, page < 3);
    query = `?limit=2&starting_after=${seen.at(-1)}`;
  }
  assertEquals(seen, paid);
});

Deno.test("an ended subscription keeps its invoices", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app);
  const before = await ask(app);
  assertEquals(before.body.items.length, 1);
  const { subscriptions } = await app.services.stripe();
  await subscriptions.cancel(id);
  await app.stripe.controls.drain();
  const { store, now } = app.services;
  const { subscription } = await store.readBilling(ORG, now());
  assertEquals(subscription?.status, "canceled");
  assertEquals(await ask(app), before);
});

Deno.test("an organization sees only its invoices", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const theirs = await bill(app, await giveCustomer(app, "org_other"));
  assertEquals((await ask(app)).body.items, []);
  const { status, body } = await ask(app, `?starting_after=${theirs}`);
  assertEquals(status, 400);
  assertEquals(body, {
    error: "validation_error",
    message: "Invalid starting_after: invoice not found",
  });
});

Deno.test("a customer deleted at Stripe is forgotten and has no invoices", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  await (await app.services.stripe()).customers.del(customer);
  // The local Stripe still lists a deleted customer's invoices.
  interceptStripe(app, async (request, next) => {
    if (!request.url.includes("/v1/invoices")) return await next(request);
    const error = {
      type: "invalid_request_error",
      code: "resource_missing",
      param: "customer",
    };
    return Response.json({ error }, { status: 400 });
  });
  const { status, body } = await ask(app);
  assertEquals(status, 200);
  assertEquals(body, { items: [], has_more: false });
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

const REFUSED = [
  ...["?limit=0", "?limit=101", "?limit=1.5", "?limit=x", "?limit="],
  ...["?starting_after=in_nothing", "?starting_after=cus_1"],
  ...["?starting_after=in_../../customers", "?limit=1&limit=2"],
];
for (const query of REFUSED) {
  Deno.test(`invoices refuse ${query}`, async () => {
    await using app = await openTestApp();
    await bill(app, await giveCustomer(app));
    const { status, body } = await ask(app, query);
    assertEquals(status, 400);
    assertEquals(body.error, "validation_error");
  });
}

Deno.test("a Stripe failure is 500 without Stripe's message", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  app.stripe.controls.fail({ kind: "server_error", times: Infinity });
  const { status, body } = await ask(app);
  assertEquals(status, 500);
  assertEquals(body.error, "internal_error");
  assert(body.request_id.startsWith("req_"));
});
