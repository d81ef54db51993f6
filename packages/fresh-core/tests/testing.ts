import { App, staticFiles } from "fresh";
import { Builder, type BuildOptions } from "fresh/dev";
import type { Browser, Page } from "playwright-core";

/** A request handler for tests, called with a path at `http://localhost`. */
export type Get = (path: string, init?: RequestInit) => Promise<Response>;

/** Calls an app's handler without a server. */
export function caller<State>(app: App<State>): Get {
  const handler = app.handler();
  return (path, init) => handler(new Request(`http://localhost${path}`, init));
}

/** The folder of an app in `fixtures/`. */
export function fixture(name: string): string {
  return `${import.meta.dirname}/fixtures/${name}`;
}

/** Builds a fixture in memory and applies it to `app`. */
export async function buildFixture<State>(
  name: string,
  app: App<State>,
  options: BuildOptions & { mode?: "development" | "production" } = {},
): Promise<{ get: Get; buildId: string }> {
  const { mode = "production", ...rest } = options;
  const builder = new Builder({ root: fixture(name), ...rest });
  const apply = await builder.build({ snapshot: "memory", mode });
  apply(app);
  return { get: caller(app), buildId: builder.config.buildId };
}

/** An app with static files and the fixture's file routes. */
export function fileApp(): App<unknown> {
  return new App<unknown>().use(staticFiles()).fsRoutes();
}

/** Opens a page. `errors` collects its console errors. */
export async function openPage(
  browser: Browser,
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

/** Captures logged errors instead of printing them. */
export async function logged<T>(
  run: () => Promise<T>,
): Promise<{ result: T; logs: unknown[] }> {
  const { error, warn } = console;
  const logs: unknown[] = [];
  console.error = console.warn = (...args: unknown[]) => logs.push(args[0]);
  try {
    return { result: await run(), logs };
  } finally {
    Object.assign(console, { error, warn });
  }
}
