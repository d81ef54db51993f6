import type Stripe from "stripe";
import { isMissingCustomer, noCustomer, requireCustomer } from "./customers.ts";
import { BillingError } from "./errors.ts";
import type { PortalIntent } from "./schemas.ts";
import type { Services } from "./services.ts";
import type { StoredCustomer } from "./store.ts";

/** Whose portal, what for, and to which page its way back leads. */
export interface PortalRequest {
  orgId: string;
  intent: PortalIntent;
  returnTo: "organization" | "account";
}

/**
 * Opens Stripe's customer portal for an organization: one read of the store,
 * one call to Stripe. Every call makes a new session.
 *
 * @returns The portal's URL. It is a secret that lets its holder act for the
 * customer, for about an hour: never store, log or frame it.
 * @throws {BillingError} `no_stripe_customer`, also where Stripe no longer
 * has the customer, which is then forgotten; `validation_error` for a flow
 * that needs a subscription; `internal_error` if Stripe fails.
 * @see The HTTP contract, both portal endpoints.
 */
export async function openPortal(
  services: Services,
  request: PortalRequest,
): Promise<string> {
  const customer = await requireCustomer(services, request.orgId);
  const parameters = sessionParameters(services, request, customer);
  const stripe = await services.stripe();
  try {
    const session = await stripe.billingPortal.sessions.create(parameters);
    return session.url;
  } catch (error) {
    if (!isMissingCustomer(error)) throw error;
    await services.store.forgetCustomer(request.orgId, customer);
    services.log.warn("customer forgotten: Stripe has it no longer", {
      orgId: request.orgId,
      stripeCustomerId: customer.stripeCustomerId,
    });
    throw noCustomer(request.orgId, error);
  }
}

/**
 * Whether `openPortal` would be tried for this organization; asks the store
 * only, so it costs no session.
 *
 * @throws {BillingError} As `openPortal`, but for what only Stripe knows.
 */
export async function checkPortal(
  services: Services,
  { orgId, intent }: Omit<PortalRequest, "returnTo">,
): Promise<void> {
  await requireCustomer(services, orgId);
  refuseWithoutSubscription(intent);
}

function sessionParameters(
  { config }: Services,
  { intent, returnTo }: PortalRequest,
  { stripeCustomerId }: StoredCustomer,
): Stripe.BillingPortal.SessionCreateParams {
  refuseWithoutSubscription(intent);
  const returnUrl = returnUrlOf(config, returnTo);
  return {
    customer: stripeCustomerId,
    return_url: returnUrl,
    // Who finds the link expired may have a new one by proving the email.
    after_expiration: { type: "customer_login" },
    ...(config.portalConfiguration !== null && {
      configuration: config.portalConfiguration,
    }),
    ...(intent.locale && { locale: intent.locale }),
    ...(intent.flow && { flow_data: flowData(intent.flow, returnUrl) }),
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

/** A finished flow comes back by itself instead of by a second click. */
function flowData(
  type: NonNullable<PortalIntent["flow"]>,
  returnUrl: string,
): Stripe.BillingPortal.SessionCreateParams.FlowData {
  return {
    type,
    after_completion: { type: "redirect", redirect: { return_url: returnUrl } },
  };
}

const FLOWS_WITHOUT_SUBSCRIPTION: readonly PortalIntent["flow"][] = [
  undefined,
  "payment_method_update",
  "customer_update",
];

function refuseWithoutSubscription({ flow }: PortalIntent): void {
  if (FLOWS_WITHOUT_SUBSCRIPTION.includes(flow)) return;
  throw new BillingError(
    "validation_error",
    `Cannot open flow ${flow}: the organization has no subscription`,
  );
}
