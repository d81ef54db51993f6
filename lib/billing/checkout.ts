import type Stripe from "stripe";
import { withDeadline } from "@/lib/async/timeout.ts";
import type { Language } from "@/lib/config/languages.ts";
import { BillingError, hasCode } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { Actor } from "@/lib/store/activity.ts";
import type { PackTerms, StoredCheckout } from "@/lib/store/checkouts.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { ensureCustomer, withCustomer } from "./customers.ts";
import {
  type Choice,
  findPack,
  findPlan,
  isSameChoice,
  lookupKeyOf,
} from "./plans.ts";
import { openPortal } from "./portal.ts";
import { allowsFlow } from "./portal_flows.ts";
import {
  completeCustomer,
  type CustomerProfile,
  organizationMetadata,
} from "./stripe_customers.ts";
import {
  isStripeError,
  requireStripeUrl,
  retrieveOrNull,
} from "./stripe_client.ts";
import { hasSubscription } from "./subscription.ts";
import { syncSubscription } from "./sync.ts";

export interface CheckoutRequest {
  orgId: string;
  choice: Choice;
  /** Adds the tokens of a paid credit pack whose event was missed. */
  fulfill: FulfillPack;
  /** Actor recorded in the activity; the operator by default. */
  actor?: Actor | undefined;
  /** The language of Stripe's page; by default Stripe chooses. */
  language?: Language | undefined;
  /** For a customer that has no name or email yet. Default: unknown. */
  profile?: CustomerProfile;
}

/** `fulfillCheckout` of the wallet, which this folder must not import. */
type FulfillPack = (
  services: Services,
  orgId: string,
  sessionId: string,
) => Promise<unknown>;

const UNKNOWN: CustomerProfile = { name: null, email: null };

/**
 * Returns the Stripe page where an organization pays for its choice: a
 * Checkout session, new or still open, or the portal if the organization
 * already has a subscription. Creates the Stripe customer if needed.
 *
 * An organization has at most one open session. An open session for another
 * choice or in another language is expired first, and concurrent calls get the
 * same session.
 *
 * @returns A Stripe URL. It is a secret: never store or log it.
 * @throws {BillingError} `unavailable` while another process creates the
 * customer or keeps changing the choice, or if Stripe takes too long.
 * @throws {Error} Any error from the Stripe SDK, or a price that Stripe lacks.
 */
export function openCheckout(
  services: Services,
  request: CheckoutRequest,
): Promise<string> {
  const { orgId, choice } = request;
  const flight = services.inFlight.checkouts.run(
    `${orgId} ${lookupKeyOf(choice)}`,
    () => openWithRetries(services, request),
  );
  return withDeadline(services, "opening a checkout", flight);
}

/**
 * Retrieves a Checkout session.
 *
 * @param parameters For example `expand`.
 * @returns Null if Stripe has no such session.
 * @throws {Error} Any other error from the Stripe SDK.
 */
export async function findSession(
  { stripe }: Pick<Services, "stripe">,
  sessionId: string,
  parameters: Stripe.Checkout.SessionRetrieveParams = {},
): Promise<Stripe.Checkout.Session | null> {
  const { sessions } = (await stripe()).checkout;
  return await retrieveOrNull(sessions.retrieve(sessionId, parameters));
}

/**
 * Returns the present terms of a credit pack; null for a pack that is not in
 * the catalogue.
 */
export function packTerms(id: string): PackTerms | null {
  const pack = findPack(id);
  return pack === undefined
    ? null
    : { name: pack.name.en, tokens: pack.tokens };
}

const MAX_ATTEMPTS = 5;

async function openWithRetries(
  services: Services,
  request: CheckoutRequest,
): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const url = await tryOpen(services, request);
      if (url !== null) return url;
    } catch (error) {
      // Stripe has deleted the customer; the next attempt creates a new one.
      if (!hasCode(error, "no_stripe_customer")) throw error;
    }
  }
  throw new BillingError(
    "unavailable",
    "Another checkout is in progress for your organization. Try again",
    { retryAfterSec: 5 },
  );
}

