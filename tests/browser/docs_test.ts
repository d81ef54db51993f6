import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { loadAxe, runAxe } from "./axe.ts";
import { browserTest } from "./browser.ts";
import { smallTargets, tooWide } from "./layout.ts";
import { ALL_VIEWS, checkedWidths, LONG_NAME } from "./states.ts";

const SCHEMES = ["light", "dark"] as const;

browserTest(
  "the API reference loads without shifts, fits the window and is readable",
  async (stage) => {
    const page = await stage.open();
    await recordShifts(page);
    const origins = new Set<string>();
    page.on("request", (request) => origins.add(new URL(request.url()).origin));
    for (const width of ALL_VIEWS ? [1280, 390] : [390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${stage.origin}/docs`);
      await page.getByText("/api/v1/billing/charges").waitFor();
      // Fonts and late files could move the content.
      await page.waitForLoadState("networkidle");
      assertEquals(await page.evaluate("shift"), 0, `${width} px`);
    }
    for (const width of checkedWidths(320, 390, 768, 1280, 1920)) {
      await page.setViewportSize({ width, height: 844 });
      assertEquals(await tooWide(page), [], `${width} px`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    assertEquals(await smallTargets(page), []);
    await isReadable(page);
    const foreign = [...origins].filter((origin) => origin.startsWith("http"));
    assertEquals(foreign, [stage.origin]);
  },
  { BRAND_NAME: LONG_NAME },
);

/** Sums the layout shifts of each page in `shift`. */
async function recordShifts(page: Page): Promise<void> {
  await page.addInitScript(`globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) shift += value;
    }).observe({ type: "layout-shift", buffered: true });`);
}

async function isReadable(page: Page): Promise<void> {
  const operations = page.locator(".opblock-summary-control");
  await operations.first().click();
  await operations.nth(3).click();
  await page.locator(".responses-inner").first().waitFor();
  await loadAxe(page);
  // Swagger UI's own colors are for a light page.
  for (const colorScheme of ALL_VIEWS ? SCHEMES : ["dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await runAxe(page, ["color-contrast"]), [], colorScheme);
  }
  assertEquals(await fontsOf(page, "#viewer *"), [
    ...['"Inter Display"', "Inter", "ui-monospace"],
  ]);
  const paths = ".opblock-summary-path span";
  assertEquals(await fontsOf(page, paths), ["ui-monospace"]);
}

/** The first font of each visible element, without repeats. */
async function fontsOf(page: Page, selector: string): Promise<string[]> {
  const fonts = await page.locator(selector).filter({ visible: true })
    .evaluateAll((elements) =>
      elements.map((element) =>
        getComputedStyle(element).fontFamily.split(",")[0] ?? ""
      )
    );
  return [...new Set(fonts)].toSorted();
}
