import { Background } from "./lib/async/background.ts";
import { CoalescingRunner, SingleFlight } from "./lib/async/single_flight.ts";
import { Throttle } from "./lib/async/throttle.ts";
import { createSessions } from "./lib/auth/session_tokens.ts";
import { createPriceList } from "./lib/billing/prices.ts";
import { createStripe } from "./lib/billing/stripe_client.ts";
import { type Config, ConfigError } from "./lib/config/config.ts";
import { createRateLimits } from "./lib/http/rate_limit.ts";
import { ByteBudget } from "./lib/http/request.ts";
import { createLog, createWarnOnce, type Log } from "./lib/log.ts";
import type { Services } from "./lib/services.ts";
import { traceCommits } from "./lib/store/kv_traces.ts";
import { createStore, limitsOf, openKv } from "./lib/store/mod.ts";
import { NO_TELEMETRY, openTelemetry } from "./lib/telemetry.ts";
import { applyPosting } from "./lib/wallet/ledger.ts";
import { GrantCheckCache } from "./lib/wallet/monthly_grants.ts";
import type { OpenSandbox, SandboxOptions } from "./sandbox/mod.ts";

/**
 * Concurrent syncs. Stripe allows 100 calls per second, and each takes a tenth
 * of a second, so a burst of webhook events leaves capacity for people.
 */
const MAX_SYNCS = { interactive: 32, background: 8 };

/** Webhook bodies in memory; Stripe retries refused events. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** Manual refreshes from Stripe: once per organization and interval. */
const REFRESH_INTERVAL_MS = 10_000;
const MAX_REFRESHES = 10_000;

/** Parts that a test replaces. */
export interface ServiceOverrides {
  kv?: Deno.Kv;
  /** Holds the sandbox; `kv` by default. */
  sandboxKv?: Deno.Kv;
  log?: Log;
  now?: () => number;
  /** Carries the calls to Stripe, instead of the network. */
  stripeFetch?: typeof fetch;
}

/**
 * Creates the services for a configuration. This is the only module that
 * connects the sandbox to the app.
 *
 * @returns `sandbox` is null if neither Stripe nor sign-in is local.
 * @throws {ConfigError} If the store cannot be opened.
 */
export async function createServices(
  config: Config,
  overrides: ServiceOverrides = {},
): Promise<{ services: Services; sandbox: OpenSandbox | null }> {
  const now = overrides.now ?? Date.now;
  const telemetry = await openTelemetry();
  const { traceFields } = telemetry;
  const { logLevel: level, logFormat: format } = config;
  const log = overrides.log ?? createLog({ level, format, traceFields });
  const kv = overrides.kv ?? await openConfiguredKv(config);
  const traced = telemetry === NO_TELEMETRY ? kv : traceCommits(kv, telemetry);
  const store = createStore(traced, applyPosting, limitsOf(config.kvPath));
  telemetry.observe("portico.wallet.queue", () => store.queuedPostings());
  const sandbox = await openSandbox({
    config,
    store,
    now,
    kv: overrides.sandboxKv ?? kv,
  });
  const stripe = createStripe(
    config.stripe,
    overrides.stripeFetch ?? sandbox?.stripeFetch,
    telemetry,
  );
  const keys = sandbox?.localKeys && { localKeys: sandbox.localKeys };
  const services: Services = {
    config,
    log,
    now,
    store,
    stripe,
    telemetry,
    background: new Background(log),
    eventBytes: new ByteBudget(MAX_EVENT_BYTES),
    inFlight: {
      syncs: new CoalescingRunner(MAX_SYNCS),
      customers: new SingleFlight(),
      checkouts: new SingleFlight(),
    },
    prices: createPriceList({ stripe, now, log }),
    rateLimits: createRateLimits({
      store,
      now,
      log,
      scale: config.rateLimitScale,
      trusted: config.trustedProxies,
    }),
    recentGrantChecks: new GrantCheckCache(),
    refreshThrottle: new Throttle({
      max: MAX_REFRESHES,
      ttlMs: REFRESH_INTERVAL_MS,
      now,
    }),
    sandbox: sandbox?.sandbox ?? null,
    sessions: createSessions({ auth: config.auth, now, log, ...keys }),
    warnOnce: createWarnOnce(log),
    webhookSecrets: config.stripe.mode === "sandbox"
      ? sandbox?.webhookSecrets ?? []
      : config.stripe.webhookSecrets,
  };
  return { services, sandbox };
}

/** Reports a store that cannot be opened as a configuration problem. */
async function openConfiguredKv({ kvPath }: Config): Promise<Deno.Kv> {
  try {
    return await openKv(kvPath);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`KV_PATH cannot be opened: ${why}`], { cause });
  }
}

/** Imported only if needed, so a live app never loads the sandbox. */
async function openSandbox(
  options: SandboxOptions,
): Promise<OpenSandbox | null> {
  const { auth, stripe } = options.config;
  if (auth.keys.kind !== "sandbox" && stripe.mode !== "sandbox") return null;
  const { openSandbox } = await import("./sandbox/mod.ts");
  return await openSandbox(options);
}