/** @returns Null if a concurrent change requires another attempt. */
async function tryOpen(
  services: Services,
  { orgId, choice, fulfill, actor, language, profile = UNKNOWN }:
    CheckoutRequest,
): Promise<string | null> {
  let completed = Promise.resolve();
  const customer = await ensureCustomer(services, orgId, {
    ...(actor && { actor }),
    onFound: (found) => {
      completed = completeCustomer(services, found, profile);
    },
  });
  const former = await services.store.readCheckout(orgId);
  const request = {
    orgId,
    choice,
    fulfill,
    actor,
    language,
    profile,
    customer,
    completed,
    former,
  };
  if ("credits" in choice) return await sell(services, request);
  const { hasCustomer, subscription } = await syncSubscription(
    services,
    orgId,
    "interactive",
  );
  if (!hasCustomer) return null;
  if (!hasSubscription(subscription)) {
    return await sell(services, { ...request, trial: subscription === null });
  }
  const ended = former === null || "credits" in former.choice ||
    await endFormer(services, request, former);
  return ended
    ? await changeInPortal(services, {
      orgId,
      choice,
      actor,
      language,
      subscription,
    })
    : null;
}

interface Sale extends CheckoutRequest {
  customer: StoredCustomer;
  /** Resolves when the customer has its name and email, which Checkout shows. */
  completed: Promise<void>;
  /** The organization's stored open session, if any. */
  former: StoredCheckout | null;
  /** Whether the organization has never subscribed. */
  trial?: boolean;
}

async function sell(services: Services, sale: Sale): Promise<string | null> {
  const { choice, former, language } = sale;
  if (former === null) return await openSession(services, sale);
  if (isSameChoice(former.choice, choice)) {
    const session = await findSession(services, former.sessionId);
    if (
      session?.status === "open" && session.url &&
      isInLanguage(session, language)
    ) {
      return requireStripeUrl(services.config, session.url);
    }
  }
  const ended = await endFormer(services, sale, former);
  return ended ? await openSession(services, sale) : null;
}

/**
 * Reports whether a session has a language, or Stripe chooses its language. The
 * language of a session cannot be changed.
 */
function isInLanguage(
  { locale }: Stripe.Checkout.Session,
  language: Language | undefined,
): boolean {
  return !language || !locale || locale === language;
}

/**
 * Ensures that the former session can no longer be paid.
 *
 * @returns False if it has been completed: its result was synced, and the
 * checkout must begin again.
 */
async function endFormer(
  services: Services,
  { orgId, fulfill }: CheckoutRequest,
  { sessionId }: StoredCheckout,
): Promise<boolean> {
  const session = await findSession(services, sessionId);
  if (session === null || session.status === "expired") return true;
  if (session.status === "open") {
    return await expireSession(services, sessionId);
  }
  // Stored before the record is cleared: see `hasSubscribed`.
  if (session.mode === "payment") await fulfill(services, orgId, sessionId);
  else await syncSubscription(services, orgId, "interactive");
  await services.store.clearCheckout(orgId, sessionId, services.now());
  return false;
}

/** @returns False if the session was not open: it may have been paid. */
async function expireSession(
  { stripe }: Services,
  sessionId: string,
): Promise<boolean> {
  const { sessions } = (await stripe()).checkout;
  try {
    await sessions.expire(sessionId);
    return true;
  } catch (error) {
    if (isStripeError(error) && error.statusCode === 400) return false;
    throw error;
  }
}

/** Prevents a second subscription alongside the current one. */
async function changeInPortal(
  services: Services,
  { orgId, choice, actor, language, subscription }: {
    orgId: string;
    choice: Exclude<Choice, { credits: string }>;
    actor: Actor | undefined;
    language: Language | undefined;
    subscription: Subscription;
  },
): Promise<string> {
  const confirm = { flow: "subscription_update_confirm", ...choice } as const;
  const intent = allowsFlow(confirm, subscription) ? confirm : {};
  return await openPortal(services, {
    orgId,
    intent: { ...intent, locale: language },
    returnTo: "organization",
    actor,
  });
}

