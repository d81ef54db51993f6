import { assertEquals } from "@std/assert";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "playwright-core";
import type { Environment } from "@/lib/config/config.ts";
import {
  launch,
  withoutBrowser,
} from "@/packages/fresh-core/tests/chromium.ts";
import { openTestApp, type TestApp } from "@/tests/helpers/app.ts";

/** The app, served, and a browser. */
export interface Stage {
  app: TestApp;
  /** The app's `APP_URL`. */
  origin: string;
  browser: Browser;
  /** Opens a page in a new context. Its console errors fail the test. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Expects a console error, such as that of a refused request. */
  expect(complaint: RegExp): void;
}

/**
 * Registers a test in Chromium with an app that uses the local Stripe and the
 * local sign-in. Console errors, uncaught exceptions and content policy reports
 * fail it.
 */
export function browserTest(
  name: string,
  run: (stage: Stage) => Promise<void>,
  environment: Environment = {},
): void {
  Deno.test({
    name,
    ignore: withoutBrowser,
    // Connections of the browser outlive a test by a moment.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => perform(run, environment),
  });
}

let launched: Promise<Browser> | undefined;

/** One browser per test file. Each page has its own context. */
function launchOnce(): Promise<Browser> {
  return launched ??= launch({
    // Playwright disables the back/forward cache by default.
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

/** Includes pages opened by the page. */
function listenTo(page: Page, complaints: string[]): Page {
  const context: BrowserContext = page.context();
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  context.on("weberror", ({ error }) => complaints.push(String(error())));
  return page;
}

/** The port is bound first because the app needs its URL. */
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
  // Creates the catalogue, which a page on a busy machine would not wait for.
  await app.services.prices();
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

/** A test user and an organization, as the sign-in form sends them. */
interface Choice {
  user: string;
  organization: string;
}

/** Can manage billing of an organization with a customer. */
export const ADMIN = {
  user: "user_tilda_okonjo",
  organization: "org_northwind",
};
/** A member of the same organization. */
export const MEMBER = {
  user: "user_bram_castellan",
  organization: "org_northwind",
};
/** Can manage billing of an organization that never paid. */
export const NEWCOMER = {
  user: "user_mirei_halloran",
  organization: "org_paperlantern",
};
/** Belongs to no organization. */
export const LONER = { user: "user_osric_vale", organization: "" };

const PLANS = "/organization#/plans";

/** Signs a user in without the sign-in page, and opens a page. */
export async function signIn(
  stage: Stage,
  page: Page,
  choice: Choice,
  path = PLANS,
): Promise<void> {
  await signInElsewhere(stage, page, choice);
  await page.goto(`${stage.origin}${path}`);
}

/** Signs a user in as another tab of the browser does. */
export async function signInElsewhere(
  { origin }: Stage,
  page: Page,
  choice: Choice,
): Promise<void> {
  const response = await page.context().request.post(`${origin}/sign-in`, {
    headers: { Origin: origin },
    form: { ...choice },
    maxRedirects: 0,
  });
  assertEquals(response.status(), 303);
}

/** Signs a user in on the sign-in page, which leads to the plans. */
export async function signInOnPage(
  { origin }: Stage,
  page: Page,
  { user, organization }: Choice,
): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.locator("form")
    .filter({ has: page.locator(`[name=user][value="${user}"]`) })
    .filter({
      has: page.locator(`[name=organization][value="${organization}"]`),
    })
    .getByRole("button").click();
  await page.waitForURL(`${origin}${PLANS}`);
}
