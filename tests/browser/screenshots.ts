/**
 * Writes a screenshot of every page in every state to `screenshots/`, for a
 * person to look through: `deno task screenshots`.
 */
import type { Page } from "playwright-core";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { ADMIN, browserTest, MEMBER, signIn } from "./browser.ts";
import {
  ADMINS_ONLY,
  cutOffStripe,
  NORTHWIND,
  OUTAGE_PAGES,
  PAGES,
  PUBLIC_PAGES,
  SUBSCRIPTION_STATES,
  VIEWS,
} from "./states.ts";

const FOLDER = "screenshots";

async function shoot(page: Page, view: string, name: string): Promise<void> {
  const file = `${name} ${view}`.replaceAll(/[^a-z0-9]+/g, "-");
  await page.screenshot({ path: `${FOLDER}/${file}.png`, fullPage: true });
}

for (const { name: view, options } of VIEWS) {
  browserTest(`screenshots, ${view}`, async (stage) => {
    const page = await stage.open(options);
    for (const path of PUBLIC_PAGES) {
      await page.goto(`${stage.origin}${path}`);
      await shoot(page, view, `page${path}`);
    }
    for (const path of PAGES) {
      await signIn(stage, page, ADMIN, path);
      await shoot(page, view, `page${path}`);
    }
    for (const choice of [ADMIN, MEMBER]) {
      await signIn(stage, page, choice);
      for (const [name, state] of Object.entries(SUBSCRIPTION_STATES)) {
        if (state !== null) {
          await storeSubscription(stage.app, state, NORTHWIND);
          await page.reload();
        }
        const role = choice === ADMIN ? "admin" : "member";
        await shoot(page, view, `state ${name} ${role}`);
      }
    }
    stage.expect(/^Failed to load resource/); // the error page
    await signIn(stage, page, ADMIN);
    cutOffStripe(stage.app);
    for (const path of OUTAGE_PAGES) {
      await page.goto(`${stage.origin}${path}`);
      await shoot(page, view, `outage${path}`);
    }
  }, ADMINS_ONLY);
}
