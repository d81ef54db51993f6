import { assertEquals } from "@std/assert";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import type { Environment } from "@/lib/config/config.ts";
import { openTestApp, type TestApp } from "@/tests/helpers/app.ts";

const CHROMIUM = "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where there is no browser these tests are left out, but never in CI. */
const ignore = Deno.env.get("CI") === undefined && !isInstalled();

function isInstalled(): boolean {
  try {
    return Deno.statSync(CHROMIUM).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The app, served, and a browser in front of it. */
export interface Stage {
  app: TestApp;
  /** Its `APP_URL`. */
  origin: string;
  browser: Browser;
  /** A page of its own; what its console reports fails the test. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /**
   * Complaints of the console that a test provokes and expects, such as that
   * of a refused request. Anything else fails it.
   */
  expect(complaint: RegExp): void;
}

/**
 * A test in real Chromium, on an app of its own with the local Stripe and the
 * local sign-in. It fails for any console error, uncaught exception or report
 * of the content policy.
 */
export function browserTest(
  name: string,
  run: (stage: Stage) => Promise<void>,
  environment: Environment = {},
): void {
  Deno.test({
    name,
    ignore,
    // The browser's connections outlive a test by a moment.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => perform(run, environment),
  });
}

let launched: Promise<Browser> | undefined;

/** One browser per test file; each page has a context to itself. */
function launchOnce(): Promise<Browser> {
  return launched ??= chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    // Playwright disables the back/forward cache, which the tests of Back need.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}

Deno.test.afterAll(async () => await (await launched)?.close());

async function perform(
  run: (stage: Stage) => Promise<void>,
  environment: Environment,
): Promise<void> {
  await using served = await serve(environment);
  const browser = await launchOnce();
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  try {
    await run({
      ...served,
      browser,
      open: async (options) =>
        listenTo(await browser.newPage(options), complaints),
      expect: (complaint) => expected.push(complaint),
    });
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
  const unexpected = complaints.filter((complaint) =>
    !expected.some((pattern) => pattern.test(complaint))
  );
  assertEquals(unexpected, []);
}

/** Pages that the page opens are listened to as well. */
function listenTo(page: Page, complaints: string[]): Page {
  const context: BrowserContext = page.context();
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  context.on("weberror", ({ error }) => complaints.push(String(error())));
  return page;
}

/** The port comes first: the app has to know its own address. */
async function serve(environment: Environment) {
  const ready = Promise.withResolvers<TestApp>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request, info) => (await ready.promise).handler(request, info),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const app = await openTestApp({
    APP_URL: origin,
    AUTH_JWT_KEY: "",
    AUTH_ISSUER: "",
    ...environment,
  });
  ready.resolve(app);
  return {
    app,
    origin,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await app[Symbol.asyncDispose]();
    },
  };
}

/** Chooses a person on the sign-in page, as a visitor would. */
export async function signIn(
  { origin }: Stage,
  page: Page,
  { person, choice }: { person: string; choice: string },
): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.locator(".person", { hasText: person })
    .getByRole("button", { name: choice }).click();
  await page.waitForURL("**/organization**");
}

/** May manage the billing of an organization that has a customer. */
export const ADMIN = { person: "Tilda Okonjo", choice: "Northwind Atelier" };
/** A member of the same. */
export const MEMBER = { person: "Bram Castellan", choice: "Northwind Atelier" };
/** May manage the billing of an organization that never paid. */
export const NEWCOMER = { person: "Mirei Halloran", choice: "Paper Lantern" };
/** Is a member nowhere. */
export const LONER = { person: "Osric Vale", choice: "No organization" };
