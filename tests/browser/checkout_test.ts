import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { interceptStripe } from "@/tests/helpers/app.ts";
import { CARD, makeSession } from "@/tests/helpers/checkout_page.ts";
import { browserTest, NEWCOMER, signIn, type Stage } from "./browser.ts";
import { tooWide } from "./layout.ts";
import { ALL_VIEWS } from "./states.ts";

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

/** A session that offers everything that Checkout can ask for. */
async function fullSession({ app, origin }: Stage): Promise<string> {
  const stripe = await app.services.stripe();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20 });
  await stripe.promotionCodes.create({
    code: "FALL20",
    promotion: { type: "coupon", coupon },
  });
  const { id: customer } = await stripe.customers.create({
    email: "ada@example.com",
  });
  const { id: card } = await stripe.paymentMethods.attach("pm_card_visa", {
    customer,
  });
  await stripe.paymentMethods.update(card, { allow_redisplay: "always" });
  const { url } = await makeSession(app, {
    mode: "payment",
    customer,
    customer_update: { address: "auto", name: "auto" },
    allow_promotion_codes: true,
    automatic_tax: { enabled: true },
    tax_id_collection: { enabled: true },
    saved_payment_method_options: { payment_method_save: "enabled" },
    success_url: `${origin}/pricing`,
  });
  return String(url);
}

async function fits(page: Page): Promise<void> {
  await page.waitForLoadState(); // with its style sheet
  assertEquals(await tooWide(page), []);
}

for (const width of ALL_VIEWS ? [390, 1280] : [390]) {
  browserTest(
    `Checkout takes a code, a tax id and a new card without script at ${width} px`,
    async (stage) => {
      stage.expect(/422/);
      const page = await stage.open({
        javaScriptEnabled: false,
        viewport: { width, height: 900 },
      });
      await page.goto(await fullSession(stage));
      await fits(page);
      await page.getByText("Add promotion code").click();
      await page.getByLabel("Promotion code").fill("NOPE");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("This code is invalid.").waitFor();
      await fits(page);
      await page.getByLabel("Promotion code").fill("fall20");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByRole("button", { name: "Remove FALL20" }).waitFor();
      await page.getByText("-$2.00").waitFor();
      await fits(page);

      // The card and the business are hidden until they are chosen.
      const number = page.getByLabel("Card number");
      const business = page.getByLabel("Business name");
      assertEquals([await number.isVisible(), await business.isVisible()], [
        false,
        false,
      ]);
      await page.getByLabel("Country or region").selectOption("DE");
      await page.getByRole("button", { name: "Update total" }).click();
      await page.getByText("VAT (19%)").waitFor();
      await fits(page);
      await page.getByLabel("New card").check();
      await page.getByLabel("I’m purchasing as a business").check();
      await business.fill("Okonjo GmbH");
      await page.getByLabel("Tax ID (optional)").fill("DE123456789");
      await page.getByRole("button", { name: "Update total" }).click();
      await page.getByText("VAT (reverse charge)").waitFor();
      assertEquals(await business.inputValue(), "Okonjo GmbH");
      await number.fill(CARD.number);
      await page.getByLabel("Expiry").fill(CARD.expiry);
      await page.getByLabel("Security code").fill(CARD.cvc);
      await page.getByLabel("Name", { exact: true }).fill(CARD.name);
      await page.getByLabel("Save this card").check();
      await fits(page);
      await page.getByRole("button", { name: "Pay $8.00" }).click();
      await page.waitForURL(`${stage.origin}/pricing`);
    },
  );
}
