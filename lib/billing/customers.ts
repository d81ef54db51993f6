import type Stripe from "stripe";
import { withTimeout } from "@/lib/async/timeout.ts";
import { BillingError, hasCode } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { type Actor, OPERATOR } from "@/lib/store/activity.ts";
import type {
  ClaimOutcome,
  CustomerClaim,
  StoredCustomer,
} from "@/lib/store/customers.ts";
import { isDeletedCustomer } from "./missing_customer.ts";
import {
  clearOrganization,
  createCustomer,
  findCustomer,
  isKeyInUse,
  isSavedFailure,
} from "./stripe_customers.ts";

/**
 * Returns the organization's customer. Links the one that Stripe has for it, or
 * creates it. Concurrent callers and processes get the same customer, even
 * after a crash at any point.
 *
 * The caller that claims the creation renews its claim while it works. Other
 * callers watch the claim. If it is not renewed, its owner has crashed and the
 * claim is taken over: the new owner also lists recent customers, then creates
 * one with the same idempotency key. If the former owner was only slow,
 * both get the same customer. Clocks of different machines are not compared.
 *
 * @param options `actor`: recorded in the activity.
 * `onFound`: called with the customer if it is linked by this call.
 * @throws {BillingError} `unavailable` if another caller is still creating the
 * customer after two seconds; `conflict` if Stripe has several; `not_found` if
 * the organization was deleted.
 * @throws {Error} Any error from the Stripe SDK. The claim is released, so the
 * next caller can retry immediately.
 */
export async function ensureCustomer(
  services: Services,
  orgId: string,
  { actor = OPERATOR, onFound = () => {} }: Partial<Request> = {},
): Promise<StoredCustomer> {
  const known = await services.store.readCustomer(orgId);
  if (known !== null) return known;
  const { customers } = services.inFlight;
  const joins = customers.isRunning(orgId);
  const creating = customers.run(
    orgId,
    () => createOnce(services, orgId, { actor, onFound }),
  );
  const customer = joins
    ? await withTimeout(creating, WAIT_MS)
    : await creating;
  if (customer === null) throw beingCreated();
  return customer;
}

/**
 * Links an existing Stripe customer to an organization.
 *
 * @returns False if the organization has another customer, or the customer
 * another organization.
 * @throws {BillingError} `unavailable` while another caller is creating one.
 */
export async function linkExistingCustomer(
  services: Services,
  orgId: string,
  stripeCustomerId: string,
  actor: Actor = OPERATOR,
): Promise<boolean> {
  const { store, now } = services;
  const outcome = await waitForClaim(services, orgId);
  if (outcome.kind === "linked") {
    return outcome.customer.stripeCustomerId === stripeCustomerId;
  }
  const customer = { stripeCustomerId, createdAtMs: now() };
  const { claim } = outcome;
  const linked = await store.linkCustomer(orgId, customer, { claim, actor });
  if (!linked) await store.releaseClaim(orgId, claim, claim.generation);
  return linked;
}

/** How long a caller waits for another caller's claim. */
const WAIT_MS = 2_000;
/** An attempt takes up to 10 s, of which the caller has waited two. */
const RETRY_AFTER_SEC = 8;

function beingCreated(cause?: unknown): BillingError {
  return new BillingError(
    "unavailable",
    "Billing is being set up for your organization. Try again in a moment",
    { retryAfterSec: RETRY_AFTER_SEC, cause },
  );
}

interface Request {
  actor: Actor;
  onFound: (customer: Stripe.Customer) => void;
}

/** An attempt fails if another process takes over its claim. */
const MAX_ATTEMPTS = 3;

async function createOnce(
  services: Services,
  orgId: string,
  request: Request,
): Promise<StoredCustomer> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = await waitForClaim(services, orgId);
    if (outcome.kind === "linked") return outcome.customer;
    await fulfillClaim(services, orgId, { ...request, claimed: outcome });
  }
  throw beingCreated();
}

type Claimed = Extract<ClaimOutcome, { kind: "claimed" }>;

const POLL_EVERY_MS = 250;
const MAX_POLLS = WAIT_MS / POLL_EVERY_MS;
/** A running owner renews its claim at least twice within this many polls. */
const ABANDONED_AFTER_POLLS = 5;
const RENEW_EVERY_MS = 500;
/** Bounds the renewals, so that an attempt that hangs loses its claim. */
const MAX_RENEWALS = 40;

