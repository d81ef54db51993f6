import { LOG_LEVELS, type LogLevel } from "@/lib/log.ts";
import { isAddressRange, isLoopback, urlHost } from "./addresses.ts";
import { type AuthConfig, KEY_SOURCES, readAuth } from "./auth.ts";
import { ROLE_PATTERN } from "./auth_presets.ts";
import { type BrandConfig, readBrand } from "./brand.ts";
import { isServerUrl } from "./kv_path.ts";
import { type Environment, EnvReader } from "./reader.ts";

/** The validated configuration. */
export interface Config {
  /** Public origin without a trailing slash. All return URLs start with it. */
  appUrl: string;
  /** URL prefix of `/account`: an origin, perhaps with a path. */
  frontendUrl: string;
  /** Address to bind. */
  host: string;
  port: number;
  stripe: StripeConfig;
  /** `bpc_…`; null for the Stripe account's default. */
  portalConfiguration: string | null;
  /**
   * Metadata keys of a Stripe customer that hold its organization's id. All
   * are read, the first is written.
   */
  customerMetadataKeys: readonly [string, ...string[]];
  /** Options of Checkout sessions. */
  checkout: { automaticTax: boolean; promotionCodes: boolean };
  brand: BrandConfig;
  auth: AuthConfig;
  /**
   * Roles that may manage billing; null for any member. As the token spells
   * them, except Clerk's, which are always `org:<role>`.
   */
  billingRoles: ReadonlySet<string> | null;
  /** Multiplies every rate limit; 0 turns them off. */
  rateLimitScale: number;
  /** Proxies whose `X-Forwarded-For` is trusted, for rate limits only. */
  trustedProxies: readonly string[];
  /** A file, `:memory:`, `default` or the URL of a KV Connect server. */
  kvPath: string;
  logLevel: LogLevel;
  logFormat: "text" | "json";
}

export type { AuthConfig, JwkSourceConfig } from "./auth.ts";
export type { Environment } from "./reader.ts";

/** `sandbox` is the local Stripe in this process. */
export type StripeConfig = { mode: "sandbox" } | {
  mode: "test" | "live";
  secretKey: string;
  /** Not empty; several while a secret is rolled. */
  webhookSecrets: readonly string[];
  /** Null for Stripe's own API. */
  apiBase: URL | null;
};

/** An invalid configuration; the message lists every problem. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(readonly problems: readonly string[], options?: ErrorOptions) {
    super(
      `Cannot start, the configuration has ${problems.length} ` +
        `problem${problems.length === 1 ? "" : "s"}:\n` +
        problems.map((problem) => `  - ${problem}`).join("\n"),
      options,
    );
  }
}

/** Environment variables of the app; the `serve` task allows only these. */
export const VARIABLES = [
  ...["APP_URL", "FRONTEND_URL", "HOST", "PORT", "KV_PATH"],
  ...["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"],
  ...["STRIPE_CUSTOMER_METADATA_KEY"],
  ...["STRIPE_PORTAL_CONFIGURATION", "BILLING_ROLES", "CLERK_PUBLISHABLE_KEY"],
  ...["AUTH_JWKS_URL", "AUTH_JWT_KEY", "AUTH_ISSUER", "AUTH_AUDIENCE"],
  ...["AUTH_AUTHORIZED_PARTIES", "AUTH_SIGN_IN_URL", "AUTH_SIGN_OUT_URL"],
  ...["AUTH_PROVIDER", "AUTH_ORG_CLAIM", "AUTH_ROLE_CLAIM", "AUTH_MAX_AGE"],
  ...["AUTH_COOKIE", "AUTH_ORG_NAME_CLAIM"],
  ...["STRIPE_TAX", "STRIPE_PROMOTION_CODES"],
  ...["BRAND_NAME", "BRAND_LOGO", "BRAND_COLOR"],
  ...["SUPPORT_URL", "TERMS_URL", "PRIVACY_URL"],
  ...["RATE_LIMIT_SCALE", "TRUSTED_PROXY", "LOG_LEVEL", "LOG_FORMAT"],
  "SANDBOX_EXPOSE",
  "DENO_KV_ACCESS_TOKEN", // read by Deno, if `KV_PATH` is a URL
];

export interface LoadOptions {
  /** Makes `text` the default of `LOG_FORMAT`. */
  isTerminal?: boolean;
  /** For `stripe:setup`: skips the checks of sign-in and webhook secrets. */
  beforeSetup?: boolean;
}

