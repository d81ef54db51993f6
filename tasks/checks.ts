import type Stripe from "stripe";
import { checkLinkedAccount } from "@/lib/billing/missing_customer.ts";
import { CHOICE_BY_LOOKUP_KEY } from "@/lib/billing/plans.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import type { Services } from "@/lib/services.ts";
import {
  idOf,
  isStripeError,
  STRIPE_API_VERSION,
} from "@/lib/billing/stripe_client.ts";
import {
  type ConfigurationChoice,
  configurationProblems,
  findConfiguration,
} from "./portal_configuration.ts";
import {
  endpointProblems,
  findEndpoints,
  webhookUrl,
} from "./webhook_endpoint.ts";

/** The app under examination. */
export interface DoctorContext {
  services: Services;
  /** Reaches the running app over HTTP, as Stripe does. */
  fetch: typeof fetch;
}

/** A check of the configuration. */
export interface Check {
  name: string;
  /** Instruction for the operator if the check fails. */
  fix: string;
  /** True if the check also applies to the sandbox. */
  inSandbox: boolean;
  /** True if the app works although the check fails. */
  isWarning?: boolean;
  /**
   * @returns A short description of the result.
   * @throws {Error} If the check fails; the message describes the problem.
   */
  run(context: DoctorContext): Promise<string>;
}

const SET_UP = "run `deno task stripe:setup`";

/** The checks of a live configuration; later ones depend on earlier ones. */
export const CHECKS: readonly Check[] = [
  {
    name: "store",
    fix: "set KV_PATH to a file in a writable folder, or to a reachable KV " +
      "Connect server",
    inSandbox: true,
    run: checkStore,
  },
  {
    name: "token keys",
    fix: "check that AUTH_JWKS_URL is reachable from this machine, or that " +
      "AUTH_JWT_KEY is the public key",
    inSandbox: true,
    run: checkKeys,
  },
  {
    name: "Stripe key",
    fix: "copy STRIPE_SECRET_KEY from the Stripe Dashboard again",
    inSandbox: true,
    run: checkAccount,
  },
  {
    name: "customers",
    fix: "set STRIPE_SECRET_KEY and KV_PATH of the same installation",
    inSandbox: true,
    run: checkCustomers,
  },
  {
    name: "clock",
    fix: "synchronize this machine's clock, for example with NTP",
    inSandbox: false,
    run: checkClock,
  },
  { name: "prices", fix: SET_UP, inSandbox: true, run: checkPrices },
  { name: "portal", fix: SET_UP, inSandbox: true, run: checkPortal },
  {
    name: "webhook endpoint",
    fix: SET_UP,
    inSandbox: false,
    run: checkEndpoint,
  },
  {
    name: "webhook delivery",
    fix: "check that the app runs at APP_URL with this STRIPE_WEBHOOK_SECRET",
    inSandbox: false,
    run: checkDelivery,
  },
  {
    name: "subscriptions",
    fix: "run `deno task import`, and again with --apply",
    inSandbox: true,
    isWarning: true,
    run: checkSubscriptions,
  },
];

async function checkStore({ services }: DoctorContext): Promise<string> {
  await services.store.probe(services.now());
  return "readable and writable";
}

async function checkKeys({ services }: DoctorContext): Promise<string> {
  await services.sessions.ready();
  return "available";
}

async function checkAccount({ services }: DoctorContext): Promise<string> {
  const { mode } = services.config.stripe;
  const { data } = await (await services.stripe()).products.list({ limit: 1 });
  const live = data[0]?.livemode;
  if (live !== undefined && live !== (mode === "live")) {
    throw new Error(
      `The key is for ${mode} mode, but Stripe uses the other mode`,
    );
  }
  return `valid, in ${mode} mode`;
}

async function checkCustomers({ services }: DoctorContext): Promise<string> {
  const linked = await checkLinkedAccount(services);
  return linked ? "Stripe has the linked ones" : "none is linked yet";
}

/** The tolerance of session tokens; Stripe's signatures allow 5 minutes. */
const MAX_SKEW_MS = 5_000;

async function checkClock({ services }: DoctorContext): Promise<string> {
  const stripe = await services.stripe();
  const beforeMs = services.now();
  const { lastResponse } = await stripe.products.list({ limit: 1 });
  // Typed as an object, but `Headers` with the SDK's fetch client.
  const headers = new Headers(lastResponse.headers);
  const date = Date.parse(headers.get("Date") ?? "");
  if (Number.isNaN(date)) return "unknown: the response has no Date header";
  // The header has whole seconds, from a time between request and response.
  const aheadMs = beforeMs - (date + 1_000);
  const behindMs = date - services.now();
  const skewMs = Math.max(aheadMs, behindMs, 0);
  if (skewMs > MAX_SKEW_MS) {
    throw new Error(`differs from Stripe's by ${Math.round(skewMs / 1000)} s`);
  }
  return "in sync with Stripe's";
}

