import type Stripe from "stripe";
import { CHOICE_BY_LOOKUP_KEY } from "@/lib/billing/plans.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import type { Services } from "@/lib/services.ts";
import {
  isStripeError,
  STRIPE_API_VERSION,
} from "@/lib/billing/stripe_client.ts";
import {
  type Chosen,
  configurationProblems,
  findConfiguration,
} from "./portal_configuration.ts";
import {
  endpointProblems,
  findEndpoints,
  webhookUrl,
} from "./webhook_endpoint.ts";

/** What is looked at, and by which means. */
export interface DoctorContext {
  services: Services;
  /** Reaches the running app as Stripe would. */
  fetch: typeof fetch;
}

/** One thing that must hold. */
export interface Check {
  name: string;
  /** What to do where it does not. */
  mend: string;
  /** Whether it says anything in the sandbox. */
  inSandbox: boolean;
  /**
   * @returns What was seen, in a few words.
   * @throws {Error} Where it does not hold; the message says what is wrong.
   */
  look(patient: DoctorContext): Promise<string>;
}

const SET_UP = "run `deno task stripe:setup`";

/** All that a live configuration needs, in the order of what needs what. */
export const CHECKS: readonly Check[] = [
  {
    name: "store",
    mend: "see that KV_PATH names a folder that may be written, or a KV " +
      "Connect server that answers",
    inSandbox: true,
    look: lookAtStore,
  },
  {
    name: "token keys",
    mend: "see that AUTH_JWKS_URL can be reached from here, or that " +
      "AUTH_JWT_KEY is the public key",
    inSandbox: true,
    look: lookAtKeys,
  },
  {
    name: "Stripe key",
    mend: "copy STRIPE_SECRET_KEY anew from Stripe's dashboard",
    inSandbox: true,
    look: lookAtAccount,
  },
  {
    name: "clock",
    mend: "set this machine's clock, best by NTP",
    inSandbox: false,
    look: lookAtClock,
  },
  { name: "prices", mend: SET_UP, inSandbox: true, look: lookAtPrices },
  { name: "portal", mend: SET_UP, inSandbox: true, look: lookAtPortal },
  {
    name: "webhook endpoint",
    mend: SET_UP,
    inSandbox: false,
    look: lookAtEndpoint,
  },
  {
    name: "webhook delivery",
    mend: "see that the app runs at APP_URL with this STRIPE_WEBHOOK_SECRET",
    inSandbox: false,
    look: lookAtDelivery,
  },
];

async function lookAtStore({ services }: DoctorContext): Promise<string> {
  await services.store.probe(services.now());
  return "can be read and written";
}

async function lookAtKeys({ services }: DoctorContext): Promise<string> {
  await services.sessions.ready();
  return "can be had";
}

async function lookAtAccount({ services }: DoctorContext): Promise<string> {
  const { mode } = services.config.stripe;
  const { data } = await (await services.stripe()).products.list({ limit: 1 });
  const live = data[0]?.livemode;
  if (live !== undefined && live !== (mode === "live")) {
    throw new Error(`The key says ${mode} mode, and Stripe the other`);
  }
  return `works, in ${mode} mode`;
}

/** What session tokens leave; Stripe's signatures have five minutes. */
const MAX_SKEW_MS = 5_000;

async function lookAtClock({ services }: DoctorContext): Promise<string> {
  const stripe = await services.stripe();
  const beforeMs = services.now();
  const { lastResponse } = await stripe.products.list({ limit: 1 });
  // The SDK's types have an object here; where it fetches, it is `Headers`.
  const headers = new Headers(lastResponse.headers);
  const date = Date.parse(headers.get("Date") ?? "");
  if (Number.isNaN(date)) return "not told by this Stripe";
  // The header counts whole seconds, at some time between question and answer.
  const early = beforeMs - (date + 1_000);
  const late = date - services.now();
  const skewMs = Math.max(early, late, 0);
  if (skewMs > MAX_SKEW_MS) {
    throw new Error(`is ${Math.round(skewMs / 1000)} s away from Stripe's`);
  }
  return "agrees with Stripe's";
}

async function lookAtPrices({ services }: DoctorContext): Promise<string> {
  const prices = await fetchPrices(await services.stripe());
  const problems: string[] = [];
  for (const [lookupKey, choice] of CHOICE_BY_LOOKUP_KEY) {
    const price = prices.get(lookupKey);
    const interval = "credits" in choice ? null : choice.interval;
    if (price === undefined) problems.push(`${lookupKey} is missing`);
    else if (price.interval !== interval) {
      problems.push(`${lookupKey} is not paid ${interval ?? "once"}`);
    }
  }
  const currencies = new Set([...prices.values()].map((one) => one.currency));
  if (currencies.size > 1) {
    // One customer pays in one currency at Stripe.
    problems.push(`more than one currency: ${[...currencies].join(", ")}`);
  }
  if (problems.length > 0) throw new Error(problems.join("; "));
  return `${prices.size} found, in ${[...currencies].join()}`;
}

async function lookAtPortal({ services }: DoctorContext): Promise<string> {
  const { portalConfiguration, appUrl } = services.config;
  const stripe = await services.stripe();
  // The app names none unless it is told to: Stripe then takes the default.
  const chosen: Chosen = portalConfiguration === null
    ? { accountDefault: true }
    : { id: portalConfiguration };
  const found = await findConfiguration(stripe, chosen);
  if (found === null) {
    throw new Error("The account has no default portal configuration");
  }
  if (!found.active) throw new Error(`${found.id} is not active`);
  const prices = await fetchPrices(stripe);
  const problems = configurationProblems(found, prices, appUrl);
  if (problems.length === 0) return `${found.id} is complete`;
  throw new Error(`${found.id} differs in ${problems.join(", ")}`);
}

async function lookAtEndpoint({ services }: DoctorContext): Promise<string> {
  const stripe = await services.stripe();
  const { appUrl } = services.config;
  const { current, outdated } = await findEndpoints(stripe, appUrl);
  if (current === null) {
    const other = outdated.length === 0 ? "" : ` in ${STRIPE_API_VERSION}`;
    throw new Error(`None delivers to ${webhookUrl(appUrl)}${other}`);
  }
  const problems = endpointProblems(current);
  if (problems.length > 0) throw new Error(problems.join("; "));
  return `${current.id} listens to ${current.enabled_events.length} events`;
}

/** An event of no interest, signed by us, and the same signed by nobody. */
async function lookAtDelivery(patient: DoctorContext): Promise<string> {
  const { services } = patient;
  for (const secret of services.webhookSecrets) {
    const status = await deliver(patient, secret);
    if (status !== 200) throw new Error(`A signed event is answered ${status}`);
  }
  const forged = await deliver(patient, `whsec_${crypto.randomUUID()}`);
  if (forged !== 400) throw new Error(`A forged event is answered ${forged}`);
  return "a signed event passes, a forged one does not";
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

/** What an error says to an operator; Stripe's own words name no secret. */
export function wordsOf(error: unknown): string {
  if (isStripeError(error) && error.statusCode === 401) {
    return "Stripe does not know the key";
  }
  return error instanceof Error ? error.message : String(error);
}
