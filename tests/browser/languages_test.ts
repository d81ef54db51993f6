import { assertEquals } from "@std/assert";
import { LANGUAGES } from "@/lib/config/languages.ts";
import { ADMIN, browserTest, signIn } from "./browser.ts";
import { tooWide } from "./layout.ts";
import { checkedWidths } from "./states.ts";

const PAGES = ["/organization", "/account", "/account/credentials", "/pricing"];

browserTest(
  "pages in each language fit a phone and a desktop",
  async (stage) => {
    const page = await stage.open();
    for (const locale of LANGUAGES) {
      await page.setExtraHTTPHeaders({ "Accept-Language": locale });
      for (const path of PAGES) {
        await signIn(stage, page, ADMIN, path);
        const lang = await page.locator("html").getAttribute("lang");
        assertEquals(lang, locale, path);
        for (const width of checkedWidths(320, 390, 1280)) {
          await page.setViewportSize({ width, height: 844 });
          const where = `${path} in ${locale} at ${width} px`;
          assertEquals(await tooWide(page), [], where);
        }
      }
    }
  },
);

browserTest(
  "the language chosen in the footer persists, without script",
  async (stage) => {
    const page = await stage.open({ locale: "de", javaScriptEnabled: false });
    await page.goto(`${stage.origin}/pricing`);
    await page.getByRole("heading", { name: "Drei Tarife" }).waitFor();
    await page.getByRole("button", { name: "日本語" }).click();
    await page.getByRole("heading", { name: "3つのプラン" }).waitFor();
    assertEquals(new URL(page.url()).pathname, "/pricing");
    await signIn(stage, page, ADMIN);
    await page.getByText("請求を管理").first().waitFor();
    assertEquals(await page.locator("html").getAttribute("lang"), "ja");
  },
);
