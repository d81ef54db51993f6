import { createServices } from "@/compose.ts";
import { createApp } from "@/lib/app.ts";
import { type Environment, loadConfig } from "@/lib/config/config.ts";
import { guard, type ServeHandler } from "@/lib/http/guard.ts";
import { createLog } from "@/lib/log.ts";
import type { Services } from "@/lib/services.ts";
import type { LocalStripe } from "local-stripe";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { appBuild } from "./app_build.ts";
import { openTestKv } from "./kv_server.ts";
import { assertDocumented } from "./openapi.ts";
import { restoreCatalogue } from "./saved_catalogue.ts";
import { APP_URL, ISSUER, NOW_MS, sessionToken, testKey } from "./tokens.ts";

/** The default organization of {@linkcode authorization}. */
export const ORG = "org_abc123";

/** The complete app with an in-memory store and the local Stripe. */
export interface TestApp extends AsyncDisposable {
  services: Services;
  stripe: LocalStripe;
  kv: Deno.Kv;
  /** The store of the local Stripe. */
  sandboxKv: Deno.Kv;
  /** Log output as JSON lines. */
  lines: string[];
  /** Milliseconds since the epoch. Tests may change it. */
  clock: { nowMs: number };
  /**
   * The app behind its guard. API responses are checked against the OpenAPI
   * document.
   */
  handler: ServeHandler;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Whether an earlier app of the test file has used Stripe. */
let needsCatalogue = false;

/**
 * Opens the app. By default it verifies tokens with the test key and uses the
 * local Stripe. With `AUTH_JWT_KEY: ""` the sign-in is local too.
 */
export async function openTestApp(
  environment: Environment = {},
): Promise<TestApp> {
  const config = loadConfig({
    APP_URL,
    AUTH_JWT_KEY: (await testKey()).pem,
    AUTH_ISSUER: ISSUER,
    // High limits for tests that are not about rate limits.
    RATE_LIMIT_SCALE: "100",
    ...environment,
  });
  const lines: string[] = [];
  const clock = { nowMs: NOW_MS };
  const { kv, kvPath, sandboxKv, close } = await openTestKv();
  const now = () => clock.nowMs;
  if (needsCatalogue) await restoreCatalogue(sandboxKv, config, now);
  const log = createLog({
    level: "debug",
    format: "json",
    write: (line) => lines.push(line),
  });
  const { services, sandbox } = await createServices({ ...config, kvPath }, {
    kv,
    sandboxKv,
    log,
    now,
  });
  const stripe = sandbox?.stripe;
  if (!stripe) throw new Error("A test app needs the local Stripe");
  const app = createApp(services);
  (await appBuild())(app);
  const guarded = guard(app.handler());
  const handler: ServeHandler = async (request, info) => {
    const response = await guarded(request, info);
    await assertDocumented(request, response, config.rateLimitScale > 0);
    return response;
  };
  // Deliveries wait until a test drains them.
  services.sandbox?.events?.connect(handler);
  return {
    services,
    stripe,
    kv,
    sandboxKv,
    lines,
    clock,
    handler,
    fetch: async (path, init) =>
      await handler(new Request(`${config.appUrl}${path}`, init), INFO),
    async [Symbol.asyncDispose]() {
      await services.background.settled();
      await close();
      needsCatalogue ||= stripe.controls.requests.length > 0;
    },
  };
}

const INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 40_000 },
  completed: Promise.resolve(),
};

/** Handles a request from the SDK to the local Stripe. */
export type Intercept = (
  request: Request,
  next: (request: Request) => Promise<Response>,
) => Promise<Response>;

/** Intercepts requests from the app's SDK to the local Stripe. */
export function interceptStripe(app: TestApp, intercept: Intercept): void {
  const { services, stripe: local } = app;
  const stripe = createStripe(
    services.config.stripe,
    (input, init) => intercept(new Request(input, init), local.fetch),
  );
  Object.assign(services, { stripe });
}

/** Claims of an organization member, in Clerk's version 2 format. */
export function memberClaims(
  { orgId = ORG, role = "admin" }: { orgId?: string; role?: string } = {},
) {
  return { o: { id: orgId, rol: role, slg: "abc" } };
}

/** An `Authorization` header with these claims. */
export async function authorization(
  claims: Record<string, unknown> = memberClaims(),
): Promise<{ Authorization: string }> {
  return { Authorization: `Bearer ${await sessionToken({ claims })}` };
}

/** Creates the organization's customer at the local Stripe and links it. */
export async function giveCustomer(
  { services }: TestApp,
  orgId: string = ORG,
): Promise<string> {
  const stripe = await services.stripe();
  const customer = await stripe.customers.create({
    name: orgId,
    email: "billing@example.com",
    metadata: { organization: orgId },
  });
  await services.store.linkCustomer(orgId, {
    stripeCustomerId: customer.id,
    createdAtMs: services.now(),
  });
  return customer.id;
}
