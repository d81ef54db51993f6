import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorization,
  giveCustomer,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";

const PAGES = {
  plans: "/organization",
  usage: "/organization/usage",
  invoices: "/organization/invoices",
  "api-keys": "/organization/api-keys",
  activity: "/organization/activity",
  details: "/organization/details",
};

Deno.test("each page shows its own content only", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const content: Record<keyof typeof PAGES, RegExp> = {
    plans: /All plans/,
    usage: /Token balance .* Transactions/,
    invoices: /No invoices yet/,
    "api-keys": /No API keys yet/,
    activity: /Connected the organization to Stripe/,
    details: /Billing access/,
  };
  for (const [name, path] of Object.entries(PAGES)) {
    const { response, text } = await visitPage(app, path);
    assertEquals(response.status, 200, path);
    for (const [other, pattern] of Object.entries(content)) {
      assertEquals(pattern.test(text), other === name, `${other} on ${path}`);
    }
  }
});

Deno.test("only the invoices page lists invoices at Stripe", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { controls } = app.stripe;
  for (const [name, path] of Object.entries(PAGES)) {
    const before = controls.requests.length;
    await visitPage(app, path);
    const lists = controls.requests.slice(before)
      .some(({ path }) => path.startsWith("/v1/invoices"));
    assertEquals(lists, name === "invoices", path);
  }
});

Deno.test("the plans page reads no activity", async () => {
  await using app = await openTestApp();
  const { store } = app.services;
  let reads = 0;
  const counting = Object.assign(Object.create(store), {
    listActivity: (...request: Parameters<typeof store.listActivity>) => {
      reads += 1;
      return store.listActivity(...request);
    },
  });
  Object.assign(app.services, { store: counting });
  await visitPage(app, "/organization");
  assertEquals(reads, 0);
  await visitPage(app, "/organization/activity");
  assertEquals(reads, 1);
});

Deno.test("lists keep the page that they are on", async () => {
  await using app = await openTestApp();
  for (const path of ["/organization/usage", "/account"]) {
    const { links, html } = await visitPage(app, path);
    assert(links.includes(`${path}?kind=charge#ledger`), path);
    assertMatch(html, new RegExp(`method="get" action="${path}#ledger"`));
  }
});

Deno.test("a refresh on the usage page returns to it and is shown once", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/organization/check", {
    method: "POST",
    headers: await authorization(),
    body: new URLSearchParams({ page: "usage" }),
  });
  await response.body?.cancel();
  const location = response.headers.get("Location") ?? "";
  assertEquals(location, "/organization/usage?check=checked#content");
  const next = await visitPage(app, location.replace(/#.*/, ""));
  assertEquals(
    next.response.headers.get("Location"),
    "/organization/usage#content",
  );
  const Cookie = next.response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  const shown = await visitPage(app, "/organization/usage", {
    headers: { Cookie },
  });
  assertMatch(shown.text, /Up to date/);
});

Deno.test("a user without an organization is asked for one on every page", async () => {
  await using app = await openTestApp();
  for (const path of Object.values(PAGES)) {
    const response = await app.fetch(path, {
      headers: { Accept: "text/html", ...await authorization({}) },
    });
    assertEquals(response.status, 200, path);
    assertMatch(await response.text(), /Choose an organization first/);
  }
});

Deno.test("an empty list of invoices links to the credit packs", async () => {
  await using app = await openTestApp();
  for (
    const [path, href] of [
      ["/account", "#credits"],
      [PAGES.invoices, `${PAGES.usage}#credits`],
    ] as const
  ) {
    const { html, links } = await visitPage(app, path);
    assert(links.includes(href), path);
    const target = path === "/account" ? html : await htmlOf(app, PAGES.usage);
    assertMatch(target, /id="credits"/);
  }
});

async function htmlOf(app: TestApp, path: string): Promise<string> {
  return (await visitPage(app, path)).html;
}
