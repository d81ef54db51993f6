import { assert, assertEquals, assertMatch } from "@std/assert";
import { PAGE_STRIPE_TIMEOUT_MS } from "@/lib/pages/billing_view.ts";
import type { Fault } from "local-stripe";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { openCheckout, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";
import { charge, purchase } from "@/tests/helpers/postings.ts";
import { concurrentTests } from "@/tests/helpers/concurrent.ts";
import { until } from "@/tests/helpers/until.ts";

const test = concurrentTests();

/** Slack for the app's own work on a busy machine. */
const OWN_MS = 3_000;

/** An organization with a customer, tokens and usage. */
async function giveAccount(app: TestApp): Promise<void> {
  await giveCustomer(app);
  await postTo(app, purchase("checkout:cs_1", 500));
  await postTo(app, charge("charge:1", 42));
  app.stripe.controls.reset();
}

/** Visits the page and checks all stored data. */
async function visitAccount(app: TestApp, path = "/account") {
  const startMs = performance.now();
  const visited = await visitPage(app, path);
  const tookMs = performance.now() - startMs;
  assertEquals(visited.response.status, 200);
  assertMatch(visited.text, /Token balance 1,458/);
  assertMatch(visited.text, /42 tokens in 30 days/);
  assertMatch(visited.text, /A pack Invoice .*\+500/);
  return { ...visited, tookMs };
}

/** A message and a link replace the invoices. */
function assertInvoicesMissing(
  { text, links }: { text: string; links: string[] },
): void {
  assertMatch(
    text,
    /Can't reach Stripe. Your invoices are safe. Try again/,
  );
  assert(links.includes("/account#invoices"), `${links}`);
}

const FAULTS: Record<string, Omit<Fault, "times">> = {
  "cannot be reached": { kind: "unreachable" },
  "fails": { kind: "server_error" },
  "answers with somebody else's page": { kind: "garbage" },
  "breaks its answers off": { kind: "cut" },
  "has too many calls": { kind: "rate_limited" },
  "refuses the key": { kind: "unauthorized" },
};
for (const [words, fault] of Object.entries(FAULTS)) {
  test(`while Stripe ${words}, the account page shows stored data`, async () => {
    await using app = await openTestApp();
    await giveAccount(app);
    app.stripe.controls.fail({ ...fault, times: Infinity });
    const visited = await visitAccount(app);
    assertInvoicesMissing(visited);
    assert(
      visited.tookMs < PAGE_STRIPE_TIMEOUT_MS + OWN_MS,
      `${visited.tookMs} ms`,
    );
    app.stripe.controls.reset();
    const again = await visitAccount(app);
    assertMatch(
      again.text,
      /No invoices yet. Your first invoice appears after your next payment/,
    );
  });
}

/** Longer than the page's timeout and shorter than the SDK's. */
const SLOW_MS = 3_500;

test("a slow Stripe delays the account page by its timeout at most", async () => {
  await using app = await openTestApp();
  await giveAccount(app);
  const { controls } = app.stripe;
  controls.fail({ kind: "slow", delayMs: SLOW_MS, times: Infinity });
  const visited = await visitAccount(app);
  assertInvoicesMissing(visited);
  assertMatch(visited.text, /Small 10,000 tokens Price unavailable/);
  assert(visited.tookMs >= PAGE_STRIPE_TIMEOUT_MS - 50, `${visited.tookMs} ms`);
  assert(
    visited.tookMs < PAGE_STRIPE_TIMEOUT_MS + OWN_MS,
    `${visited.tookMs} ms`,
  );
  await untilAnswered(app, "/v1/prices", "/v1/invoices");
});

test("cached prices are shown while Stripe is slow", async () => {
  await using app = await openTestApp();
  await giveAccount(app);
  await visitAccount(app);
  app.clock.nowMs += 60_000;
  const { controls } = app.stripe;
  controls.reset();
  controls.fail({ kind: "slow", delayMs: SLOW_MS, times: Infinity });
  const visited = await visitAccount(app);
  assertMatch(visited.text, /Small 10,000 tokens \$10 one-time/);
  assertInvoicesMissing(visited);
  await untilAnswered(app, "/v1/prices", "/v1/invoices");
});

test("after a visit to a slow portal, the page waits once", async () => {
  await using app = await openTestApp();
  await giveAccount(app);
  const { store } = app.services;
  await store.markPortalOpened(ORG, {
    openedAtMs: app.clock.nowMs,
    before: null,
  });
  const { controls } = app.stripe;
  controls.fail({ kind: "slow", delayMs: SLOW_MS, times: Infinity });
  const visited = await visitAccount(app);
  assertInvoicesMissing(visited);
  assertMatch(visited.text, /The information below may be out of date/);
  assert(
    visited.tookMs < PAGE_STRIPE_TIMEOUT_MS + OWN_MS,
    `${visited.tookMs} ms`,
  );
  await untilAnswered(app, "/v1/prices", "/v1/invoices", "/v1/subscriptions");
});

test("returning from Checkout while Stripe is slow shows a message in time", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const choice = { credits: "small" } as const;
  const url = await openCheckout(app.services, { orgId: ORG, choice });
  const back = new URL(await payOnPage(app, url));
  const { controls } = app.stripe;
  controls.reset();
  // Longer than the SDK's timeout, for both attempts.
  const sessions = "/v1/checkout/sessions";
  controls.fail({ kind: "slow", delayMs: 9_000, path: sessions, times: 2 });
  const startMs = performance.now();
  const path = `${back.pathname}${back.search}`;
  const { response, text } = await visitPage(app, path);
  assertEquals(response.status, 200);
  assertMatch(text, /reload this page in a moment/);
  const tookMs = performance.now() - startMs;
  assert(tookMs > 5_900 && tookMs < 8_400, `${tookMs} ms`);
  const given = () =>
    controls.requests.filter(({ path }) => path.startsWith(sessions));
  await until(() => given().length === 2);
  const again = await visitPage(app, path);
  assertEquals(again.response.headers.get("Location"), "/account#content");
  const { purchased } = await app.services.store.readWallet(ORG);
  assertEquals(purchased, 10_000);
});

for (const path of ["/organization", "/pricing"]) {
  test(`a slow Stripe delays ${path} by the price timeout at most`, async () => {
    await using app = await openTestApp();
    await giveCustomer(app);
    const { controls } = app.stripe;
    controls.fail({ kind: "slow", delayMs: SLOW_MS, times: Infinity });
    const startMs = performance.now();
    const { response, text } = await visitPage(app, path);
    const tookMs = performance.now() - startMs;
    assertEquals(response.status, 200);
    assertMatch(text, /Pro .*Price unavailable/);
    assert(tookMs < PAGE_STRIPE_TIMEOUT_MS + OWN_MS, `${tookMs} ms`);
    await untilAnswered(app);
  });
}

/**
 * Waits for slow requests, which the app would otherwise wait for at its end.
 */
async function untilAnswered(
  { stripe, services }: TestApp,
  ...paths: string[]
): Promise<void> {
  await services.prices();
  const answered = () => stripe.controls.requests.map(({ path }) => path);
  await until(() => paths.every((path) => answered().includes(path)));
}
