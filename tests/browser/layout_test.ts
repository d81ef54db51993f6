import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { LANGUAGES } from "@/lib/config/languages.ts";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { openCheckout } from "@/tests/helpers/checkout_page.ts";
import { charge, grant, purchase } from "@/tests/helpers/postings.ts";
import { storeSubscription, subscribe } from "@/tests/helpers/subscriptions.ts";
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
  VIEWS,
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

/** The pages of a portal session: home and the page of each action. */
async function portalPages(stage: Stage, page: Page): Promise<string[]> {
  const { services } = stage.app;
  const customer = await services.store.readCustomer(NORTHWIND);
  await subscribe(stage.app, customer?.stripeCustomerId ?? "");
  await syncSubscription(services, NORTHWIND);
  await page.goto(
    `${stage.origin}/api/v1/operations/payment/customer-portal`,
  );
  const links = page.getByRole("link", {
    name: /^(Change plan|Cancel plan|.*Add payment method|Update information)$/,
  });
  const actions = await links.evaluateAll((found) =>
    found.map((link) => (link as HTMLAnchorElement).href)
  );
  assertEquals(actions.length, 4);
  return [page.url(), ...actions];
}

browserTest(
  "the local Stripe's pages fit the window and are accessible",
  async (stage) => {
    const page = await stage.open();
    const paths = [
      ...await stripePages(stage, page),
      ...await portalPages(stage, page),
    ];
    for (const path of paths) {
      await page.goto(path);
      assertEquals(await problemsOf(page, VIEWS), [], path);
    }
  },
);

/** The tops of the visible elements, without duplicates. */
function topsOf(page: Page, selector: string): Promise<number[]> {
  return page.locator(selector).evaluateAll((elements) => {
    const tops = elements.filter((element) => element.checkVisibility())
      .map((element) => Math.round(element.getBoundingClientRect().top));
    return [...new Set(tops)];
  });
}

browserTest(
  "the rows of the plans align in each language and without prices",
  async (stage) => {
    const page = await stage.open({ viewport: { width: 1280, height: 900 } });
    const look = async (locale: string) => {
      for (const row of [".price", ".limits", ".features"]) {
        const tops = await topsOf(page, `.plan ${row}`);
        assertEquals(tops.length, 1, `${row} in ${locale}: ${tops}`);
      }
    };
    for (const locale of LANGUAGES) {
      await page.setExtraHTTPHeaders({ "Accept-Language": locale });
      await page.goto(`${stage.origin}/pricing`);
      await look(locale);
    }
    cutOffStripe(stage.app);
    await page.reload();
    await look("an outage");
  },
);

browserTest("a balance of a billion tokens is on one line", async (stage) => {
  const { store, now } = stage.app.services;
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  await store.post(NORTHWIND, purchase("checkout:1", 1_000_000_000), now());
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${stage.origin}/organization/usage`);
    for (const selector of [".wallet-total", ".line-after"]) {
      const lines = await page.locator(selector).first().evaluate((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return range.getClientRects().length;
      });
      assertEquals(lines, 1, `${selector} at ${width} px`);
    }
  }
});

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
