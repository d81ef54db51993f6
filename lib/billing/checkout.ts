import type Stripe from "stripe";
import { expireSession, findSession } from "./checkout_sessions.ts";
import { ensureCustomer, withCustomer } from "./customers.ts";
import { BillingError } from "@/lib/errors.ts";
import { type Choice, findPlan, isSameChoice, lookupKeyOf } from "./plans.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { openPortal } from "./portal.ts";
import { allowsFlow } from "./portal_flows.ts";
import type { Services } from "@/lib/services.ts";
import type {
  StoredCheckout,
  StoredCustomer,
  Subscription,
} from "@/lib/store/mod.ts";
import { requireStripeUrl } from "./stripe_client.ts";
import { hasSubscription, syncSubscription } from "./sync.ts";

/** Who wants to pay, and for what. */
export interface CheckoutRequest {
  orgId: string;
  choice: Choice;
}

/**
 * Leads an organization to where it pays for its choice: a Checkout session,
 * made or given again, or the portal where it has a subscription already.
 * Makes its Stripe customer first, once whatever happens.
 *
 * There is one open session an organization: one for another choice is
 * expired first, and callers at one time get the same one.
 *
 * @returns A URL of Stripe. It is a secret: never store or log it.
 * @throws {BillingError} `unavailable` while somebody else is making the
 * customer, or changes the choice as fast as this does, and where Stripe takes
 * too long.
 * @throws {Error} What Stripe's SDK throws, or that a price is missing.
 * @see The HTTP contract, POST /api/v1/operations/payment/checkout.
 */
export function openCheckout(
  services: Services,
  request: CheckoutRequest,
): Promise<string> {
  const { orgId, choice } = request;
  const flight = services.inFlight.checkouts.run(
    `${orgId} ${lookupKeyOf(choice)}`,
    () => leadToPayment(services, request),
  );
  return withDeadline(services, "opening a checkout", flight);
}

const MAX_ATTEMPTS = 5;

async function leadToPayment(
  services: Services,
  request: CheckoutRequest,
): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const url = await tryToLead(services, request);
      if (url !== null) return url;
    } catch (error) {
      // Stripe has deleted the customer, which is forgotten: a new one.
      if (!isForgotten(error)) throw error;
    }
  }
  throw new BillingError(
    "unavailable",
    "Somebody else is checking out for your organization. Try again",
    { retryAfterSec: 5 },
  );
}

function isForgotten(error: unknown): boolean {
  return error instanceof BillingError && error.code === "no_stripe_customer";
}

/** @returns Null where something changed meanwhile and one has to look again. */
async function tryToLead(
  services: Services,
  { orgId, choice }: CheckoutRequest,
): Promise<string | null> {
  const customer = await ensureCustomer(services, orgId);
  const former = await services.store.readCheckout(orgId);
  const request = { orgId, choice, customer, former };
  if ("credits" in choice) return await sell(services, request);
  const { subscription } = await syncSubscription(
    services,
    orgId,
    "interactive",
  );
  if (!hasSubscription(subscription)) {
    return await sell(services, { ...request, trial: subscription === null });
  }
  const ended = former === null || "credits" in former.choice ||
    await endFormer(services, orgId, former);
  return ended
    ? await changeInPortal(services, { orgId, choice, subscription })
    : null;
}

/** What a session is made for. */
interface Sale extends CheckoutRequest {
  customer: StoredCustomer;
  /** The session that was open before, as far as is known. */
  former: StoredCheckout | null;
  /** Whether the organization has never subscribed. */
  trial?: boolean;
}

async function sell(services: Services, sale: Sale): Promise<string | null> {
  const { orgId, choice, former } = sale;
  if (former === null) return await openSession(services, sale);
  if (isSameChoice(former.choice, choice)) {
    const session = await findSession(services, former.sessionId);
    if (session?.status === "open" && session.url) {
      return requireStripeUrl(services.config, session.url);
    }
  }
  const ended = await endFormer(services, orgId, former);
  return ended ? await openSession(services, sale) : null;
}

/**
 * Sees to it that nobody can pay by the former session any more.
 *
 * @returns False where somebody has: what it brought is to be looked at first.
 */
async function endFormer(
  services: Services,
  orgId: string,
  { sessionId }: StoredCheckout,
): Promise<boolean> {
  const session = await findSession(services, sessionId);
  if (session === null || session.status === "expired") return true;
  if (session.status === "open") {
    return await expireSession(services, sessionId);
  }
  await services.store.clearCheckout(orgId, sessionId);
  return false;
}

/** A second subscription beside one that has not ended is never sold. */
async function changeInPortal(
  services: Services,
  { orgId, choice, subscription }: {
    orgId: string;
    choice: Exclude<Choice, { credits: string }>;
    subscription: Subscription;
  },
): Promise<string> {
  const confirm = { flow: "subscription_update_confirm", ...choice } as const;
  const intent = allowsFlow(confirm, subscription) ? confirm : {};
  const returnTo = "organization";
  return await openPortal(services, { orgId, intent, returnTo });
}

async function openSession(
  services: Services,
  sale: Sale,
): Promise<string | null> {
  const { orgId, choice, customer, former } = sale;
  const parameters = await sessionParameters(services, sale);
  const session = await withCustomer(
    services,
    { orgId, customer },
    (stripe) => stripe.checkout.sessions.create(parameters),
  );
  const url = requireStripeUrl(services.config, session.url);
  // Noted before anybody has the URL: a session that a crash leaves unnoted
  // can be completed by nobody.
  const stands = await services.store.writeCheckout(orgId, {
    checkout: {
      sessionId: session.id,
      choice,
      expiresAtMs: session.expires_at * 1000,
    },
    former,
    nowMs: services.now(),
  });
  if (stands) return url;
  await expireSession(services, session.id);
  return null;
}

async function sessionParameters(
  { config, prices }: Services,
  { orgId, choice, customer, trial }: Sale,
): Promise<Stripe.Checkout.SessionCreateParams> {
  const lookupKey = lookupKeyOf(choice);
  const price = (await prices()).get(lookupKey);
  if (price === undefined) {
    throw new Error(`Cannot sell ${lookupKey}: Stripe has no such price`);
  }
  const { appUrl } = config;
  return {
    customer: customer.stripeCustomerId,
    client_reference_id: orgId,
    line_items: [{ price: price.id, quantity: 1 }],
    // Put together by hand: Stripe knows the braces only as they are.
    success_url: `${appUrl}/organization?checkout={CHECKOUT_SESSION_ID}#/plans`,
    cancel_url: "credits" in choice
      ? `${appUrl}/account#credits`
      : `${appUrl}/organization#/plans`,
    metadata: { organization: orgId },
    ...("credits" in choice
      ? paymentOf(orgId, choice.credits)
      : subscriptionOf(orgId, trial ? findPlan(choice.plan)?.trialDays : 0)),
  };
}

/** Without an invoice the purchase would be missing among the invoices. */
function paymentOf(orgId: string, pack: string) {
  const metadata = { organization: orgId, pack };
  return {
    mode: "payment",
    metadata,
    payment_intent_data: { metadata },
    invoice_creation: { enabled: true },
  } as const;
}

function subscriptionOf(orgId: string, trialDays: number | undefined) {
  return {
    mode: "subscription",
    subscription_data: {
      metadata: { organization: orgId },
      ...(trialDays && { trial_period_days: trialDays }),
    },
  } as const;
}
