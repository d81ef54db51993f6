import { assert, assertEquals, assertMatch } from "@std/assert";
import { authorization, openTestApp } from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";

const PRICING = "/pricing";

async function visitSignedOut(environment: Record<string, string> = {}) {
  await using app = await openTestApp(environment);
  const headers = { Accept: "text/html" };
  const response = await app.fetch(PRICING, { headers });
  const html = await response.text();
  return html.slice(html.indexOf("<main"), html.indexOf("</main>"));
}

Deno.test("each plan has a way to start, and one plan is highlighted", async () => {
  const main = await visitSignedOut();
  const labels = [...main.matchAll(/<a class="button[^>]*>([^<]*)<\/a>/g)]
    .map(([, label]) => label);
  assertEquals(labels, [
    ...["Start for free", "Try Pro for 14 days", "Choose Scale"],
  ]);
  assertEquals(main.match(/plan--recommended/g)?.length, 1);
  assertMatch(main, /Pro<\/h2><span class="badge badge--strong">Recommended/);
  assertEquals(main.match(/Tokens per month/g)?.length, 3, "no second table");
  assert(!main.includes("Contact us"));
});

Deno.test("with SUPPORT_URL, custom plans have a contact", async () => {
  const main = await visitSignedOut({ SUPPORT_URL: "https://a.example/help" });
  assertMatch(main, /href="https:\/\/a\.example\/help"[^>]*>Contact us</);
});

Deno.test("signed-in visitors see their plan and its changes", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const fresh = await visitPage(app, PRICING);
  assertMatch(fresh.html, /plan--current/);
  assertMatch(fresh.text, /Free Your plan/);
  assertMatch(fresh.text, /Pro Recommended/);
  await storeSubscription(app);
  const { response, text, links } = await visitPage(app, PRICING);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(text, /Pro Your plan/);
  assertMatch(text, /Current plan: \$29 per month/);
  assert(!text.includes("Recommended"), "no advice to a paying customer");
  assert(links.includes("/organization/change?plan=scale&interval=month"));
  const member = await visitPage(app, PRICING, { role: "member" });
  assertMatch(member.text, /Pro Your plan/);
  assert(!member.links.some((link) => link.includes("change")));
});

Deno.test("visitors without an organization can start", async () => {
  await using app = await openTestApp();
  const response = await app.fetch(PRICING, {
    headers: { Accept: "text/html", ...await authorization({}) },
  });
  assertMatch(await response.text(), /Start for free/);
});

Deno.test("the selected interval comes from the visitor's cookie", async () => {
  await using app = await openTestApp();
  for (const path of [PRICING, "/organization"]) {
    for (const chosen of ["month", "year"]) {
      const headers = { Cookie: `portico_interval=${chosen}` };
      const { html } = await visitPage(app, path, { headers });
      const [, checked] = /value="(\w+)" checked/.exec(html) ?? [];
      assertEquals(checked, chosen, path);
    }
  }
});
