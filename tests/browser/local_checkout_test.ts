import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CARD, makeSession } from "@/tests/helpers/checkout_page.ts";
import { browserTest, type Stage } from "./browser.ts";
import { ALL_VIEWS } from "./states.ts";

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

async function fits(page: Page): Promise<boolean> {
  await page.waitForLoadState(); // with its style sheet
  return await page.evaluate(
    "document.documentElement.scrollWidth <= innerWidth",
  );
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
      assert(await fits(page));
      await page.getByText("Add promotion code").click();
      await page.getByLabel("Promotion code").fill("NOPE");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("This code is invalid.").waitFor();
      assert(await fits(page));
      await page.getByLabel("Promotion code").fill("fall20");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByRole("button", { name: "Remove FALL20" }).waitFor();
      await page.getByText("-$2.00").waitFor();
      assert(await fits(page));

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
      assert(await fits(page));
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
      assert(await fits(page));
      await page.getByRole("button", { name: "Pay $8.00" }).click();
      await page.waitForURL(`${stage.origin}/pricing`);
    },
  );
}
