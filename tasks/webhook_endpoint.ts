import type Stripe from "stripe";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe_client.ts";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";

type EnabledEvent = Stripe.WebhookEndpointCreateParams.EnabledEvent;

/** What a webhook endpoint of ours listens to: what is handled, no more. */
export const WANTED_EVENTS = [...HANDLERS.keys()]
  .toSorted() as EnabledEvent[];

/** What came of setting up the webhook endpoint. */
export interface EndpointSetup {
  changes: string[];
  /** `whsec_…`, which Stripe tells once; null where nothing was made. */
  secret: string | null;
  /** Endpoints at our address that are to be deleted by and by. */
  outdated: string[];
}

/** Where Stripe is to deliver. */
export function webhookUrl(appUrl: string): string {
  return `${appUrl}/api/v1/webhooks/stripe`;
}

/**
 * Makes, or brings up to date, the endpoint by which Stripe tells the app
 * what happens: exactly the events that it handles, in the API version that
 * it was written against. The version of an endpoint stays what it was, so
 * for another one a new endpoint is made, with a secret of its own.
 *
 * @throws {Error} What Stripe's SDK throws.
 */
export async function setUpEndpoint(
  stripe: Stripe,
  appUrl: string,
): Promise<EndpointSetup> {
  const { current, outdated } = await findEndpoints(stripe, appUrl);
  if (current === null) {
    const made = await createEndpoint(stripe, appUrl);
    const changes = [`webhook apiRoute ${made.id}: made`];
    return { changes, secret: made.secret ?? null, outdated };
  }
  const problems = endpointProblems(current);
  if (problems.length > 0) {
    await stripe.webhookEndpoints.update(current.id, {
      enabled_events: WANTED_EVENTS,
      disabled: false,
    });
  }
  return {
    changes: problems.map((one) => `webhook apiRoute ${current.id}: ${one}`),
    secret: null,
    outdated,
  };
}

/** Stripe's most; an account may have sixteen. */
const MAX_ENDPOINTS = 100;

/** The endpoint at our address, and those there of another API version. */
export async function findEndpoints(
  stripe: Stripe,
  appUrl: string,
): Promise<{
  current: Stripe.WebhookEndpoint | null;
  outdated: string[];
}> {
  const { data } = await stripe.webhookEndpoints.list({ limit: MAX_ENDPOINTS });
  const ours = data.filter(({ url }) => url === webhookUrl(appUrl));
  const isCurrent = (one: Stripe.WebhookEndpoint) =>
    one.api_version === STRIPE_API_VERSION;
  return {
    current: ours.find(isCurrent) ?? null,
    outdated: ours.filter((one) => !isCurrent(one)).map(({ id }) => id),
  };
}

/** What of an endpoint is not as it should be. */
export function endpointProblems(apiRoute: Stripe.WebhookEndpoint): string[] {
  const enabled = new Set(apiRoute.enabled_events);
  const wanted = new Set<string>(WANTED_EVENTS);
  const missing = wanted.difference(enabled);
  const spare = enabled.difference(wanted);
  return [
    ...(apiRoute.status === "enabled" ? [] : ["is disabled"]),
    ...(missing.size === 0 ? [] : [`lacks ${[...missing].join(", ")}`]),
    ...(spare.size === 0 ? [] : [`need not have ${[...spare].join(", ")}`]),
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
