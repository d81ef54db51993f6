import { assert, assertEquals } from "@std/assert";
import { loadAxe, runAxe } from "./axe.ts";
import { browserTest } from "./browser.ts";
import { ALL_VIEWS } from "./states.ts";

const SCHEMES = ["light", "dark"] as const;

browserTest(
  "the API reference is readable",
  async (stage) => {
    const page = await stage.open();
    await page.goto(`${stage.origin}/docs`);
    await page.locator(".opblock-summary-path").first().waitFor();
    await page.locator(".opblock-summary-control").first().click();
    await page.locator(".opblock-summary-control").nth(3).click();
    await page.locator(".responses-inner").first().waitFor();
    await loadAxe(page);
    // Swagger UI's own colors are for a light page.
    for (const colorScheme of ALL_VIEWS ? SCHEMES : ["dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await runAxe(page, ["color-contrast"]);
      assertEquals(found, [], colorScheme);
    }
    const fonts = await page.evaluate(() =>
      [
        ...new Set(
          [...document.querySelectorAll("#viewer *")]
            .filter((element) => element.checkVisibility())
            .map((element) =>
              getComputedStyle(element).fontFamily.split(",")[0] ?? ""
            ),
        ),
      ].toSorted()
    );
    assertEquals(fonts, ['"Inter Display"', "Inter", "ui-monospace"]);
  },
);

browserTest(
  "the API reference does not shift while it loads",
  async (stage) => {
    for (const width of ALL_VIEWS ? [390, 1280] : [390]) {
      const page = await stage.open({ viewport: { width, height: 844 } });
      await page.addInitScript(() => {
        let shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            shift += "value" in entry ? Number(entry.value) : 0;
          }
          document.documentElement.dataset.shift = String(shift);
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto(`${stage.origin}/docs`);
      await page.locator(".opblock-summary-path").first().waitFor();
      await page.waitForTimeout(500);
      const shift = await page.evaluate(() =>
        Number(document.documentElement.dataset.shift ?? 0)
      );
      assert(shift === 0, `${shift} at ${width} px`);
    }
  },
);
