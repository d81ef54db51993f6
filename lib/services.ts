import type Stripe from "stripe";
import type { Background } from "@/lib/async/background.ts";
import type {
  CoalescingRunner,
  SingleFlight,
} from "@/lib/async/single_flight.ts";
import type { Throttle } from "@/lib/async/throttle.ts";
import type { Sessions } from "@/lib/auth/session_tokens.ts";
import type { PriceList } from "@/lib/billing/prices.ts";
import type { SyncOutcome } from "@/lib/billing/subscription.ts";
import type { Config } from "@/lib/config/config.ts";
import type { RateLimits } from "@/lib/http/rate_limit.ts";
import type { ByteBudget } from "@/lib/http/request.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type { Store } from "@/lib/store/mod.ts";
import type { GrantCheckCache } from "@/lib/wallet/monthly_grants.ts";
import type { Log } from "./log.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Telemetry } from "./telemetry.ts";

/**
 * The first argument of every domain function. Created by `compose.ts`, once
 * per process and once per test.
 */
export interface Services {
  readonly config: Config;
  readonly store: Store;
  /** Loads Stripe's SDK at first use: it takes half of the start-up time. */
  readonly stripe: () => Promise<Stripe>;
  readonly sessions: Sessions;
  readonly prices: PriceList;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Logs each distinct warning once per process. */
  readonly warnOnce: Log["warn"];
  /** Secrets that may sign webhook events; several while one is rolled. */
  readonly webhookSecrets: readonly string[];
  /** Bounds the webhook bodies in memory. */
  readonly eventBytes: ByteBudget;
  readonly rateLimits: RateLimits;
  /** Runs tasks that must not delay the response. */
  readonly background: Background;
  readonly inFlight: InFlight;
  /** Organizations found to have no monthly grant due in the last minute. */
  readonly recentGrantChecks: GrantCheckCache;
  /** Limits manual refreshes from Stripe per organization. */
  readonly refreshThrottle: Throttle;
  /** Null if neither Stripe nor sign-in is local. */
  readonly sandbox: Sandbox | null;
}

/** Work that concurrent requests of this process share, by organization. */
export interface InFlight {
  readonly syncs: CoalescingRunner<SyncOutcome>;
  readonly customers: SingleFlight<StoredCustomer>;
  readonly checkouts: SingleFlight<string>;
}