/**
 * Reads the configuration from the environment. Empty variables are treated as
 * missing. Without any variable, the app runs in the sandbox.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const config = loadConfig({ PORT: "9000", BILLING_ROLES: "org:admin" });
 * assertEquals(config.appUrl, "http://127.0.0.1:9000");
 * assertEquals(config.stripe.mode, "sandbox");
 * ```
 *
 * @throws {ConfigError} With all problems at once.
 */
export function loadConfig(
  environment: Environment,
  options: LoadOptions = {},
): Config {
  const read = new EnvReader(environment);
  const stripe = readStripe(read, options);
  const auth = readAuth(read);
  const sandbox = stripe.mode === "sandbox" || auth.keys.kind === "sandbox";
  const port = read.port("PORT", 8000);
  const appUrl = readAppUrl(read, { sandbox, port });
  if (!options.beforeSetup) refuseOpenSignIn(read, { stripe, auth, appUrl });
  const config: Config = {
    appUrl,
    frontendUrl: readFrontendUrl(read) ?? appUrl,
    host: read.text("HOST") ?? (sandbox ? "127.0.0.1" : "0.0.0.0"),
    port,
    stripe,
    portalConfiguration: readPortalConfiguration(read),
    customerMetadataKeys: readCustomerMetadataKeys(read),
    checkout: {
      automaticTax:
        read.choice("STRIPE_TAX", ["off", "automatic"]) === "automatic",
      promotionCodes:
        read.choice("STRIPE_PROMOTION_CODES", ["off", "on"]) === "on",
    },
    brand: readBrand(read),
    auth,
    billingRoles: readBillingRoles(read, auth),
    rateLimitScale: readRateLimitScale(read),
    trustedProxies: readTrustedProxies(read),
    kvPath: readKvPath(read),
    logLevel: read.choice("LOG_LEVEL", LOG_LEVELS) ?? "info",
    logFormat: read.choice("LOG_FORMAT", ["text", "json"]) ??
      (options.isTerminal ? "text" : "json"),
  };
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return config;
}

function readStripe(
  read: EnvReader,
  { beforeSetup }: LoadOptions,
): StripeConfig {
  const secretKey = read.text("STRIPE_SECRET_KEY");
  const webhookSecrets = read.list("STRIPE_WEBHOOK_SECRET");
  const apiBase = read.origin("STRIPE_API_BASE");
  if (secretKey === null) {
    for (const name of ["STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"]) {
      if (read.text(name) === null) continue;
      read.refuse(
        name,
        "is set, but STRIPE_SECRET_KEY is not: set both, " +
          "or neither for the sandbox",
      );
    }
    return { mode: "sandbox" };
  }
  const mode = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]+$/.exec(secretKey)?.[1];
  if (mode === undefined) {
    read.refuse(
      "STRIPE_SECRET_KEY",
      "is not a Stripe secret key " +
        "(sk_test_…, sk_live_…, rk_test_… or rk_live_…)",
    );
  }
  if (webhookSecrets === null && !beforeSetup) {
    read.refuse(
      "STRIPE_WEBHOOK_SECRET",
      "is missing: it verifies that webhook events come from Stripe",
    );
  }
  return {
    mode: mode === "live" ? "live" : "test",
    secretKey,
    webhookSecrets: webhookSecrets ?? [],
    apiBase,
  };
}

function readAppUrl(
  read: EnvReader,
  { sandbox, port }: { sandbox: boolean; port: number },
): string {
  const url = read.origin("APP_URL");
  if (url !== null) return url.origin;
  if (!sandbox && read.text("APP_URL") === null) {
    read.refuse(
      "APP_URL",
      "is missing: Stripe redirects customers to it, " +
        "and requests cannot be trusted to name it",
    );
  }
  const host = read.text("HOST");
  const reachable = host === null || host === "0.0.0.0" || host === "::"
    ? "127.0.0.1"
    : urlHost(host);
  return `http://${reachable}${port === 80 ? "" : `:${port}`}`;
}

