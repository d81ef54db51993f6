import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { launch, withoutBrowser } from "./chromium.ts";
import { buildFixture, fileApp, openPage } from "./testing.ts";
import { describe } from "./fixtures/islands/describe.ts";
import { kinds } from "./fixtures/islands/routes/kinds.tsx";

/** Runs `check` on a page of the islands fixture and expects no error. */
async function onPage(
  path: string,
  check: (page: Page) => Promise<void>,
) {
  errors.length = 0;
  await page.goto(origin + path);
  await check(page);
  assertEquals(errors, []);
}

/** Waits for element texts, since signals update with a frame. */
async function hasTexts(page: Page, selector: string, texts: string[]) {
  await page.waitForFunction(
    ([selector, texts]) =>
      [...document.querySelectorAll(selector)].map((it) => it.textContent)
        .join() === texts.join(),
    [selector, texts] as const,
    { timeout: 5_000 },
  );
}

let page: Page;
let errors: string[];
let origin: string;

Deno.test(
  { name: "islands in a browser", ignore: withoutBrowser },
  async (t) => {
    Deno.env.set("FRESH_PUBLIC_GREETING", "hello");
    const app = fileApp();
    await buildFixture("islands", app);
    const server = Deno.serve({ port: 0, onListen: () => {} }, app.handler());
    origin = `http://localhost:${server.addr.port}`;
    const browser = await launch();
    ({ page, errors } = await openPage(browser));
    try {
      for (const [name, run] of Object.entries(BEHAVIOURS)) {
        await t.step(
          name,
          run,
        );
      }
    } finally {
      await browser.close();
      await server.shutdown();
      Deno.env.delete("FRESH_PUBLIC_GREETING");
    }
  },
);

const BEHAVIOURS: Record<string, () => Promise<void>> = {
  "an island answers clicks, each on its own": () =>
    onPage("/counter", async (page) => {
      await page.locator(".counter button").first().click();
      await hasTexts(page, "output", ["4", "10"]);
    }),

  "hydration keeps the server's nodes": () =>
    onPage("/counter", async (page) => {
      const html = await page.locator("main").innerHTML();
      assertMatch(html, /<output>3<\/output>/);
      assertEquals(await page.locator(".counter").count(), 2);
      assertEquals(
        await page.locator("button").last().textContent(),
        "</script><!-- more",
      );
    }),

  "islands share a signal": () =>
    onPage("/shared", async (page) => {
      await page.locator(".inc").click();
      await page.locator(".inc").click();
      await page.locator(".dec").click();
      await hasTexts(page, "button", ["8", "8"]);
    }),

  "props of every kind arrive as they were": () =>
    onPage("/kinds", async (page) => {
      const expected = kinds();
      expected.instance = { amountMinor: 500 };
      expected.error = {};
      await page.waitForSelector("pre:not(:empty)");
      assertEquals(await page.locator("pre").textContent(), describe(expected));
    }),

  "slots keep their content and their islands": () =>
    onPage("/slots", async (page) => {
      assertEquals(await page.locator("h2 em").textContent(), "Heading");
      assertEquals(
        await page.locator(".first").textContent(),
        "from the server",
      );
      const outer = page.locator(".outer > button");
      await outer.click();
      assertEquals(await page.locator(".first").count(), 0);
      await outer.click();
      assertEquals(await page.locator(".first").getAttribute("title"), "");
      assertEquals(await page.locator(".nested").textContent(), "beside");
    }),

  "a slot that was not shown waits with all that is in it": () =>
    onPage("/slots", async (page) => {
      assertEquals(await page.locator(".field").count(), 0);
      await page.locator(".inner button").click();
      assertEquals(await page.locator(".field").isDisabled(), true);
      assertEquals(await page.locator(".field").inputValue(), "kept");
      await page.locator(".counter button").click();
      await hasTexts(page, "output", ["2"]);
    }),

  "what stands around a slot keeps its order": () =>
    onPage("/slots", async (page) => {
      await page.locator(".inner button").click();
      const classes = await page.locator(".outer > .content > *")
        .evaluateAll((all) => all.map((it) => it.className));
      assertEquals(classes, ["first", "panel inner", "nested"]);
    }),

  "Head in an island updates the document": () =>
    onPage("/titled", async (page) => {
      await page.locator(".titled").click();
      await page.waitForFunction(() => document.title === "Clicked 1");
      const metas = page.locator("meta[name=clicks]");
      assertEquals(await metas.count(), 1);
      assertEquals(await metas.getAttribute("content"), "1");
    }),

  "an island inside another's markup is a part of it": () =>
    onPage("/outer", async (page) => {
      await page.locator("button").click();
      await hasTexts(page, "output", ["6"]);
    }),

  "text between an island's tags is put back": () =>
    onPage("/text", async (page) => {
      const button = page.locator("button");
      await button.click();
      assertEquals(await page.locator(".content").count(), 0);
      await button.click();
      assertEquals(await page.locator(".content").textContent(), "only text");
    }),

  "keyed components stay in place, in slots too": () =>
    onPage("/keyed", async (page) => {
      assertMatch(await page.content(), /<!--frsh:island:Counter:0:c_1-->/);
      await page.locator(".counter button").click();
      await hasTexts(page, "output", ["4"]);
      const button = page.locator(".keyed > button");
      await button.click();
      await hasTexts(page, ".item", ["a", "b"]);
      await button.click();
      await hasTexts(page, ".item", ["a", "b", "x", "y"]);
    }),

  "a template in Head is updated with its content": () =>
    onPage("/templated", async (page) => {
      await page.locator(".templated").click();
      await page.waitForFunction(() => {
        const template = document.querySelector("head > template#row");
        return template instanceof HTMLTemplateElement &&
          template.content.querySelector("p")?.textContent === "row 1";
      });
    }),

  "Back over a fragment loads the page again": () =>
    onPage("/counter", async (page) => {
      await page.evaluate(() => {
        document.body.insertAdjacentHTML("beforeend", '<a href="#x">x</a>');
        document.title = "not reloaded";
      });
      await page.locator("a[href='#x']").click();
      assertEquals(await page.title(), "not reloaded");
      await page.goBack();
      await page.waitForFunction(() => document.title === "Islands");
    }),

  "browser code gets public variables and the build's id": () =>
    onPage("/env", async (page) => {
      await page.waitForSelector(".env:not(:empty)");
      const text = await page.locator(".env").textContent();
      assertMatch(text ?? "", /^hello \/logo\.svg\?__frsh_c=[0-9a-f]{40}$/);
    }),
};
