import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { charge, grant } from "@/tests/helpers/postings.ts";
import { ADMIN, browserTest, signIn, type Stage } from "./browser.ts";
import { checkedWidths, NORTHWIND, PAGES, PUBLIC_PAGES } from "./states.ts";
import { openCheckout } from "@/tests/helpers/checkout_page.ts";

const LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbau"
  .padEnd(80, "unterbeamtengesellschaft");
const WIDTHS = checkedWidths(320, 390, 768, 1280, 1920);

/** Gives everything with a name one of 80 letters. */
async function useLongNames({ app }: Stage): Promise<void> {
  const { identity } = app.services.sandbox ?? {};
  assert(identity);
  const people = identity.people.map((person) => ({
    ...person,
    name: LONG,
    email: `${LONG}@example.com`,
    memberships: person.memberships
      .map((membership) => ({ ...membership, orgName: LONG })),
  }));
  const sandbox = {
    ...app.services.sandbox,
    identity: { ...identity, people },
  };
  Object.assign(app.services, { sandbox });
  await createApiKey(app.services, {
    ...{ orgId: NORTHWIND, createdBy: ADMIN.user, name: LONG },
    scopes: ["billing:read"],
  });
  const { store, now } = app.services;
  await store.post(NORTHWIND, grant("invoice:in_1", 50_000), now());
  const used = { ...charge("charge:1", 7), description: LONG };
  await store.post(NORTHWIND, used, now());
}

/** Visible elements that reach beyond the window. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth
      ? []
      : [...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility())
        .filter((element) =>
          element.getBoundingClientRect().right > innerWidth + 0.5
        )
        .map((element) => `${element.tagName}.${element.className}`)
  );
}

browserTest(
  "no page overflows with names of 80 letters",
  async (stage) => {
    await useLongNames(stage);
    const page = await stage.open();
    await signIn(stage, page, ADMIN, "/organization/invoices");
    const invoice = await page.getByRole("link", { name: /^View/ }).first()
      .getAttribute("href");
    assert(invoice);
    const checkout = await openCheckout(stage.app.services, {
      orgId: NORTHWIND,
      choice: { credits: "small" },
    });
    await storeSubscription(stage.app, {}, NORTHWIND);
    for (
      const path of [
        ...[...PAGES, ...PUBLIC_PAGES, "/docs", "/organization/usage#use"],
        ...[
          "/organization/change?plan=scale&interval=month",
          invoice,
          checkout,
        ],
        "/api/v1/operations/payment/customer-portal",
      ]
    ) {
      await page.goto(new URL(path, stage.origin).href);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 844 });
        assertEquals(await tooWide(page), [], `${path} at ${width} px`);
      }
    }
  },
  { BRAND_NAME: LONG },
);

browserTest("targets are at least 24 px high and wide", async (stage) => {
  const page = await stage.open({ viewport: { width: 390, height: 844 } });
  await signIn(stage, page, ADMIN, "/pricing");
  for (const path of [...PAGES, ...PUBLIC_PAGES, "/docs"]) {
    await page.goto(`${stage.origin}${path}`);
    await page.waitForLoadState("networkidle");
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input, select, summary")]
        .filter((element) => element.checkVisibility())
        // Links within a sentence are exempt.
        .filter((element) => !element.matches("p a, dd a, .soft a"))
        .filter((element) => !element.matches("[type=hidden], .skip"))
        .filter((element) => {
          const target = element.matches("label > input")
            ? element.closest("label") ?? element
            : element;
          const { width, height } = target.getBoundingClientRect();
          return Math.min(width, height) < 24;
        })
        .map((element) => element.outerHTML.slice(0, 120))
    );
    assertEquals(small, [], path);
  }
});

browserTest(
  "on a phone the current plan is first, and canceling last",
  async (stage) => {
    await storeSubscription(stage.app, {}, NORTHWIND);
    const page = await stage.open({ viewport: { width: 390, height: 844 } });
    await signIn(stage, page, ADMIN, "/organization");
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll(".plan")]
        .map((plan) => ({
          top: plan.getBoundingClientRect().top,
          name: plan.querySelector("h3")?.textContent,
        }))
        .toSorted((one, other) => one.top - other.top)
        .map(({ name }) => name)
    );
    assertEquals(shown, ["Pro", "Scale", "Free"]);
    const cancel = page.locator(".plan").filter({ hasText: "Cancel Pro" });
    assertEquals(await cancel.getByRole("heading").innerText(), "Free");
  },
);

browserTest("the selected interval survives a reload", async (stage) => {
  const page = await stage.open();
  await page.goto(`${stage.origin}/pricing`);
  const yearly = page.getByRole("radio", { name: "Yearly" });
  await yearly.check();
  await page.reload();
  assert(await yearly.isChecked());
  await page.locator(".price.by-year").first().waitFor();
  await signIn(stage, page, ADMIN, "/organization");
  assert(await yearly.isChecked());
  await page.getByRole("radio", { name: "Monthly" }).check();
  await page.reload();
  assert(!await yearly.isChecked());
});

browserTest("the usage chart labels its grid lines", async (stage) => {
  const { store, now } = stage.app.services;
  await store.post(NORTHWIND, grant("invoice:in_1", 50_000), now());
  await store.post(NORTHWIND, charge("charge:1", 3_500), now());
  for (const width of [390, 1280]) {
    const page = await stage.open({ viewport: { width, height: 844 } });
    await signIn(stage, page, ADMIN, "/organization/usage");
    const labels = page.locator(".usage-scale span");
    assertEquals(await labels.allInnerTexts(), ["4,000", "2,000", "0"]);
    const lines = page.locator(".usage-rule, .usage-base");
    for (let index = 0; index < 3; index++) {
      const label = await labels.nth(index).boundingBox();
      const line = await lines.nth(index).boundingBox();
      assert(label && line);
      const distance = label.y + label.height / 2 - line.y;
      assert(Math.abs(distance) < 2, `label ${index} is ${distance} px off`);
    }
  }
});
