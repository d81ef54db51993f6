import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { loadAxe, runAxe } from "./axe.ts";
import { ADMIN, browserTest, LONER, MEMBER, signIn } from "./browser.ts";
import {
  ADMINS_ONLY,
  ALL_VIEWS,
  checkedLanguages,
  cutOffStripe,
  NORTHWIND,
  OUTAGE_PAGES,
  PAGES,
  PUBLIC_PAGES,
  SUBSCRIPTION_STATES,
  type View,
} from "./states.ts";

const RULES = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  "best-practice",
];

/** A color scheme changes colors alone, so that one rule checks the dark one. */
const DARK_RULES = ["color-contrast"];

/**
 * Checks the page in each size and color scheme. Violations name the view, the
 * rule and its elements.
 */
async function violationsOf(
  page: Page,
  views: readonly View[],
): Promise<string[]> {
  await loadAxe(page);
  const found: string[] = [];
  for (const { name, options: { colorScheme, viewport } } of views) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const rules = colorScheme === "dark" ? DARK_RULES : RULES;
    const violations = await runAxe(page, rules);
    found.push(...violations.map((violation) => `${name}: ${violation}`));
  }
  return found;
}

/** A member's pages differ from an admin's by the absence of actions. */
function statesSeenBy(choice: typeof ADMIN) {
  return Object.entries(SUBSCRIPTION_STATES).filter(([name]) =>
    ALL_VIEWS || choice === ADMIN || name === "past due"
  );
}

for (const { language, locale, views } of checkedLanguages()) {
  const options = { ...views[0].options, locale };

  browserTest(
    `no page has an accessibility violation, ${language}`,
    async (stage) => {
      const page = await stage.open(options);
      for (const path of PUBLIC_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        await page.locator(`html[lang="${language}"]`).waitFor();
        assertEquals(await violationsOf(page, views), [], path);
      }
      for (const choice of [ADMIN, LONER]) {
        for (const path of PAGES) {
          await signIn(stage, page, choice, path);
          assertEquals(
            await violationsOf(page, views),
            [],
            `${path} ${choice.user}`,
          );
        }
      }
    },
  );

  browserTest(
    `no state has an accessibility violation, ${language}`,
    async (stage) => {
      const page = await stage.open(options);
      for (const choice of [ADMIN, MEMBER]) {
        await signIn(stage, page, choice);
        for (const [name, state] of statesSeenBy(choice)) {
          if (state !== null) {
            await storeSubscription(stage.app, state, NORTHWIND);
            await page.reload();
          }
          const found = await violationsOf(page, views);
          assertEquals(found, [], `${name}, ${choice.user}`);
        }
      }
    },
    ADMINS_ONLY,
  );

  browserTest(
    `no page has an accessibility violation in an outage, ${language}`,
    async (stage) => {
      stage.expect(/^Failed to load resource/); // the error page
      const page = await stage.open(options);
      await signIn(stage, page, ADMIN);
      cutOffStripe(stage.app);
      for (const path of OUTAGE_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        assertEquals(await violationsOf(page, views), [], path);
      }
    },
  );
}
