import { Background } from "./lib/async/background.ts";
import { type Config, ConfigError } from "./lib/config/config.ts";
import { Throttle } from "./lib/async/throttle.ts";
import { CoalescingRunner, SingleFlight } from "./lib/async/single_flight.ts";
import { createLog, createWarnOnce, type Log } from "./lib/log.ts";
import { GrantCheckCache } from "./lib/wallet/monthly_grants.ts";
import { createPriceList } from "./lib/billing/prices.ts";
import { createSessions } from "./lib/auth/authenticate.ts";
import { createRateLimits } from "./lib/http/rate_limit.ts";
import { ByteBudget } from "./lib/http/request.ts";
import type { Services } from "./lib/services.ts";
import { createStore, openKv } from "./lib/store/mod.ts";
import { createStripe } from "./lib/billing/stripe_client.ts";
import type { OpenSandbox, SandboxOptions } from "./sandbox/mod.ts";

/**
 * Syncs at a time. Stripe allows 100 calls a second and takes a tenth of one
 * for each: a burst of events leaves room for people, who never wait for one
 * of its slots.
 */
const MAX_SYNCS = { interactive: 32, background: 8 };

/** Webhook bodies in flight; Stripe delivers again what is refused. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** How often an organization may have Stripe asked by hand. */
const CHECK_EVERY_MS = 10_000;
const MAX_CHECKS = 10_000;

/** What a test brings of its own; the rest is as the app runs it. */
export interface ServiceOverrides {
  kv?: Deno.Kv;
  log?: Log;
  now?: () => number;
}

/** What keeps a store from opening is for an operator to mend. */
async function openConfigured({ kvPath }: Config): Promise<Deno.Kv> {
  try {
    return await openKv(kvPath);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`KV_PATH cannot be opened: ${why}`], { cause });
  }
}

/**
 * Makes the services that a configuration asks for: the only place where the
 * sandbox meets the app.
 *
 * @returns The services, and the stand-ins where there are any.
 */
export async function createServices(
  config: Config,
  parts: ServiceOverrides = {},
): Promise<{ services: Services; standIns: OpenSandbox | null }> {
  const now = parts.now ?? Date.now;
  const log = parts.log ??
    createLog({ level: config.logLevel, format: config.logFormat });
  const kv = parts.kv ?? await openConfigured(config);
  const store = createStore(kv);
  const standIns = await openSandbox({ config, kv, store, now });
  const stripe = createStripe(config.stripe, standIns?.stripeFetch);
  const keys = standIns?.localKeys && { localKeys: standIns.localKeys };
  const services: Services = {
    config,
    log,
    background: new Background(log),
    eventBytes: new ByteBudget(MAX_EVENT_BYTES),
    rateLimits: createRateLimits({
      ...{ store, now, log },
      scale: config.rateLimitScale,
      trusted: config.trustedProxies,
    }),
    warnOnce: createWarnOnce(log),
    now,
    refreshThrottle: new Throttle(CHECK_EVERY_MS, MAX_CHECKS),
    inFlight: {
      syncs: new CoalescingRunner(MAX_SYNCS),
      customers: new SingleFlight(),
      checkouts: new SingleFlight(),
    },
    recentGrantChecks: new GrantCheckCache(),
    prices: createPriceList({ stripe, now, log }),
    sandbox: standIns?.sandbox ?? null,
    sessions: createSessions({ auth: config.auth, now, log, ...keys }),
    store,
    stripe,
    webhookSecrets: config.stripe.mode === "sandbox"
      ? standIns?.webhookSecrets ?? []
      : config.stripe.webhookSecrets,
  };
  return { services, standIns };
}

/** Loaded only where something is stood in for: a live app never sees it. */
async function openSandbox(
  options: SandboxOptions,
): Promise<OpenSandbox | null> {
  const { auth, stripe } = options.config;
  if (auth.keys.kind !== "sandbox" && stripe.mode !== "sandbox") return null;
  const { openSandbox } = await import("./sandbox/mod.ts");
  return await openSandbox(options);
}