async function checkPrices({ services }: DoctorContext): Promise<string> {
  const prices = await fetchPrices(await services.stripe());
  const problems: string[] = [];
  for (const [lookupKey, choice] of CHOICE_BY_LOOKUP_KEY) {
    const price = prices.get(lookupKey);
    const interval = "credits" in choice ? null : choice.interval;
    if (price === undefined) problems.push(`${lookupKey} is missing`);
    else if (price.interval !== interval) {
      problems.push(
        `${lookupKey} is not billed ${
          interval === null ? "once" : `per ${interval}`
        }`,
      );
    }
  }
  const currencies = new Set(
    [...prices.values()].map(({ currency }) => currency),
  );
  if (currencies.size > 1) {
    // A Stripe customer has a single currency.
    problems.push(`more than one currency: ${[...currencies].join(", ")}`);
  }
  if (problems.length > 0) throw new Error(problems.join("; "));
  return `${prices.size} found, in ${[...currencies].join()}`;
}

async function checkPortal({ services }: DoctorContext): Promise<string> {
  const { portalConfiguration, appUrl } = services.config;
  const stripe = await services.stripe();
  // Without an id, Stripe uses the account's default configuration.
  const choice: ConfigurationChoice = portalConfiguration === null
    ? { accountDefault: true }
    : { id: portalConfiguration };
  const found = await findConfiguration(stripe, choice);
  if (found === null) {
    throw new Error("The account has no default portal configuration");
  }
  if (!found.active) throw new Error(`${found.id} is not active`);
  const prices = await fetchPrices(stripe);
  const problems = configurationProblems(found, prices, appUrl);
  if (problems.length === 0) return `${found.id} is complete`;
  throw new Error(`${found.id} differs in ${problems.join(", ")}`);
}

async function checkEndpoint({ services }: DoctorContext): Promise<string> {
  const stripe = await services.stripe();
  const { appUrl } = services.config;
  const { current, outdated } = await findEndpoints(stripe, appUrl);
  if (current === null) {
    const version = outdated.length === 0
      ? ""
      : ` with API version ${STRIPE_API_VERSION}`;
    throw new Error(`No endpoint delivers to ${webhookUrl(appUrl)}${version}`);
  }
  const problems = endpointProblems(current);
  if (problems.length > 0) throw new Error(problems.join("; "));
  return `${current.id} receives ${current.enabled_events.length} event types`;
}

/** Delivers an ignored event, once signed correctly and once not. */
async function checkDelivery(context: DoctorContext): Promise<string> {
  const { services } = context;
  for (const secret of services.webhookSecrets) {
    const status = await deliver(context, secret);
    if (status !== 200) throw new Error(`A signed event gets status ${status}`);
  }
  const forged = await deliver(context, `whsec_${crypto.randomUUID()}`);
  if (forged !== 400) throw new Error(`A forged event gets status ${forged}`);
  return "accepts signed events and rejects forged ones";
}

async function deliver(
  { services, fetch }: DoctorContext,
  secret: string,
): Promise<number> {
  const { webhooks }: Stripe = await services.stripe();
  const payload = JSON.stringify({
    id: "evt_doctor",
    object: "event",
    api_version: STRIPE_API_VERSION,
    data: { object: {} },
    livemode: services.config.stripe.mode === "live",
    type: "portico.doctor",
  });
  const timestamp = Math.floor(services.now() / 1000);
  const signature = await webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp,
  });
  const response = await fetch(webhookUrl(services.config.appUrl), {
    method: "POST",
    headers: { "Stripe-Signature": signature },
    body: payload,
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  return response.status;
}

/** Bounds the check for a large account. */
const MAX_SUBSCRIPTIONS = 1_000;

/** Another product may use the same account, so this is a warning. */
async function checkSubscriptions(
  { services }: DoctorContext,
): Promise<string> {
  const { subscriptions } = await services.stripe();
  const list = subscriptions.list({ status: "active", limit: 100 });
  let checked = 0;
  let unlinked = 0;
  for await (const { customer } of list) {
    const owner = await services.store.readOrganization(idOf(customer));
    if (owner === null) unlinked += 1;
    if (++checked === MAX_SUBSCRIPTIONS) break;
  }
  const scope = checked === MAX_SUBSCRIPTIONS ? "newest " : "";
  const total = `${scope}${checked} active subscriptions`;
  if (unlinked === 0) return `${total} belong to organizations`;
  throw new Error(`${unlinked} of ${total} belong to no organization`);
}

/** Returns an error's message, except Stripe's for a 401, which quotes the key. */
export function errorMessage(error: unknown): string {
  if (isStripeError(error) && error.statusCode === 401) {
    return "Stripe rejected the API key";
  }
  return error instanceof Error ? error.message : String(error);
}
