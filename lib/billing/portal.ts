import type Stripe from "stripe";
import { withDeadline } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import { type Actor, OPERATOR } from "@/lib/store/activity.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type {
  Billing,
  PortalRecord,
  Subscription,
} from "@/lib/store/subscriptions.ts";
import { noCustomer, withCustomer } from "./customers.ts";
import { lookupKeyOf } from "./plans.ts";
import { refusedFlow, requireFeature } from "./portal_features.ts";
import {
  flowNeedsSubscription,
  type PortalIntent,
  type PortalReturn,
  requireFlow,
} from "./portal_flows.ts";
import { isStripeError, requireStripeUrl } from "./stripe_client.ts";

interface PortalRequest {
  orgId: string;
  intent: PortalIntent;
  /** The page that the portal's return link leads to. */
  returnTo: PortalReturn;
  /** Actor recorded in the activity; the operator by default. */
  actor?: Actor | undefined;
  /** The organization's billing, if the request has read it already. */
  billing?: Billing | null | undefined;
}

/**
 * Creates a session of Stripe's customer portal for an organization, with one
 * store read and one Stripe call.
 *
 * @returns The portal URL. It is a secret that grants access to the customer's
 * billing for about an hour: never store, log or frame it.
 * @throws {BillingError} `no_stripe_customer`, also if Stripe has deleted the
 * customer; `validation_error` for a flow that the organization's subscription
 * does not allow; `unavailable` if Stripe takes too long.
 * @throws {Error} Any error from the Stripe SDK or the store, or an invalid URL.
 */
export function openPortal(
  services: Services,
  request: PortalRequest,
): Promise<string> {
  const opening = open(services, request);
  return withDeadline(services, "opening a portal", opening);
}

async function open(
  services: Services,
  request: PortalRequest,
): Promise<string> {
  const { orgId } = request;
  const owner = await readOwner(services, request);
  const { customer } = owner;
  const parameters = await sessionParameters(services, request, owner);
  const session = await withCustomer(
    services,
    { orgId, customer },
    (stripe) => createSession(stripe, parameters),
  );
  const url = requireStripeUrl(services.config, session.url);
  recordOpened(services, request, owner.billing);
  return url;
}

/**
 * Makes the checks of {@linkcode openPortal} without creating a session.
 *
 * @throws {BillingError} `no_stripe_customer`, `validation_error`, or
 * `unavailable` if Stripe takes too long.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export async function checkPortal(
  services: Services,
  request: Omit<PortalRequest, "returnTo" | "actor">,
): Promise<void> {
  await readOwner(services, request);
  const { flow } = request.intent;
  if (flow === undefined) return;
  const checking = requireFeature(services, flow);
  await withDeadline(services, "checking a portal flow", checking);
}

interface PortalOwner {
  customer: StoredCustomer;
  /** Null if the flow does not concern the subscription. */
  subscription: Subscription | null;
  billing: Billing;
}

async function readOwner(
  { store, now }: Services,
  { orgId, intent, ...read }: Omit<PortalRequest, "returnTo" | "actor">,
): Promise<PortalOwner> {
  const billing = read.billing ?? await store.readBilling(orgId, now());
  const { customer } = billing;
  if (customer === null) throw noCustomer(orgId);
  const subscription = flowNeedsSubscription(intent)
    ? requireFlow(intent, billing.subscription)
    : null;
  return { customer, subscription, billing };
}

/**
 * Records that the portal was opened, so that the next page view syncs first
 * and shows the changes. Runs in the background: a portal visit takes longer
 * than the write.
 */
function recordOpened(
  { background, store, now }: Services,
  { orgId, intent, actor = OPERATOR }: PortalRequest,
  billing: Billing,
): void {
  const atMs = now();
  background.run(
    "recording that the portal was opened",
    () =>
      store.markPortalOpened(orgId, portalRecord(billing, atMs), {
        action: "portal.opened",
        atMs,
        actor,
        details: { flow: intent.flow ?? null },
      }),
  );
}

/**
 * Returns the record of a visit to Stripe's pages. Keeps the subscription
 * before an earlier visit until a page has shown its changes.
 */
export function portalRecord(
  { portalOpened, subscription }: Billing,
  openedAtMs: number,
): Required<PortalRecord> {
  const { before = subscription } = portalOpened ?? {};
  return { openedAtMs, before };
}

async function createSession(
  stripe: Stripe,
  parameters: Stripe.BillingPortal.SessionCreateParams,
): Promise<Stripe.BillingPortal.Session> {
  try {
    return await stripe.billingPortal.sessions.create(parameters);
  } catch (error) {
    const type = parameters.flow_data?.type;
    if (type === undefined || !isRefusedFlow(error)) throw error;
    throw refusedFlow(type, error);
  }
}

/**
 * Matches Stripe's errors for a subscription that differs from the stored one,
 * and for a flow that the portal configuration disables. They have no codes. A
 * missing configuration is the operator's to fix.
 */
function isRefusedFlow(error: unknown): boolean {
  return isStripeError(error) && error.statusCode === 400 &&
    (error.param ?? "flow_data").startsWith("flow_data") &&
    !error.message.includes("default configuration");
}

async function sessionParameters(
  services: Services,
  { intent, returnTo }: PortalRequest,
  { customer, subscription }: PortalOwner,
): Promise<Stripe.BillingPortal.SessionCreateParams> {
  const { config } = services;
  const returnUrl = returnUrlOf(config, returnTo);
  const { flow } = intent;
  return {
    customer: customer.stripeCustomerId,
    return_url: returnUrl,
    // An expired link offers to sign in by email.
    after_expiration: { type: "customer_login" },
    ...(config.portalConfiguration !== null && {
      configuration: config.portalConfiguration,
    }),
    ...(intent.locale && { locale: intent.locale }),
    ...(flow && {
      flow_data: {
        type: flow,
        // Without it, the customer has to click a second link to return.
        after_completion: {
          type: "redirect",
          redirect: { return_url: returnUrl },
        },
        ...(subscription && await flowTarget(services, intent, subscription)),
      },
    }),
  };
}

/** Built from the configuration only: the `Host` header is not trusted. */
function returnUrlOf(
  { appUrl, frontendUrl }: Services["config"],
  page: PortalReturn,
): string {
  if (page === "account") return `${frontendUrl}/account`;
  return page === "details"
    ? `${appUrl}/organization/details`
    : `${appUrl}/organization#/plans`;
}

/** The ids come from the store and the catalogue, never from the request. */
async function flowTarget(
  { prices }: Services,
  { flow, plan, interval }: PortalIntent,
  { id, itemId, quantity = 1 }: Subscription,
): Promise<Partial<Stripe.BillingPortal.SessionCreateParams.FlowData>> {
  switch (flow) {
    case "subscription_cancel":
      return { subscription_cancel: { subscription: id } };
    case "subscription_pause":
      return { subscription_pause: { subscription: id } };
    case "subscription_update":
      return { subscription_update: { subscription: id } };
    case "subscription_update_confirm": {
      if (plan === undefined || interval === undefined) return {};
      const price = (await prices()).get(lookupKeyOf({ plan, interval }));
      if (price === undefined) {
        throw new Error(`Cannot sell ${plan} by the ${interval}: no price`);
      }
      const items = [{ id: itemId, price: price.id, quantity }];
      return { subscription_update_confirm: { subscription: id, items } };
    }
    default:
      return {};
  }
}
