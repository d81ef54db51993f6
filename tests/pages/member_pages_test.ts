import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { type Visited, visitPage } from "@/tests/helpers/pages.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { SUBSCRIPTION_STATES } from "@/tests/browser/states.ts";
import { purchase } from "@/tests/helpers/postings.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";

const ADMINS_ONLY = { BILLING_ROLES: "org:admin" };
const PAGES = [
  "/organization",
  "/organization/details",
  "/organization/change?plan=scale&interval=month",
  "/account",
  "/account/credentials",
];

function visitAsMember(app: TestApp, path: string): Promise<Visited> {
  return visitPage(app, path, { role: "member" });
}

/** The app's own pages that a page links to, without fragments. */
function targetsOf({ links }: Visited): string[] {
  const paths = links.map((link) => link.split("#")[0] ?? "")
    .filter((path) => path.startsWith("/"));
  return [...new Set(paths)];
}

Deno.test("no link of a member's pages is refused, in any state", async () => {
  await using app = await openTestApp(ADMINS_ONLY);
  await giveCustomer(app);
  const checked = new Set<string>();
  for (const [name, state] of Object.entries(SUBSCRIPTION_STATES)) {
    if (state !== null) await storeSubscription(app, state);
    for (const path of PAGES) {
      const page = await visitAsMember(app, path);
      assertEquals(page.response.status, 200, `${path}, ${name}`);
      for (const target of targetsOf(page)) {
        if (checked.has(target)) continue;
        checked.add(target);
        const { response } = await visitAsMember(app, target);
        assert(response.status < 400, `${path} links to ${target}, ${name}`);
      }
    }
  }
  assert(checked.size > 5, [...checked].join());
});

Deno.test("a member's pages give the reason for every action they lack", async () => {
  await using app = await openTestApp(ADMINS_ONLY);
  await storeSubscription(app);
  const reasons: Record<string, RegExp> = {
    "/organization": /Only admins can manage billing/,
    "/organization/details": /Only admins can manage billing/,
    "/organization/change?plan=scale&interval=month":
      /Only admins can change the plan/,
    "/account": /Only admins can buy tokens/,
    "/account/credentials": /Only admins can see and create API keys/,
  };
  for (const [path, reason] of Object.entries(reasons)) {
    const { text, html } = await visitAsMember(app, path);
    assertMatch(text, reason, path);
    assert(!html.includes(`href="/api/`), path);
    assert(!text.includes("Create an API key"), path);
    assert(!/<form method="post" action="\/(?!organization\/check)/.test(html));
  }
});

Deno.test("a member sees amounts, not documents", async () => {
  await using app = await openTestApp(ADMINS_ONLY);
  await giveCustomer(app);
  await postTo(app, purchase("checkout:cs_1", 500));
  const { text, links } = await visitAsMember(app, "/account");
  assertMatch(text, /\+500/);
  assertEquals(links.filter((link) => link.includes("/invoice?")), []);
  const receipt = await visitAsMember(
    app,
    "/account/invoice?source=checkout%3Acs_1",
  );
  assertEquals(receipt.response.status, 403);
  const list = await visitAsMember(app, "/account/ledger.csv");
  assertEquals(list.response.status, 200);
});

Deno.test("without billing, a member is told who chooses a plan", async () => {
  await using app = await openTestApp(ADMINS_ONLY);
  const { text } = await visitAsMember(app, "/account");
  assertMatch(text, /No invoices yet\. Once an admin chooses a plan/);
});
