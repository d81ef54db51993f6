import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, HttpError, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { launch, withoutBrowser } from "./chromium.ts";
import { fixture, logged, openPage } from "./testing.ts";

/** Serves an app in development while `check` runs. */
async function serving(
  check: (origin: string) => Promise<void>,
  root = "small",
) {
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const app = new App<unknown>().use(staticFiles())
    .onError("*", { component: ({ error }) => <p>{String(error)}</p> })
    .get("/broken", () => {
      throw new Error("broken <here>");
    })
    .get("/gone", () => {
      throw new HttpError(410);
    })
    .get("/plain", (ctx) => ctx.render(<h1>plain</h1>))
    .fsRoutes();
  await new Builder({ root: fixture(root) }).listen(
    () => Promise.resolve({ app }),
    { port: 0, signal: stop.signal, onListen: ({ port }) => resolve(port) },
  );
  try {
    await check(`http://localhost:${await promise}`);
  } finally {
    stop.abort();
  }
}

const text = async (url: string) => await (await fetch(url)).text();

Deno.test("in development every page has the reload script", () =>
  serving(async (origin) => {
    assertStringIncludes(await text(`${origin}/plain`), "fresh-dev.js");
    assertStringIncludes(await text(origin), "frsh:island:Tiny");
  }));

Deno.test("the live connection sends the start time of the process", () =>
  serving(async (origin) => {
    const refused = await fetch(`${origin}/_frsh/alive`);
    assertEquals(refused.status, 501);
    await refused.body?.cancel();
    const socket = new WebSocket(`${origin.replace("http", "ws")}/_frsh/alive`);
    const message = await new Promise<string>((resolve) => {
      socket.onmessage = (event) => resolve(event.data);
    });
    const { type, revision } = JSON.parse(message);
    assertEquals([type, typeof revision], ["initial-state", "number"]);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
  }));

Deno.test("an error page has the overlay for server errors only", () =>
  serving(async (origin) => {
    const page = await text(`${origin}/broken`);
    const src = /<iframe id="fresh-error-overlay" src="([^"]+)"/.exec(page)
      ?.[1];
    const overlay = await text(origin + src?.replaceAll("&amp;", "&"));
    assertStringIncludes(overlay, "<h1>broken &lt;here&gt;</h1>");
    assertEquals((await text(`${origin}/gone`)).includes("<iframe"), false);
  }));

Deno.test("development URLs are 404 in production", async () => {
  const app = new App<unknown>();
  (await new Builder({ root: fixture("small") }).build({ snapshot: "memory" }))(
    app,
  );
  const { result } = await logged(() =>
    app.handler()(new Request("http://localhost/_frsh/error_overlay"))
  );
  assertEquals(result.status, 404);
});

Deno.test({
  name: "an open page reloads when the process has restarted",
  ignore: withoutBrowser,
  async fn() {
    const browser = await launch();
    try {
      const { page, errors } = await openPage(browser);
      let loads = 0;
      page.on("load", () => loads++);
      await page.addInitScript(
        "globalThis.revisions = (globalThis.revisions ?? 0) + 1",
      );
      await page.routeWebSocket(/_frsh\/alive/, (socket) => {
        const revision = loads === 0 ? 1 : 2;
        socket.send(JSON.stringify({ type: "initial-state", revision: 1 }));
        if (revision === 1) {
          socket.send(JSON.stringify({ type: "initial-state", revision: 2 }));
        }
      });
      await serving(async (origin) => {
        await page.goto(`${origin}/plain`);
        while (loads < 2) await page.waitForEvent("load");
      });
      assertEquals(
        errors.filter((it) => !it.includes("favicon")).length <= 2,
        true,
      );
    } finally {
      await browser.close();
    }
  },
});
