import { assert, assertEquals, assertMatch } from "@std/assert";
import { seedInvoice } from "local-stripe";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { DAY_MS, storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";
import { fillWallet, postTo } from "@/tests/helpers/wallet_app.ts";
import {
  charge,
  chargeConcurrently,
  purchase,
  refundDebit,
} from "@/tests/helpers/postings.ts";

const CHECKOUT = "/api/v1/operations/payment/checkout";

/** The text of one section. */
function part(html: string, id: string): string {
  const from = html.indexOf(`<section id="${id}"`);
  return html.slice(from, html.indexOf("</section>", from));
}

/** Creates an invoice a second after the previous one. */
async function bill(app: TestApp, customer: string): Promise<string> {
  app.clock.nowMs += 1_000;
  const { id } = await seedInvoice({
    kv: app.kv,
    pagesUrl: `${APP_URL}/sandbox/stripe`,
    now: () => app.clock.nowMs,
  }, {
    customer,
    lines: [{ description: "Pro, monthly", unitAmountMinor: 2_900 }],
  });
  return id;
}

/** Charges one token at a time, oldest first. */
async function chargeTimes(app: TestApp, times: number): Promise<void> {
  for (let index = 1; index <= times; index++) {
    const description = `Call ${index}.`;
    await postTo(app, { ...charge(`charge:${index}`), description });
  }
}

Deno.test("an empty account shows the next steps", async () => {
  await using app = await openTestApp();
  const { response, text, html, links } = await visitPage(app, "/account");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(text, /Token balance 1,000/);
  assertMatch(text, /Resets to 1,000 on September 1, 2026/);
  assertMatch(text, /No usage in the last 30 days/);
  assertMatch(text, /No invoices yet. Choose a plan or buy tokens/);
  assertMatch(text, /Free plan – monthly tokens .*\+1,000/);
  assert(links.includes("/organization/api-keys"));
  assert(!html.includes("<script") && !html.includes("style="));
  const asked = app.stripe.controls.requests.map(({ path }) => path);
  assert(!asked.includes("/v1/invoices"), "no customer, so no request");
});

Deno.test("the wallet shows both token balances and a low balance", async () => {
  await using app = await openTestApp();
  await fillWallet(app, 90);
  const low = await visitPage(app, "/account");
  assertMatch(
    low.text,
    /Your balance is low. Requests that exceed your balance/,
  );
  assertMatch(low.html, /<meter[^>]*max="1000"[^>]*value="0"/);
  assertMatch(part(low.html, "wallet"), /href="#credits"/);
  await postTo(app, charge("charge:rest", 90));
  assertMatch((await visitPage(app, "/account")).text, /Your balance is empty/);
  await postTo(app, purchase("checkout:cs_2", 60_000));
  const full = await visitPage(app, "/account");
  assertMatch(full.text, /Purchased 60,000/);
  assert(!full.text.includes("balance is low"));
});

Deno.test("usage is shown as text, bars and a table", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  const chargeAgo = (days: number, tokens: number) =>
    store.post(ORG, charge(`charge:${days}`, tokens), now() - days * DAY_MS);
  await postTo(app, purchase("checkout:cs_1", 500));
  await chargeAgo(30, 100); // a day outside the range
  await chargeAgo(29, 42);
  await chargeAgo(29, 42); // a replay is not usage
  await chargeAgo(0, 5);
  const { html, text } = await visitPage(app, "/account");
  assertMatch(text, /47 tokens in 30 days. Peak on July 5, 2026 ?: 42/);
  const use = part(html, "use");
  assertMatch(use, /<svg[^>]*role="img"[^>]*aria-labelledby/);
  assertEquals(use.match(/<rect class="usage-bar/g)?.length, 2);
  assertEquals(use.match(/<tr[ >]/g)?.length, 31);
});

Deno.test("ledger pages stay stable while entries are added", async () => {
  await using app = await openTestApp();
  await visitPage(app, "/account");
  await chargeTimes(app, 30);
  const first = await visitPage(app, "/account");
  assertMatch(first.text, /Call 30\./);
  assert(!first.text.includes("Call 10."));
  const older = first.links.find((href) => href.includes("cursor=")) ?? "";
  assertMatch(older, /^\/account\?cursor=\w+#ledger$/);
  await postTo(app, purchase("checkout:cs_1", 10));
  const { html } = await visitPage(app, older.split("#")[0] ?? "");
  const ledger = part(html, "ledger");
  assertEquals(ledger.match(/<li class="line /g)?.length, 11);
  assertMatch(ledger, /Call 10\./);
  assertMatch(ledger, /Latest transactions/);
  assert(!ledger.includes("Older transactions"));
});

Deno.test("the ledger filters by kind across pages", async () => {
  await using app = await openTestApp();
  await visitPage(app, "/account");
  await postTo(app, purchase("checkout:cs_1", 500));
  await postTo(app, refundDebit("refund:re_1", 100));
  await chargeTimes(app, 120);
  const { html, links } = await visitPage(app, "/account?kind=purchase");
  const ledger = part(html, "ledger");
  assertEquals(ledger.match(/<li class="line /g)?.length, 1);
  assertMatch(ledger, /\+500/);
  assertMatch(ledger, /aria-current="true"[^>]*>Purchases/);
  assert(links.includes("/account/invoice?source=checkout%3Acs_1"));
  const none = await visitPage(app, "/account?kind=adjustment");
  assertMatch(none.text, /No transactions of this type. Show all/);
  const dates = "?from=2020-01-01&to=2020-01-31";
  const noDay = await visitPage(app, `/account${dates}`);
  assertMatch(noDay.text, /No transactions match these filters\. Show all/);
});

Deno.test("a kind is searched among a thousand entries, page by page", async () => {
  await using app = await openTestApp();
  await postTo(app, purchase("checkout:cs_1", 5_000));
  for (const name of ["a", "b"]) {
    await chargeConcurrently(app.services.store, ORG, { times: 1_050, name });
  }
  const first = await visitPage(app, "/account?kind=purchase");
  assertMatch(
    first.text,
    /No transactions of this type. None of the latest 1,000/,
  );
  const older = first.links.find((href) => href.includes("cursor=")) ?? "";
  assertMatch(older, /^\/account\?kind=purchase&cursor=\w+#ledger$/);
  const second = await visitPage(app, older.split("#")[0] ?? "");
  assertMatch(
    second.text,
    /No transactions of this type. None of the next 1,000/,
  );
  const last = second.links.findLast((href) => href.includes("cursor=")) ?? "";
  const { html } = await visitPage(app, last.split("#")[0] ?? "");
  assertMatch(part(html, "ledger"), /\+5,000/);
});

Deno.test("a page after the last entry of a kind says there are no older ones", async () => {
  await using app = await openTestApp();
  await visitPage(app, "/account");
  await chargeTimes(app, 20);
  const { links } = await visitPage(app, "/account?kind=charge");
  const older = links.findLast((href) => href.includes("cursor=")) ?? "";
  const { text } = await visitPage(app, older.split("#")[0] ?? "");
  assertMatch(text, /No transactions of this type. No older transactions/);
});

Deno.test("filtered pages keep their kind and repeat or skip no entry", async () => {
  await using app = await openTestApp();
  await visitPage(app, "/account");
  await chargeTimes(app, 45);
  const seen: string[] = [];
  let path: string | undefined = "/account?kind=charge";
  while (path !== undefined) {
    const { html, links }: { html: string; links: string[] } = await visitPage(
      app,
      path.split("#")[0] ?? "",
    );
    seen.push(...(part(html, "ledger").match(/Call \d+/g) ?? []));
    path = part(html, "ledger").includes("Older transactions")
      ? links.findLast((href) => href.includes("cursor="))
      : undefined;
  }
  assertEquals(seen.length, 45);
  assertEquals(new Set(seen).size, 45);
});

Deno.test("an invalid view is refused with a message", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const nowhere = ["?kind=gift", "?cursor=x", "?after=in_nobodys", "?after=1"];
  for (const query of nowhere) {
    const { response, text, links } = await visitPage(app, `/account${query}`);
    assertEquals(response.status, 400, query);
    assertMatch(response.headers.get("Content-Type") ?? "", /text\/html/);
    assertMatch(text, /mistyped or out of date/);
    assertEquals(links[0], "/account");
  }
});

Deno.test("packs show Stripe's prices and are bought with one form", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const { html, text } = await visitPage(app, "/account");
  assertMatch(text, /Small 10,000 tokens \$10 one-time Buy Small/);
  const packs = part(html, "credits");
  assertMatch(packs, new RegExp(`<form method="post" action="${CHECKOUT}"`));
  assertMatch(packs, /<button type="submit"[^>]*name="credits" value="large"/);
  const member = await visitPage(app, "/account", { role: "member" });
  assert(!part(member.html, "credits").includes("<form"));
  assertMatch(member.text, /\$200 one-time/);
  assertMatch(member.text, /Only admins can buy tokens. Ask an admin/);
});

Deno.test("invoices link to their page and PDF and are paged", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  assertMatch(
    (await visitPage(app, "/account")).text,
    /after your next payment/,
  );
  for (let count = 0; count < 11; count++) await bill(app, customer);
  const { html, links } = await visitPage(app, "/account", {
    headers: { "Accept-Language": "de" },
  });
  const list = part(html, "invoices");
  assertEquals(list.match(/<li class="line /g)?.length, 10);
  assertMatch(list, /29,00\s\$/);
  assertMatch(list, /data-state="paid">Bezahlt/);
  assertMatch(list, /href="https:[^"]*"[^>]*>\s*Ansehen/);
  assertMatch(list, /href="https:[^"]*"[^>]*>\s*PDF/);
  const older = links.find((href) => href.includes("after=in_")) ?? "";
  const next = await visitPage(app, older.split("#")[0] ?? "");
  const rest = part(next.html, "invoices");
  assertEquals(rest.match(/<li class="line /g)?.length, 1);
  assertMatch(rest, /Latest invoices/);
});

Deno.test("while Stripe is down, everything but the invoices is shown", async () => {
  await using app = await openTestApp();
  await storeSubscription(app);
  app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
  const { response, text } = await visitPage(app, "/account");
  assertEquals(response.status, 200);
  assertMatch(text, /Can't reach Stripe. Your invoices are safe/);
  assertMatch(text, /Price unavailable/);
  assertMatch(text, /Token balance/);
  assertMatch(text, /Your plan Pro/);
  assert(app.lines.some((line) => line.includes("listing invoices failed")));
});

Deno.test("an entry links to its own invoice only", async () => {
  await using app = await openTestApp();
  const invoice = await bill(app, await giveCustomer(app));
  const path = `/account/invoice?source=invoice%3A${invoice}`;
  const before = await visitPage(app, path);
  assertEquals(before.response.headers.get("Location"), "/account#invoices");
  await postTo(app, purchase(`invoice:${invoice}`, 10));
  const { response } = await visitPage(app, path);
  assertEquals(response.status, 303);
  assertMatch(response.headers.get("Location") ?? "", /sandbox\/stripe.*\/i/);
  const stripe = await app.services.stripe();
  const other = await stripe.customers.create({ name: "Another" });
  const theirs = await bill(app, other.id);
  await postTo(app, purchase(`invoice:${theirs}`, 10));
  const foreign = await visitPage(
    app,
    `/account/invoice?source=invoice%3A${theirs}`,
  );
  assertEquals(foreign.response.headers.get("Location"), "/account#invoices");
});

Deno.test("the result of a pack payment is shown once", async () => {
  await using app = await openTestApp();
  for (
    const [notice, words] of [
      [
        "paid_pack",
        /The tokens are in your balance, and the invoice is listed/,
      ],
      ["processing_pack", /Payment pending.*Tokens are added when it clears/],
    ] as const
  ) {
    const headers = { Cookie: `portico_notice=${notice}` };
    const { response, text } = await visitPage(app, "/account", { headers });
    assertMatch(text, words);
    const cookie = response.headers.get("Set-Cookie") ?? "";
    assertMatch(cookie, /^portico_notice=; Path=\/account; Max-Age=0/);
  }
  assert(!(await visitPage(app, "/account")).html.includes('class="notice'));
});
