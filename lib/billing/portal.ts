import type Stripe from "stripe";
import { noCustomer, withCustomer } from "./customers.ts";
import { BillingError } from "@/lib/errors.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { lookupKeyOf } from "./plans.ts";
import { flowNeedsSubscription, requireFlow } from "./portal_flows.ts";
import type { PortalIntent } from "@/lib/http/schemas/requests.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, StoredCustomer, Subscription } from "@/lib/store/mod.ts";
import { isStripeError, requireStripeUrl } from "./stripe_client.ts";

/** Whose portal, what for, and to which page its way back leads. */
export interface PortalRequest {
  orgId: string;
  intent: PortalIntent;
  returnTo: "organization" | "account";
  /** If this request has read it already. */
  billing?: Billing | null | undefined;
}

/**
 * Opens Stripe's customer portal for an organization: one read of the store,
 * one call to Stripe. Every call makes a new session.
 *
 * @returns The portal's URL. It is a secret that lets its holder act for the
 * customer, for about an hour: never store, log or frame it.
 * @throws {BillingError} `no_stripe_customer`, also where Stripe no longer
 * has the customer, which is then forgotten; `validation_error` for a flow
 * that the organization's subscription does not allow; `internal_error` if
 * Stripe fails or gives no usable URL, `unavailable` if it takes too long.
 * @see The HTTP contract, both portal endpoints.
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
  const { customer, subscription } = await readPortal(services, request);
  const parameters = await sessionParameters(services, request, {
    customer,
    subscription,
  });
  noteOpened(services, orgId);
  const session = await withCustomer(
    services,
    { orgId, customer },
    (stripe) => createSession(stripe, parameters),
  );
  return requireStripeUrl(services.config, session.url);
}

/**
 * Whether `openPortal` would be tried for this organization; asks the store
 * only, so it costs no session.
 *
 * @throws {BillingError} As `openPortal`, but for what only Stripe knows.
 */
export async function checkPortal(
  services: Services,
  request: Omit<PortalRequest, "returnTo">,
): Promise<void> {
  await readPortal(services, request);
}

/** Whose portal it is; the subscription only where the flow is about it. */
interface Owner {
  customer: StoredCustomer;
  subscription: Subscription | null;
}

async function readPortal(
  { store, now }: Services,
  { orgId, intent, billing }: Omit<PortalRequest, "returnTo">,
): Promise<Owner> {
  if (!flowNeedsSubscription(intent)) {
    const { customer } = billing ??
      { customer: await store.readCustomer(orgId) };
    if (customer === null) throw noCustomer(orgId);
    return { customer, subscription: null };
  }
  const { customer, subscription } = billing ??
    await store.readBilling(orgId, now());
  if (customer === null) throw noCustomer(orgId);
  return { customer, subscription: requireFlow(intent, subscription) };
}

/**
 * The next page is to ask Stripe first. Nobody waits for the note: a visit to
 * the portal takes longer than a write, and webhooks tell the same a little
 * later. It is right even if the portal does not open.
 */
function noteOpened(
  { background, store, now }: Services,
  orgId: string,
): void {
  background.run(
    "noting that the portal was opened",
    () => store.markPortalOpened(orgId, now()),
  );
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
    throw new BillingError(
      "validation_error",
      `Cannot open flow ${type}: Stripe does not allow it now`,
      { cause: error },
    );
  }
}

/**
 * What Stripe says where the subscription is not as the snapshot has it, or
 * where the portal's configuration leaves the flow out. It gives these no
 * codes.
 */
function isRefusedFlow(error: unknown): boolean {
  return isStripeError(error) && error.statusCode === 400 &&
    /no changes to confirm|already set to be canceled|is disabled/
      .test(error.message);
}

async function sessionParameters(
  services: Services,
  { intent, returnTo }: PortalRequest,
  { customer, subscription }: Owner,
): Promise<Stripe.BillingPortal.SessionCreateParams> {
  const { config } = services;
  const returnUrl = returnUrlOf(config, returnTo);
  const { flow } = intent;
  return {
    customer: customer.stripeCustomerId,
    return_url: returnUrl,
    // Who finds the link expired may have a new one by proving the email.
    after_expiration: { type: "customer_login" },
    ...(config.portalConfiguration !== null && {
      configuration: config.portalConfiguration,
    }),
    ...(intent.locale && { locale: intent.locale }),
    ...(flow && {
      flow_data: {
        type: flow,
        // A finished flow comes back by itself instead of by a second click.
        after_completion: {
          type: "redirect",
          redirect: { return_url: returnUrl },
        },
        ...(subscription && await flowTarget(services, intent, subscription)),
      },
    }),
  };
}

/** Built from configuration alone: a request's `Host` may be anybody's. */
function returnUrlOf(
  { appUrl, frontendUrl }: Services["config"],
  page: PortalRequest["returnTo"],
): string {
  return page === "account"
    ? `${frontendUrl}/account`
    : `${appUrl}/organization#/plans`;
}

/** What the flow is about; ids are the snapshot's and the catalogue's. */
async function flowTarget(
  { prices }: Services,
  { flow, plan, interval }: PortalIntent,
  { id, itemId }: Subscription,
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
      const items = [{ id: itemId, price: price.id, quantity: 1 }];
      return { subscription_update_confirm: { subscription: id, items } };
    }
    default:
      return {};
  }
}
