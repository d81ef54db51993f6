import { assert, assertEquals, assertMatch } from "@std/assert";
import { openTestApp, type TestApp } from "@/tests/helpers/app.ts";

const BRAND = {
  BRAND_NAME: "Fern & Co",
  BRAND_COLOR: "#5b2a86",
  SUPPORT_URL: "https://fern.example/help",
  TERMS_URL: "https://fern.example/terms",
  PRIVACY_URL: "https://fern.example/privacy",
};
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';

async function visit(app: TestApp, path: string) {
  const response = await app.fetch(path, { headers: { Accept: "text/html" } });
  return { response, html: await response.text() };
}

Deno.test("every page shows the brand and its links", async () => {
  await using app = await openTestApp(BRAND);
  for (const path of ["/pricing", "/docs", "/nope"]) {
    const { html } = await visit(app, path);
    assertMatch(html, /<title>[^<]+ · Fern &amp; Co<\/title>/);
    assertMatch(html, /href="\/styles\.css\?[^"]+5b2a86"/);
    assertMatch(html, /<link rel="icon" href="data:,"/);
    for (const name of ["help", "terms", "privacy"]) {
      assert(html.includes(`href="https://fern.example/${name}"`), path);
    }
    const [, header = ""] = /<header(.*)<\/header>/s.exec(html) ?? [];
    assert(!/Portico|class="logo"/.test(header), path);
  }
});

Deno.test("the style sheet has the brand's colors", async () => {
  await using app = await openTestApp(BRAND);
  const { html: css } = await visit(app, "/styles.css");
  assertMatch(css, /--accent:#5b2a86;.*dark\){:root{--accent:#baa6cc;/);
  await using plain = await openTestApp();
  assert(!(await visit(plain, "/styles.css")).html.includes("5b2a86"));
});

Deno.test("a logo file is served, and a logo elsewhere is allowed", async () => {
  const file = await Deno.makeTempFile({ suffix: ".svg" });
  await Deno.writeTextFile(file, SVG);
  await using own = await openTestApp({ ...BRAND, BRAND_LOGO: file });
  await Deno.remove(file);
  const page = await visit(own, "/pricing");
  assertMatch(page.html, /<img class="brand-logo" src="\/brand\/logo[?"]/);
  const logo = await visit(own, "/brand/logo");
  assertEquals(logo.html, SVG);
  assertEquals(logo.response.headers.get("Content-Type"), "image/svg+xml");
  await using app = await openTestApp({
    BRAND_LOGO: "https://cdn.example/logo.png",
  });
  for (const path of ["/pricing", "/nope"]) {
    const { response, html } = await visit(app, path);
    assertMatch(html, /src="https:\/\/cdn\.example\/logo\.png"/);
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    assertMatch(policy, /img-src 'self' data: https:\/\/cdn\.example;/);
  }
});

Deno.test("the local Stripe's pages show the brand", async () => {
  await using app = await openTestApp(BRAND);
  const stripe = await app.services.stripe();
  const { id } = await stripe.customers.create({ name: "Acme" });
  const { url } = await stripe.billingPortal.sessions.create({ customer: id });
  const { html } = await visit(app, new URL(url).pathname);
  assertMatch(html, /Fern &amp; Co/);
  assert(html.includes('href="https://fern.example/help"'));
  assert(!html.includes("Portico"));
  const style = await visit(app, "/sandbox/stripe/p/style.css");
  assertMatch(style.html, /--panel: #5b2a86;/);
  const account = await stripe.accounts.retrieveCurrent();
  assertEquals(account.settings?.branding.primary_color, "#5b2a86");
  assertEquals(account.business_profile?.support_url, BRAND.SUPPORT_URL);
});
