import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { seedInvoice } from "local-stripe";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { type Cell, csvResponse } from "@/lib/http/csv.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { charge, purchase } from "@/tests/helpers/postings.ts";
import { openWalletApp, postTo } from "@/tests/helpers/wallet_app.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";

const HISTORY = "/api/v1/billing/history";
const INVOICES = "/api/v1/billing/invoices";
const CSV = { Accept: "text/csv" };

async function get(app: TestApp, path: string, headers: HeadersInit = CSV) {
  const response = await app.fetch(path, {
    headers: { ...await authorization(), ...headers },
  });
  return { response, text: await response.text() };
}

function linesOf(text: string): string[] {
  assert(text.endsWith("\r\n"));
  return text.slice(0, -2).split("\r\n");
}

async function* rowsOf(...rows: Cell[][]) {
  yield* rows;
  await Promise.resolve();
}

async function bill(
  app: TestApp,
  customer: string,
  description = "Pro, monthly",
): Promise<string> {
  app.clock.nowMs += 1_000;
  const pagesUrl = `${APP_URL}/sandbox/stripe`;
  const options = { kv: app.kv, pagesUrl, now: () => app.clock.nowMs };
  const lines = [{ description, unitAmountMinor: 2_900 }];
  return (await seedInvoice(options, { customer, lines })).id;
}

Deno.test("cells are quoted, and formulas are escaped", async () => {
  const response = await csvResponse(rowsOf(
    ["text", "number"],
    ['a "b", c', -12],
    ["=HYPERLINK(1)", 0],
    ["+1", null],
    ["-1", null],
    ["@x", null],
    ["\tx", null],
    ["line\nbreak", null],
  ));
  assertEquals(response.headers.get("Content-Type"), "text/csv; charset=utf-8");
  assertEquals(linesOf(await response.text()), [
    "text,number",
    '"a ""b"", c",-12',
    "'=HYPERLINK(1),0",
    "'+1,",
    "'-1,",
    "'@x,",
    "'\tx,",
    '"line\nbreak",',
  ]);
});

Deno.test("an error after the first rows breaks the response off", async () => {
  async function* failing() {
    yield* rowsOf(["a"], ["1"], ["2"]);
    throw new Error("the store failed");
  }
  const response = await csvResponse(failing());
  await assertRejects(() => response.text());
});

Deno.test("the history as CSV has every entry of the range", async () => {
  await using app = await openWalletApp();
  await postTo(app, purchase("checkout:cs_1", 1_000));
  for (let index = 0; index < 250; index++) {
    await postTo(app, charge(`charge:${index}`));
  }
  const { response, text } = await get(app, `${HISTORY}?limit=1`);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Content-Type"), "text/csv; charset=utf-8");
  assertEquals(response.headers.get("Vary"), "Accept");
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  const [head, newest, ...rest] = linesOf(text);
  assertEquals(head, "id,at,kind,tokens,balance,description,source");
  assertMatch(newest ?? "", /^le_\w+,2026-08-03T[^,]+,charge,-\d+,\d+,/);
  assertEquals(rest.length, 250);
  assertMatch(rest.at(-1) ?? "", /,purchase,1000,/);
});

Deno.test("JSON is the default, also for clients that accept both", async () => {
  await using app = await openWalletApp();
  for (
    const accept of [
      "*/*",
      "application/json",
      "application/json, text/csv",
      "text/csv;q=0.1, */*",
    ]
  ) {
    const { response } = await get(app, HISTORY, { Accept: accept });
    assertEquals(response.headers.get("Content-Type"), "application/json");
  }
});

Deno.test("invoices as CSV have all pages and what was bought", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  for (let index = 0; index < 102; index++) await bill(app, customer);
  await bill(app, customer, "=1+1");
  app.clock.nowMs -= 103_000; // the session is valid for a minute
  const { response, text } = await get(app, INVOICES);
  assertEquals(response.status, 200);
  const [head, newest, ...rest] = linesOf(text);
  assertMatch(head ?? "", /^id,number,description,status,currency,total,/);
  assertMatch(newest ?? "", /^in_\w+,[^,]+,'=1\+1,paid,usd,2900,2900,2900,/);
  assertMatch(newest ?? "", /https:/);
  assertEquals(rest.length, 102);
});

Deno.test("a session without a billing role gets no document links, a key does", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await bill(app, await giveCustomer(app));
  const member = await authorization(memberClaims({ role: "member" }));
  const json = await get(app, INVOICES, { ...member, Accept: "*/*" });
  const [invoice] = JSON.parse(json.text).items;
  assertEquals(invoice.total, 2_900);
  assertEquals(invoice.description, "Pro, monthly");
  assertEquals([invoice.hosted_invoice_url, invoice.invoice_pdf], [null, null]);
  const csv = await get(app, INVOICES, { ...member, ...CSV });
  assert(!csv.text.includes("https:"));
  const page = await visitPage(app, "/account", { role: "member" });
  assertMatch(page.text, /Pro, monthly/);
  assertMatch(page.text, /Only admins can open invoices/);
  assert(!page.links.some((href) => href.includes("/sandbox/stripe/")));
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Books",
    scopes: ["billing:read"],
  });
  const byKey = await get(app, INVOICES, { Authorization: `Bearer ${key}` });
  assertMatch(JSON.parse(byKey.text).items[0].hosted_invoice_url, /^https:/);
});

Deno.test("the account page downloads what its filters select", async () => {
  await using app = await openWalletApp();
  await bill(app, await giveCustomer(app));
  await postTo(app, purchase("checkout:cs_1", 1_000));
  await postTo(app, charge("charge:1"));
  const query = "kind=charge&from=2026-08-03&to=";
  const { links, text } = await visitPage(app, `/account?${query}`);
  assertMatch(text, /From To Apply dates Download CSV/);
  const hrefs = links.filter((href) => href.includes(".csv"));
  assertEquals(hrefs, [
    "/account/ledger.csv?kind=charge&from=2026-08-03",
    "/account/invoices.csv",
  ]);
  const [ledger, invoices] = await Promise.all(
    hrefs.map((href) => get(app, href, {})),
  );
  assertEquals(
    ledger?.response.headers.get("Content-Disposition"),
    'attachment; filename="ledger.csv"',
  );
  assertEquals(ledger?.response.headers.get("Cache-Control"), "no-store");
  assertEquals(linesOf(ledger?.text ?? "").length, 2);
  assertEquals(linesOf(invoices?.text ?? "").length, 2);
});

Deno.test("downloads need a session", async () => {
  await using app = await openTestApp();
  for (const path of ["/account/ledger.csv", "/account/invoices.csv"]) {
    const response = await app.fetch(path);
    assertEquals(response.status, 401);
    await response.body?.cancel();
  }
});
