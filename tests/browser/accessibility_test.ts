import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { ADMIN, browserTest, LONER, MEMBER, signIn } from "./browser.ts";
import {
  ADMINS_ONLY,
  cutOffStripe,
  NORTHWIND,
  OUTAGE_PAGES,
  PAGES,
  PUBLIC_PAGES,
  SUBSCRIPTION_STATES,
  views,
} from "./states.ts";

const RULES = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  "best-practice",
];

/** Checks the page as it is shown. Violations name the rule and its elements. */
async function violationsOf(page: Page): Promise<string[]> {
  // Not `addScriptTag`, which the content security policy blocks.
  await page.evaluate(axe.source);
  return await page.evaluate(async (rules) => {
    // deno-lint-ignore no-explicit-any -- the script defines this global
    const { violations } = await (globalThis as any).axe.run(document, {
      runOnly: rules,
    });
    return violations.flatMap((
      { id, nodes }: { id: string; nodes: { html: string }[] },
    ) => nodes.map(({ html }) => `${id}: ${html}`));
  }, RULES);
}

for (const view of views()) {
  browserTest(
    `no page has an accessibility violation, ${view.name}`,
    async (stage) => {
      const page = await stage.open(view.options);
      const language = view.options.locale?.slice(0, 2) ?? "en";
      for (const path of PUBLIC_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        await page.locator(`html[lang="${language}"]`).waitFor();
        assertEquals(await violationsOf(page), [], path);
      }
      for (const choice of [ADMIN, LONER]) {
        for (const path of PAGES) {
          await signIn(stage, page, choice, path);
          assertEquals(await violationsOf(page), [], `${path} ${choice.user}`);
        }
      }
    },
  );

  browserTest(
    `no state has an accessibility violation, ${view.name}`,
    async (stage) => {
      const page = await stage.open(view.options);
      for (const choice of [ADMIN, MEMBER]) {
        await signIn(stage, page, choice);
        for (const [name, state] of Object.entries(SUBSCRIPTION_STATES)) {
          if (state !== null) {
            await storeSubscription(stage.app, state, NORTHWIND);
            await page.reload();
          }
          const found = await violationsOf(page);
          assertEquals(found, [], `${name}, ${choice.user}`);
        }
      }
    },
    ADMINS_ONLY,
  );

  browserTest(
    `no page has an accessibility violation in an outage, ${view.name}`,
    async (stage) => {
      stage.expect(/^Failed to load resource/); // the error page
      const page = await stage.open(view.options);
      await signIn(stage, page, ADMIN);
      cutOffStripe(stage.app);
      for (const path of OUTAGE_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        assertEquals(await violationsOf(page), [], path);
      }
    },
  );
}