function readFrontendUrl(read: EnvReader): string | null {
  const url = read.url("FRONTEND_URL");
  if (url === null) return null;
  if (url.search !== "" || url.hash !== "") {
    read.refuse(
      "FRONTEND_URL",
      "has a query or a fragment: only a path can follow the origin",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Local sign-in lets any visitor choose a user, so it must stay local. */
function refuseOpenSignIn(
  read: EnvReader,
  { stripe, auth, appUrl }: {
    stripe: StripeConfig;
    auth: AuthConfig;
    appUrl: string;
  },
): void {
  const isExposed = read.choice("SANDBOX_EXPOSE", ["0", "1"]) === "1";
  if (auth.keys.kind !== "sandbox") return;
  const remedy = `set one of ${KEY_SOURCES.join(", ")}`;
  if (stripe.mode === "live") {
    read.refuse(
      "STRIPE_SECRET_KEY",
      "is a live key, but sign-in is local, " +
        `where any visitor may choose any user: ${remedy}`,
    );
  }
  const host = read.text("HOST") ?? "127.0.0.1";
  const isHostAllowed = isExposed || isLoopback(`http://${urlHost(host)}`);
  if (!isHostAllowed) {
    read.refuse(
      "HOST",
      "can be reached from other machines, but sign-in is local, " +
        `where any visitor may choose any user: ${remedy}, or SANDBOX_EXPOSE=1 ` +
        "inside a container",
    );
  }
  // Without APP_URL the URL follows from HOST, which was refused already.
  const isAppUrlSeparate = isHostAllowed || read.text("APP_URL") !== null;
  if (isAppUrlSeparate && !isLoopback(appUrl)) {
    read.refuse(
      "APP_URL",
      "is not on this machine, but sign-in is local, " +
        `where any visitor may choose any user: ${remedy}`,
    );
  }
}

function readPortalConfiguration(read: EnvReader): string | null {
  const id = read.text("STRIPE_PORTAL_CONFIGURATION");
  if (id !== null && !/^bpc_[A-Za-z0-9_]+$/.test(id)) {
    read.refuse(
      "STRIPE_PORTAL_CONFIGURATION",
      "is not the ID of a portal configuration (bpc_…)",
    );
  }
  return id;
}

/** Stripe allows 40 characters; quotes would break its search. */
function readCustomerMetadataKeys(read: EnvReader): [string, ...string[]] {
  const [first = "organization", ...more] =
    read.list("STRIPE_CUSTOMER_METADATA_KEY") ?? [];
  if ([first, ...more].some((key) => !/^[\w.:-]{1,40}$/.test(key))) {
    read.refuse(
      "STRIPE_CUSTOMER_METADATA_KEY",
      "has an entry that is not a metadata key such as organization",
    );
  }
  return [first, ...more];
}

/** Accepts Clerk's roles with and without the `org:` prefix. */
function readBillingRoles(
  read: EnvReader,
  { rules }: AuthConfig,
): ReadonlySet<string> | null {
  const roles = read.list("BILLING_ROLES");
  if (roles === null || roles.includes("*")) return null;
  const isClerk = rules.provider === "clerk";
  const pattern = isClerk ? /^(?:org:)?[A-Za-z0-9_-]+$/ : ROLE_PATTERN;
  if (roles.some((role) => !pattern.test(role))) {
    read.refuse(
      "BILLING_ROLES",
      "has an entry that is not a role such as org:admin",
    );
  }
  return isClerk
    ? new Set(roles.map((role) => `org:${role.replace(/^org:/, "")}`))
    : new Set(roles);
}

function readKvPath(read: EnvReader): string {
  const path = read.text("KV_PATH") ?? "./data/portico.sqlite3";
  const isUrl = isServerUrl(path);
  if (isUrl && read.text("DENO_KV_ACCESS_TOKEN") === null) {
    read.refuse(
      "DENO_KV_ACCESS_TOKEN",
      "is missing: the KV Connect server of KV_PATH requires it",
    );
  }
  return path;
}

function readRateLimitScale(read: EnvReader): number {
  const text = read.text("RATE_LIMIT_SCALE") ?? "1";
  if (/^\d{1,7}(?:\.\d{1,4})?$/.test(text)) return Number(text);
  read.refuse("RATE_LIMIT_SCALE", "is not a number such as 2 or 0.5");
  return 1;
}

function readTrustedProxies(read: EnvReader): string[] {
  const ranges = read.list("TRUSTED_PROXY") ?? [];
  if (!ranges.every(isAddressRange)) {
    read.refuse(
      "TRUSTED_PROXY",
      "has an entry that is not an address or a range such as 10.0.0.0/8",
    );
  }
  return ranges;
}
