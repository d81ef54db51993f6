import { assertEquals, assertMatch } from "@std/assert";
import { interceptStripe } from "@/tests/helpers/app.ts";
import { browserTest, NEWCOMER, signIn, type Stage } from "./browser.ts";

/** A URL on a custom Checkout domain, which `form-action` does not list. */
const CUSTOM = "https://pay.example.com/c/pay/cs_test_1?a=1&b=%272%27#fid";

/** Moves the session URLs in Stripe's responses to a custom domain. */
function useCustomDomain({ app }: Stage): void {
  interceptStripe(app, async (request, next) => {
    const response = await next(request);
    const { pathname } = new URL(request.url);
    if (pathname !== "/v1/checkout/sessions") return response;
    const session = await response.json();
    return Response.json({ ...session, url: CUSTOM });
  });
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  browserTest(`a custom Checkout domain is reached ${how}`, async (stage) => {
    useCustomDomain(stage);
    const page = await stage.open({ javaScriptEnabled });
    const referrers: (string | undefined)[] = [];
    await page.route("https://pay.example.com/**", (route) => {
      referrers.push(route.request().headers()["referer"]);
      return route.fulfill({ contentType: "text/html", body: "<h1>Pay</h1>" });
    });
    await signIn(stage, page, NEWCOMER);
    await page.getByRole("button", { name: "Choose Scale" }).click();
    await page.waitForURL(CUSTOM);
    assertEquals(await page.locator("h1").textContent(), "Pay");
    if (!javaScriptEnabled) assertEquals(referrers, [undefined]);
  });
}

browserTest(
  "the redirect page to a custom domain has a link",
  async (stage) => {
    useCustomDomain(stage);
    const page = await stage.open({ javaScriptEnabled: false });
    const refused = Promise.withResolvers<void>();
    let reachable = false;
    // With 204 the browser stays on the current page.
    await page.route("https://pay.example.com/**", async (route) => {
      if (reachable) {
        return await route.fulfill({
          contentType: "text/html",
          body: "<h1>Pay</h1>",
        });
      }
      await route.fulfill({ status: 204 });
      refused.resolve();
    });
    await signIn(stage, page, NEWCOMER);
    await page.getByRole("button", { name: "Choose Scale" }).click();
    const link = page.getByRole("link", { name: "Continue to payment" });
    await link.waitFor();
    assertMatch(await page.locator("main").innerText(), /pay\.example\.com/);
    // Otherwise the refresh itself could open the page, and there is no link.
    await refused.promise;
    reachable = true;
    await link.click();
    await page.waitForURL(CUSTOM);
  },
);