async function openSession(
  services: Services,
  sale: Sale,
): Promise<string | null> {
  const { orgId, choice, actor, customer, former } = sale;
  const [parameters] = await Promise.all([
    sessionParameters(services, sale),
    sale.completed,
  ]);
  const session = await withCustomer(
    services,
    { orgId, customer },
    (stripe) => stripe.checkout.sessions.create(parameters),
  );
  const url = requireStripeUrl(services.config, session.url);
  // Stored before the URL is returned: if the process crashes before that, the
  // session cannot be paid, because its URL was never sent.
  const stored = await services.store.writeCheckout(orgId, {
    checkout: {
      sessionId: session.id,
      choice,
      expiresAtMs: session.expires_at * 1000,
    },
    former,
    nowMs: services.now(),
    pack: "credits" in choice ? packTerms(choice.credits) : null,
    actor,
  });
  if (stored && !await hasSubscribed(services, sale)) return url;
  await expireSession(services, session.id);
  return null;
}

/**
 * Reports whether another session was paid since the subscription was read. Its
 * record may be cleared by now, so writing this session met no conflict.
 */
async function hasSubscribed(
  { store, now }: Services,
  { orgId, choice }: Sale,
): Promise<boolean> {
  if ("credits" in choice) return false;
  const { subscription } = await store.readBilling(orgId, now());
  return hasSubscription(subscription);
}

async function sessionParameters(
  services: Services,
  { orgId, choice, language, customer, trial, profile = UNKNOWN }: Sale,
): Promise<Stripe.Checkout.SessionCreateParams> {
  const { config } = services;
  const lookupKey = lookupKeyOf(choice);
  const price = (await services.prices()).get(lookupKey);
  if (price === undefined) {
    throw new Error(`Cannot sell ${lookupKey}: Stripe has no such price`);
  }
  const { appUrl } = config;
  const metadata = organizationMetadata(services, orgId);
  return {
    customer: customer.stripeCustomerId,
    client_reference_id: orgId,
    ...(language && { locale: language }),
    line_items: [{ price: price.id, quantity: 1 }],
    // Not built with URL, which would percent-encode the braces of the template.
    success_url: `${appUrl}/organization?checkout={CHECKOUT_SESSION_ID}#/plans`,
    cancel_url: "credits" in choice
      ? `${appUrl}/account#credits`
      : `${appUrl}/organization#/plans`,
    metadata,
    ...identityParameters(config, profile),
    ...(config.checkout.promotionCodes && { allow_promotion_codes: true }),
    ...("credits" in choice
      ? packParameters({ ...metadata, pack: choice.credits })
      : planParameters(metadata, trial ? findPlan(choice.plan)?.trialDays : 0)),
  };
}

/**
 * Asks for the name of an organization whose name is unknown. Otherwise
 * Checkout must not replace it with the cardholder's, unless a tax ID is
 * collected: Stripe requires the name that belongs to it.
 */
function identityParameters(
  { checkout: { automaticTax } }: Services["config"],
  { name }: CustomerProfile,
): Partial<Stripe.Checkout.SessionCreateParams> {
  return {
    customer_update: {
      address: "auto",
      ...((automaticTax || name === null) && { name: "auto" }),
    },
    ...(name === null && {
      name_collection: { business: { enabled: true, optional: true } },
    }),
    ...(automaticTax && {
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
    }),
  };
}

/**
 * Cards of a subscription's Checkout are `limited`, those of the portal and of
 * older integrations `unspecified`. Stripe offers only `always` by default.
 */
const SAVED_CARDS = {
  payment_method_save: "enabled",
  allow_redisplay_filters: ["always", "limited", "unspecified"],
} satisfies Stripe.Checkout.SessionCreateParams.SavedPaymentMethodOptions;

/** Without `invoice_creation` the purchase would not be listed as an invoice. */
function packParameters(metadata: Stripe.Metadata) {
  return {
    mode: "payment",
    metadata,
    payment_intent_data: { metadata },
    invoice_creation: { enabled: true },
    saved_payment_method_options: SAVED_CARDS,
  } as const;
}

function planParameters(
  metadata: Stripe.Metadata,
  trialDays: number | undefined,
) {
  return {
    mode: "subscription",
    subscription_data: {
      metadata,
      ...(trialDays && { trial_period_days: trialDays }),
    },
  } as const;
}
