import type Stripe from "stripe";
import type { Background } from "@/lib/async/background.ts";
import type { Config } from "@/lib/config/config.ts";
import type { Throttle } from "@/lib/async/throttle.ts";
import type {
  CoalescingRunner,
  SingleFlight,
} from "@/lib/async/single_flight.ts";
import type { Log } from "./log.ts";
import type { GrantCheckCache } from "@/lib/wallet/monthly_grants.ts";
import type { PriceList } from "@/lib/billing/prices.ts";
import type { Sessions } from "@/lib/auth/authenticate.ts";
import type { RateLimits } from "@/lib/http/rate_limit.ts";
import type { ByteBudget } from "@/lib/http/request.ts";
import type { SandboxEvents } from "./sandbox_console.ts";
import type { Store, StoredCustomer } from "@/lib/store/mod.ts";
import type { SyncOutcome } from "@/lib/billing/sync.ts";

/**
 * What every domain function needs, as its first argument. Made once in
 * `main.ts`, and anew by every test.
 */
export interface Services {
  readonly config: Config;
  readonly store: Store;
  /**
   * Stripe's SDK, loaded at its first use: half of what starting costs, and
   * the first page needs none of it.
   */
  readonly stripe: () => Promise<Stripe>;
  readonly sessions: Sessions;
  readonly prices: PriceList;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** Writes a warning once a process. */
  readonly warnOnce: Log["warn"];
  /** What Stripe may sign an event with; several while a secret is rolled. */
  readonly webhookSecrets: readonly string[];
  /** Bounds the webhook bodies in flight. */
  readonly eventBytes: ByteBudget;
  /** How often whom may call. */
  readonly rateLimits: RateLimits;
  /** What no answer waits for; a process that ends does. */
  readonly background: Background;
  /** What callers at one time share in this process. */
  readonly inFlight: InFlight;
  /** For whom no monthly tokens were due lately. */
  readonly recentGrantChecks: GrantCheckCache;
  /** How often an organization may ask Stripe by hand. */
  readonly refreshThrottle: Throttle;
  /** What stands in for the outside; null where nothing does. */
  readonly sandbox: Sandbox | null;
}

/** Work by organization; what its result means is told where it is done. */
export interface InFlight {
  readonly syncs: CoalescingRunner<SyncOutcome>;
  readonly customers: SingleFlight<StoredCustomer>;
  readonly checkouts: SingleFlight<string>;
}

/** The rooms of the sandbox, as the app sees them. */
export interface Sandbox {
  /** The local sign-in; null with a real source of token keys. */
  readonly identity: SandboxIdentity | null;
  /** Hosted pages of the local Stripe; null with a real key. */
  readonly stripePages: ((request: Request) => Promise<Response>) | null;
  /** Events of the local Stripe; null with a real key. */
  readonly events: SandboxEvents | null;
}

/** Somebody to sign in as. */
export interface SandboxPerson {
  /** `user_…` */
  id: string;
  name: string;
  email: string;
  memberships: readonly SandboxMembership[];
}

export interface SandboxMembership {
  orgId: string;
  orgName: string;
  /** As `org:<role>`. */
  role: string;
  /** What one will see, in a few words. */
  about: string;
}

/** The local sign-in: people to choose from, and real signed tokens. */
export interface SandboxIdentity {
  readonly people: readonly SandboxPerson[];
  /**
   * Signs somebody in for a browser.
   *
   * @returns `Set-Cookie` values, or null for a choice that does not exist.
   */
  signIn(choice: SandboxChoice): Promise<string[] | null>;
  /**
   * A new token for a browser that signed in before and whose token ran out.
   *
   * @returns `Set-Cookie` values, or null when it is not signed in.
   */
  refresh(request: Request): Promise<string[] | null>;
  /** `Set-Cookie` values that end the browser's session. */
  signOut(request: Request): Promise<string[]>;
}

export interface SandboxChoice {
  userId: string;
  /** Null: without an organization. */
  orgId: string | null;
}
