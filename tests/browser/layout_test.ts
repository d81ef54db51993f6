import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { openCheckout } from "@/tests/helpers/checkout_page.ts";
import { charge, grant } from "@/tests/helpers/postings.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import {
  ADMIN,
  browserTest,
  LONER,
  NEWCOMER,
  signIn,
  type Stage,
} from "./browser.ts";
import { problemsOf, tooWide } from "./layout.ts";
import {
  checkedLanguages,
  checkedWidths,
  cutOffStripe,
  LONG_NAME,
  NORTHWIND,
  OUTAGE_PAGES,
  PAGES,
  PUBLIC_PAGES,
} from "./states.ts";

for (const { language, locale, views } of checkedLanguages()) {
  browserTest(
    `every page fits the window and is accessible, ${language}`,
    async (stage) => {
      const page = await stage.open({ locale });
      for (const path of PUBLIC_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        await page.locator(`html[lang="${language}"]`).waitFor();
        assertEquals(await problemsOf(page, views), [], path);
      }
      for (const choice of [ADMIN, NEWCOMER, LONER]) {
        for (const path of [...PAGES, "/pricing", "/sign-in"]) {
          await signIn(stage, page, choice, path);
          const where = `${path} as ${choice.user}`;
          assertEquals(await problemsOf(page, views), [], where);
        }
      }
      stage.expect(/status of 404/);
      await page.goto(`${stage.origin}/nope`);
      assertEquals(await problemsOf(page, views), [], "/nope");
    },
  );

  browserTest(
    `every page in an outage fits the window and is accessible, ${language}`,
    async (stage) => {
      stage.expect(/^Failed to load resource/); // the error page
      const page = await stage.open({ locale });
      await signIn(stage, page, ADMIN);
      cutOffStripe(stage.app);
      for (const path of OUTAGE_PAGES) {
        await page.goto(`${stage.origin}${path}`);
        assertEquals(await problemsOf(page, views), [], path);
      }
    },
  );
}

/** Gives everything with a name one of 80 letters. */
async function useLongNames({ app }: Stage): Promise<void> {
  const { identity } = app.services.sandbox ?? {};
  assert(identity);
  const people = identity.people.map((person) => ({
    ...person,
    name: LONG_NAME,
    email: `${LONG_NAME}@example.com`,
    memberships: person.memberships
      .map((membership) => ({ ...membership, orgName: LONG_NAME })),
  }));
  const sandbox = {
    ...app.services.sandbox,
    identity: { ...identity, people },
  };
  Object.assign(app.services, { sandbox });
  await createApiKey(app.services, {
    orgId: NORTHWIND,
    createdBy: ADMIN.user,
    name: LONG_NAME,
    scopes: ["billing:read"],
  });
  const { store, now } = app.services;
  await store.post(NORTHWIND, grant("invoice:in_1", 50_000), now());
  const used = { ...charge("charge:1", 7), description: LONG_NAME };
  await store.post(NORTHWIND, used, now());
}

/** The addresses of an invoice and of a checkout. */
async function stripePages(stage: Stage, page: Page): Promise<string[]> {
  await signIn(stage, page, ADMIN, "/organization/invoices");
  const invoice = await page.getByRole("link", { name: /^View/ }).first()
    .getAttribute("href");
  assert(invoice);
  const checkout = await openCheckout(stage.app.services, {
    orgId: NORTHWIND,
    choice: { credits: "small" },
  });
  return [invoice, checkout];
}

browserTest(
  "every page fits the window with names of 80 letters",
  async (stage) => {
    await useLongNames(stage);
    const page = await stage.open();
    const paths = [
      ...await stripePages(stage, page),
      ...[...PAGES, ...PUBLIC_PAGES, "/organization/usage#use"],
      "/organization/change?plan=scale&interval=month",
      "/api/v1/operations/payment/customer-portal",
    ];
    await storeSubscription(stage.app, {}, NORTHWIND);
    for (const path of paths) {
      await page.goto(new URL(path, stage.origin).href);
      for (const width of checkedWidths(320, 390, 768, 1280, 1920)) {
        await page.setViewportSize({ width, height: 844 });
        assertEquals(await tooWide(page), [], `${path} at ${width} px`);
      }
    }
  },
  { BRAND_NAME: LONG_NAME },
);
