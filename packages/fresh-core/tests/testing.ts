import { App, staticFiles } from "fresh";
import { Builder, type BuildOptions } from "fresh/dev";
import { type Browser, chromium, type Page } from "playwright-core";

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

const CHROMIUM = "/usr/bin/chromium";

/** Browser tests are skipped without Chromium, but never in CI. */
export const withoutBrowser = !isThere(CHROMIUM) && !Deno.env.has("CI");

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Starts the browser shared by a file's tests. */
export async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
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
