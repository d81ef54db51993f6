import type Stripe from "stripe";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";
import { WEBHOOK_PATH } from "@/lib/webhooks/signature.ts";

type EnabledEvent = Stripe.WebhookEndpointCreateParams.EnabledEvent;

/** The event types of the webhook endpoint: those that have a handler. */
export const WANTED_EVENTS = [...HANDLERS.keys()]
  .toSorted() as EnabledEvent[];

/** The result of setting up the webhook endpoint. */
export interface EndpointSetup {
  changes: string[];
  /** `whsec_…`, which Stripe returns once; null if no endpoint was created. */
  secret: string | null;
  /** Endpoints for this URL with another API version. */
  outdated: string[];
}

/** Returns the URL to which Stripe delivers events. */
export function webhookUrl(appUrl: string): string {
  return `${appUrl}${WEBHOOK_PATH}`;
}

/**
 * Creates or updates the app's webhook endpoint: exactly the handled event
 * types, in the app's API version. The version of an endpoint is immutable, so
 * another version needs a new endpoint, which has a new secret.
 *
 * @throws {Error} An error of Stripe's SDK.
 */
export async function setUpEndpoint(
  stripe: Stripe,
  appUrl: string,
): Promise<EndpointSetup> {
  const { current, outdated } = await findEndpoints(stripe, appUrl);
  if (current === null) {
    const created = await createEndpoint(stripe, appUrl);
    const changes = [`webhook endpoint ${created.id}: created`];
    return { changes, secret: created.secret ?? null, outdated };
  }
  const problems = endpointProblems(current);
  if (problems.length > 0) {
    await stripe.webhookEndpoints.update(current.id, {
      enabled_events: WANTED_EVENTS,
      disabled: false,
    });
  }
  return {
    changes: problems.map((problem) =>
      `webhook endpoint ${current.id}: ${problem}`
    ),
    secret: null,
    outdated,
  };
}

/** Stripe's largest page; an account can have 16 endpoints. */
const MAX_ENDPOINTS = 100;

/** Finds the endpoints for the app's URL, by API version. */
export async function findEndpoints(
  stripe: Stripe,
  appUrl: string,
): Promise<{
  current: Stripe.WebhookEndpoint | null;
  outdated: string[];
}> {
  const { data } = await stripe.webhookEndpoints.list({ limit: MAX_ENDPOINTS });
  const ours = data.filter(({ url }) => url === webhookUrl(appUrl));
  const isCurrent = (endpoint: Stripe.WebhookEndpoint) =>
    endpoint.api_version === STRIPE_API_VERSION;
  return {
    current: ours.find(isCurrent) ?? null,
    outdated: ours.filter((endpoint) => !isCurrent(endpoint)).map(({ id }) =>
      id
    ),
  };
}

/** Returns the settings of an endpoint that need an update. */
export function endpointProblems(endpoint: Stripe.WebhookEndpoint): string[] {
  const enabled = new Set(endpoint.enabled_events);
  const wanted = new Set<string>(WANTED_EVENTS);
  const missing = wanted.difference(enabled);
  const extra = enabled.difference(wanted);
  return [
    ...(endpoint.status === "enabled" ? [] : ["is disabled"]),
    ...(missing.size === 0 ? [] : [`lacks ${[...missing].join(", ")}`]),
    ...(extra.size === 0 ? [] : [`has unneeded ${[...extra].join(", ")}`]),
  ];
}

function createEndpoint(
  stripe: Stripe,
  appUrl: string,
): Promise<Stripe.WebhookEndpoint> {
  return stripe.webhookEndpoints.create({
    url: webhookUrl(appUrl),
    enabled_events: WANTED_EVENTS,
    api_version: STRIPE_API_VERSION,
    description: "Portico",
  });
}