/** Waits while another owner renews the claim; takes over if it stops. */
async function waitForClaim(
  { store, now }: Services,
  orgId: string,
): Promise<Exclude<ClaimOutcome, { kind: "busy" }>> {
  let version: string | undefined;
  let unchanged = 0;
  for (let poll = 0; poll <= MAX_POLLS; poll++) {
    if (poll > 0) await new Promise((done) => setTimeout(done, POLL_EVERY_MS));
    const abandoned = unchanged < ABANDONED_AFTER_POLLS ? undefined : version;
    const outcome = await store.claimCustomer(orgId, now(), abandoned);
    if (outcome.kind !== "busy") return outcome;
    unchanged = outcome.version === version ? unchanged + 1 : 0;
    version = outcome.version;
  }
  throw beingCreated();
}

async function fulfillClaim(
  services: Services,
  orgId: string,
  { claimed, actor, onFound }: Request & { claimed: Claimed },
): Promise<void> {
  const { store } = services;
  const { claim } = claimed;
  try {
    const found = await findOrCreate(services, orgId, claimed);
    const { id: stripeCustomerId } = found;
    const customer = { stripeCustomerId, createdAtMs: services.now() };
    if (await store.linkCustomer(orgId, customer, { claim, actor })) {
      return onFound(found);
    }
    // Either the organization was deleted, or another attempt was first.
    if (await store.readDeletion(orgId) !== null) {
      await clearOrganization(services, stripeCustomerId);
    }
  } catch (error) {
    // Nothing was created: the next attempt needs no takeover.
    if (claimed.former === null && hasCode(error, "conflict")) {
      await store.dropClaim(orgId, claim);
      throw error;
    }
    // Stripe replays a failure that it has saved under the idempotency key,
    // so the next attempt needs a new key.
    const generation = claim.generation + (isSavedFailure(error) ? 1 : 0);
    await store.releaseClaim(orgId, claim, generation);
    throw isKeyInUse(error) ? beingCreated(error) : error;
  }
}

async function findOrCreate(
  services: Services,
  orgId: string,
  { claim, former }: Claimed,
): Promise<Stripe.Customer> {
  const endRenewals = startRenewals(services, orgId, claim);
  try {
    const found = await findCustomer(services, orgId, former);
    if (found !== null) return found;
    return await createCustomer(services, orgId, {
      generation: claim.generation,
      // A takeover begins late: there is no time left for a retry.
      retries: former === null,
    });
  } finally {
    await endRenewals();
  }
}

/** @returns A function that stops the renewals and awaits the last one. */
function startRenewals(
  { store, log }: Services,
  orgId: string,
  claim: CustomerClaim,
): () => Promise<void> {
  let left = MAX_RENEWALS;
  let last = Promise.resolve();
  const renew = async () => {
    try {
      await store.renewClaim(orgId, claim);
    } catch (error) {
      log.warn("customer claim renewal failed", { orgId }, error);
    }
  };
  const timer = setInterval(() => {
    if (left-- > 0) last = last.then(renew);
  }, RENEW_EVERY_MS);
  return () => {
    clearInterval(timer);
    return last;
  };
}

/** The error for an organization that has no customer, or lost it. */
export function noCustomer(orgId: string, cause?: unknown): BillingError {
  return new BillingError(
    "no_stripe_customer",
    `Stripe customer for organization ${orgId} not found`,
    { cause },
  );
}

/**
 * Calls Stripe with the organization's customer. If Stripe has deleted the
 * customer, the stored customer is forgotten.
 *
 * @throws {BillingError} `no_stripe_customer` if the customer is deleted.
 * @throws {UnknownCustomerError} If Stripe does not have the customer at all.
 * @throws {Error} Any other error from the call.
 */
export async function withCustomer<T>(
  services: Services,
  { orgId, customer }: { orgId: string; customer: StoredCustomer },
  call: (stripe: Stripe) => Promise<T>,
): Promise<T> {
  const stripe = await services.stripe();
  try {
    return await call(stripe);
  } catch (error) {
    const { stripeCustomerId } = customer;
    if (!await isDeletedCustomer(services, stripeCustomerId, error)) {
      throw error;
    }
    await forgetCustomer(services, orgId, customer);
    throw noCustomer(orgId, error);
  }
}

/** Forgets a customer that Stripe has deleted, and logs it. */
export async function forgetCustomer(
  { store, log }: Services,
  orgId: string,
  customer: StoredCustomer,
): Promise<void> {
  await store.forgetCustomer(orgId, customer);
  log.warn("customer forgotten: deleted at Stripe", {
    orgId,
    stripeCustomerId: customer.stripeCustomerId,
  });
}
