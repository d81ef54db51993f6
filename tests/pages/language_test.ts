import { assert, assertEquals, assertMatch } from "@std/assert";
import { LANGUAGES } from "@/lib/config/languages.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";

const PAGES = [
  "/organization",
  "/organization/change?plan=pro&interval=month",
  "/account",
  "/account/credentials",
  "/pricing",
  "/docs",
  "/nowhere",
];

for (const language of LANGUAGES) {
  Deno.test(`every page is rendered in ${language}`, async () => {
    await using app = await openTestApp();
    await giveCustomer(app);
    for (const path of PAGES) {
      const response = await app.fetch(path, {
        headers: {
          Accept: "text/html",
          "Accept-Language": `${language},en;q=0.5`,
          ...await authorization(),
        },
      });
      const html = await response.text();
      assertMatch(html, new RegExp(`<html lang="${language}">`), path);
      assertEquals(html.includes("Skip to content"), language === "en", path);
      const vary = response.headers.get("Vary") ?? "";
      assertMatch(vary, /Accept-Language, Cookie/, path);
    }
  });
}

Deno.test("a German visitor sees German text, prices and dates", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const headers = { "Accept-Language": "de-DE,de;q=0.9" };
  const plans = await visitPage(app, "/organization", { headers });
  assertMatch(plans.text, /Abrechnung verwalten/);
  assertMatch(plans.html, /<strong>29\s\$<\/strong> pro Monat/);
  assertMatch(plans.text, /Für Teams, die jede Woche ausliefern/);
  const account = await visitPage(app, "/account", { headers });
  assertMatch(account.text, /Tarif Free – monatliche Tokens/);
  assertMatch(account.text, /Wird am \d+\. \p{L}+ \d{4} auf 1\.000/u);
});

/** Posts the footer's form. */
async function choose(language: string, headers: Record<string, string> = {}) {
  await using app = await openTestApp();
  const response = await app.fetch("/language", {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "Sec-Fetch-Site": "same-origin",
      ...headers,
    },
    body: new URLSearchParams({ language }),
  });
  await response.body?.cancel();
  return response;
}

Deno.test("the footer's form keeps the language and returns to the page", async () => {
  const response = await choose("ja", { Referer: `${APP_URL}/pricing?a=b` });
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), "/pricing?a=b");
  const cookie = response.headers.get("Set-Cookie") ?? "";
  assertMatch(cookie, /^portico_language=ja; Path=\/; Max-Age=31536000;/);
});

Deno.test("the footer's form leads to this app only", async () => {
  for (const Referer of ["https://evil.example//evil.example", "nonsense"]) {
    const response = await choose("de", { Referer });
    assertEquals(response.headers.get("Location"), "/organization");
  }
});

Deno.test("the footer's form refuses other sites and unknown languages", async () => {
  const foreign = await choose("de", { "Sec-Fetch-Site": "cross-site" });
  assertEquals(foreign.status, 403);
  assert(!foreign.headers.has("Set-Cookie"));
  assertEquals((await choose("xx")).status, 400);
});
