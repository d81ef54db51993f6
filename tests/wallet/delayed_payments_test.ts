import { assert, assertEquals, assertMatch } from "@std/assert";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import { reconcile } from "@/lib/reconcile.ts";
import type { Store } from "@/lib/store/mod.ts";
import {
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  bankAccount,
  openCheckout,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";
import { deliverAllAgain } from "@/tests/helpers/stripe_events.ts";
import { type Visited, visitPage } from "@/tests/helpers/pages.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";

/**
 * Buys the small pack by bank debit.
 *
 * @returns The return URL.
 */
async function buyByDebit(
  app: TestApp,
  answer: "succeeds" | "fails",
): Promise<string> {
  const choice = { credits: "small" } as const;
  const url = await openCheckout(app.services, { orgId: ORG, choice });
  const back = new URL(await payOnPage(app, url, bankAccount(answer)));
  return `${back.pathname}${back.search}`;
}

/** The session id in a return URL. */
function sessionOf(back: string): string {
  return new URLSearchParams(back.split("?")[1]).get("checkout") ?? "";
}

/** Follows a redirect with the cookie that it sets. */
async function comeBack(app: TestApp, path: string): Promise<Visited> {
  const { response } = await visitPage(app, path);
  assertEquals(response.status, 303);
  const cookie = response.headers.get("Set-Cookie") ?? "";
  const [to = ""] = (response.headers.get("Location") ?? "").split("#");
  const headers = { Cookie: cookie.split(";")[0] ?? "" };
  return await visitPage(app, to, { headers });
}

/** Advances the customer's clock to the bank's answer. */
async function letBankAnswer(app: TestApp): Promise<void> {
  const customer = await app.services.store.readCustomer(ORG);
  for (let day = 0; day < 4; day++) {
    await app.stripe.clocks.step(customer?.stripeCustomerId ?? "", "day");
  }
}

async function purchased({ services }: TestApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

async function onTheirWay(app: TestApp): Promise<string[]> {
  const claims = memberClaims();
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const response = await app.fetch("/account/awaited", {
    headers: { Cookie: `__session=${token}` },
  });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  return (await response.json()).on_their_way;
}

const ON_ITS_WAY =
  /Small credit pack: payment pending since August 3, 2026\. 10,000 tokens are added when it clears, usually within a few days\./;
const FAILED =
  /Small credit pack: payment failed on August 3, 2026\. You weren't charged, and no tokens were added/;

Deno.test("a pending payment is shown and adds no tokens yet", async () => {
  await using app = await openTestApp();
  const back = await buyByDebit(app, "succeeds");
  const first = await comeBack(app, back);
  assertMatch(first.text, /Thank you\. Small credit pack/);
  assertMatch(first.text, ON_ITS_WAY);
  assertEquals(first.text.match(/payment pending/g)?.length, 1);
  assertMatch(first.text, /Token balance 1,000/);
  assert(!first.text.includes("+10,000"), "the ledger must be empty");
  await app.stripe.controls.drain();
  const later = await visitPage(app, "/account");
  assertMatch(later.text, ON_ITS_WAY);
  assert(!later.text.includes("Thank you"), "the message is shown once");
  assertEquals(await purchased(app), 0);
  assertEquals(await onTheirWay(app), [sessionOf(back)]);
});

Deno.test("a cleared payment adds tokens, an entry and an invoice", async () => {
  await using app = await openTestApp();
  const back = await buyByDebit(app, "succeeds");
  await comeBack(app, back);
  await letBankAnswer(app);
  await app.stripe.controls.drain();
  assertEquals(await onTheirWay(app), []);
  const { store, now } = app.services;
  assertEquals(
    await store.listPendingPurchases(ORG, now()),
    [],
    "it makes room",
  );
  const page = await comeBack(app, back.replace("organization", "account"));
  assertMatch(page.text, /Payment confirmed\. Thank you\. The tokens/);
  assertMatch(page.text, /Token balance 11,000/);
  assertMatch(page.text, /Small credit pack Invoice .*\+10,000/);
  assertMatch(page.text, /Invoices .*\$10\.00 Paid/);
  assert(!page.text.includes("payment pending"));
  const source = page.links.find((href) => href.includes("source=checkout"));
  const invoice = await visitPage(app, source ?? "");
  assertMatch(invoice.response.headers.get("Location") ?? "", /stripe\/i\//);
});

Deno.test("a failed payment shows a message and adds nothing", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const back = await buyByDebit(app, "fails");
  await comeBack(app, back);
  await letBankAnswer(app);
  await app.stripe.controls.drain();
  const { text, links } = await visitPage(app, "/account");
  assertMatch(text, FAILED);
  assertMatch(text, /You can try again with another payment method\./);
  assert(links.includes("#credits"));
  assert(!text.includes("payment pending"));
  assertMatch(text, /Token balance 1,000/);
  assert(!text.includes("+10,000"));
  assertEquals(await purchased(app), 0);
  const member = await visitPage(app, "/account", { role: "member" });
  assertMatch(member.text, /Ask an admin of your organization to buy it again/);
  const again = await comeBack(app, back);
  assertMatch(again.text, FAILED);
  assertEquals(again.text.match(/payment failed/g)?.length, 1);
});

Deno.test("a failed payment is shown for a week or until one succeeds", async () => {
  for (const more of ["a week", "a purchase"]) {
    await using app = await openTestApp();
    await buyByDebit(app, "fails");
    await letBankAnswer(app);
    await app.stripe.controls.drain();
    assertMatch((await visitPage(app, "/account")).text, FAILED);
    if (more === "a week") app.clock.nowMs += 7 * 86_400_000;
    else {
      await buyByDebit(app, "succeeds");
      await letBankAnswer(app);
      await app.stripe.controls.drain();
      assertEquals(await purchased(app), 10_000);
    }
    const { text } = await visitPage(app, "/account");
    assert(!text.includes("did not go through"), more);
  }
});

Deno.test("late, repeated and reordered events give the same result", async () => {
  for (const answer of ["succeeds", "fails"] as const) {
    await using app = await openTestApp();
    const { controls } = app.stripe;
    await controls.hold();
    await buyByDebit(app, answer);
    await letBankAnswer(app);
    await controls.release({ newestFirst: true });
    await controls.drain();
    await deliverAllAgain(app);
    assertEquals(await purchased(app), answer === "succeeds" ? 10_000 : 0);
    const { text } = await visitPage(app, "/account");
    assertEquals(text.includes("payment pending"), false);
    assertEquals(FAILED.test(text), answer === "fails");
  }
});

Deno.test("without its event, a cleared payment is found by refresh and reconciliation", async () => {
  const ways: ((app: TestApp) => Promise<unknown>)[] = [
    checkByHand,
    (app) => reconcile(app.services, { paceMs: 0 }),
  ];
  for (const way of ways) {
    await using app = await openTestApp();
    await comeBack(app, await buyByDebit(app, "succeeds"));
    await app.stripe.controls.hold();
    await letBankAnswer(app);
    await way(app);
    assertEquals(await purchased(app), 10_000);
  }
});

/** Submits the refresh form of the account page. */
async function checkByHand(app: TestApp): Promise<void> {
  const claims = memberClaims();
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const { status, headers } = await app.fetch("/organization/check", {
    method: "POST",
    headers: {
      "Cookie": `__session=${token}`,
      "Sec-Fetch-Site": "same-origin",
    },
    body: new URLSearchParams({ page: "account" }),
  });
  assertEquals(status, 303);
  assertEquals(headers.get("Location"), "/account?check=checked#content");
}

Deno.test("a pending payment is shown to its organization only", async () => {
  await using app = await openTestApp();
  await comeBack(app, await buyByDebit(app, "succeeds"));
  const ask = async (headers: Record<string, string>) =>
    await app.fetch("/account/awaited", { headers });
  assertEquals((await ask({})).status, 401);
  const claims = memberClaims({ orgId: "org_other" });
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const other = await ask({ Authorization: `Bearer ${token}` });
  assertEquals(await other.json(), { on_their_way: [] });
});

Deno.test("a late Stripe response does not overwrite a newer one", async () => {
  await using app = await openTestApp();
  await app.stripe.controls.hold();
  const sessionId = sessionOf(await buyByDebit(app, "fails"));
  const { services } = app;
  let writes = 0;
  const writePendingPurchase: Store["writePendingPurchase"] = async (
    orgId,
    write,
  ) => {
    if (++writes === 1) { // Stripe's earlier response: still pending
      await letBankAnswer(app);
      await fulfillCheckout(services, ORG, sessionId);
    }
    return await services.store.writePendingPurchase(orgId, write);
  };
  const store = { ...services.store, writePendingPurchase };
  await fulfillCheckout({ ...services, store }, ORG, sessionId);
  assertEquals(writes, 1, "the second read must not write");
  assertMatch((await visitPage(app, "/account")).text, FAILED);
});
