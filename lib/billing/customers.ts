import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import { withTimeout } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import type {
  ClaimOutcome,
  CustomerClaim,
  StoredCustomer,
} from "@/lib/store/mod.ts";
import {
  createCustomer,
  findCustomer,
  isKeyInUse,
  isSavedFailure,
} from "./stripe_customers.ts";

/**
 * The organization's customer at Stripe, from the store alone: one read.
 *
 * @throws {BillingError} `no_stripe_customer` if the organization has none.
 */
export async function requireCustomer(
  { store }: Pick<Services, "store">,
  orgId: string,
): Promise<StoredCustomer> {
  const customer = await store.readCustomer(orgId);
  if (customer === null) throw noCustomer(orgId);
  return customer;
}

/**
 * The organization's customer, created at Stripe if there is none yet: one
 * customer for any number of concurrent callers and processes, and after a
 * crash at any point.
 *
 * The caller that claims the creation renews its claim while it works. Other
 * callers watch the claim; one that is no longer renewed has a dead owner and
 * is taken over: first by looking for the customer at Stripe, then by creating
 * it under the same idempotency key. An owner that was only slow therefore
 * gets the same customer, and no clocks are compared.
 *
 * @throws {BillingError} `unavailable` if another caller is still creating the
 * customer after two seconds.
 * @throws {Error} What Stripe's SDK throws; the next caller tries at once.
 */
export async function ensureCustomer(
  services: Services,
  orgId: string,
): Promise<StoredCustomer> {
  const known = await services.store.readCustomer(orgId);
  if (known !== null) return known;
  const { customers } = services.inFlight;
  const joins = customers.isRunning(orgId);
  const creating = customers.run(orgId, () => createOnce(services, orgId));
  const customer = joins
    ? await withTimeout(creating, WAIT_MS)
    : await creating;
  if (customer === null) throw beingCreated();
  return customer;
}

/**
 * Links a customer that Stripe has already.
 *
 * @returns Whether it is the organization's customer now.
 * @throws {BillingError} `unavailable` while another caller is creating one.
 */
export async function linkExisting(
  services: Services,
  orgId: string,
  stripeCustomerId: string,
): Promise<boolean> {
  const { store, now } = services;
  const outcome = await claimInTurn(services, orgId);
  if (outcome.kind === "linked") {
    return outcome.customer.stripeCustomerId === stripeCustomerId;
  }
  const customer = { stripeCustomerId, createdAtMs: now() };
  return await store.linkCustomer(orgId, customer, outcome.claim);
}

/** How long a caller waits for another's claim. */
const WAIT_MS = 2_000;
/** An attempt ends within 10 s, of which the caller has waited for two. */
const RETRY_AFTER_SEC = 8;

function beingCreated(cause?: unknown): BillingError {
  return new BillingError(
    "unavailable",
    "Billing is being set up for your organization. Try again in a moment",
    { retryAfterSec: RETRY_AFTER_SEC, cause },
  );
}

/** More than one where a slow attempt lost its claim to another process. */
const MAX_ATTEMPTS = 3;

async function createOnce(
  services: Services,
  orgId: string,
): Promise<StoredCustomer> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = await claimInTurn(services, orgId);
    if (outcome.kind === "linked") return outcome.customer;
    await fulfillClaim(services, orgId, outcome);
  }
  throw beingCreated();
}

type Claimed = Extract<ClaimOutcome, { kind: "claimed" }>;

const LOOK_EVERY_MS = 250;
const MAX_LOOKS = WAIT_MS / LOOK_EVERY_MS;
/** A living owner renews its claim at least twice in that time. */
const DEAD_AFTER_LOOKS = 5;
const RENEW_EVERY_MS = 500;
/** An attempt that takes longer than this is as good as dead. */
const MAX_RENEWALS = 40;

/** Waits while the owner of the claim lives, and takes over once it does not. */
async function claimInTurn(
  { store, now }: Services,
  orgId: string,
): Promise<Exclude<ClaimOutcome, { kind: "busy" }>> {
  let version: string | undefined;
  let unchanged = 0;
  for (let look = 0; look <= MAX_LOOKS; look++) {
    if (look > 0) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    const deadVersion = unchanged < DEAD_AFTER_LOOKS ? undefined : version;
    const outcome = await store.claimCustomer(orgId, now(), deadVersion);
    if (outcome.kind !== "busy") return outcome;
    unchanged = outcome.version === version ? unchanged + 1 : 0;
    version = outcome.version;
  }
  throw beingCreated();
}

async function fulfillClaim(
  services: Services,
  orgId: string,
  claimed: Claimed,
): Promise<void> {
  const { store } = services;
  const { claim } = claimed;
  try {
    const stripeCustomerId = await findOrCreate(services, orgId, claimed);
    const customer = { stripeCustomerId, createdAtMs: services.now() };
    await store.linkCustomer(orgId, customer, claim);
  } catch (error) {
    // Stripe repeats a failure that it has saved under the key.
    const generation = claim.generation + (isSavedFailure(error) ? 1 : 0);
    await store.releaseClaim(orgId, claim, generation);
    throw isKeyInUse(error) ? beingCreated(error) : error;
  }
}

async function findOrCreate(
  services: Services,
  orgId: string,
  { claim, former }: Claimed,
): Promise<string> {
  const endRenewals = startRenewals(services, orgId, claim);
  try {
    const found = former && await findCustomer(services, orgId, former);
    if (found) return found;
    return await createCustomer(services, orgId, {
      generation: claim.generation,
      // After the lookups a second attempt would take too long.
      retries: former === null,
    });
  } finally {
    await endRenewals();
  }
}

/** @returns Ends the renewals; the last one is done then. */
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
      log.warn("customer claim not renewed", { orgId }, error);
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

/** What a caller hears who has no customer, or has one no longer. */
export function noCustomer(orgId: string, cause?: unknown): BillingError {
  return new BillingError(
    "no_stripe_customer",
    `Stripe customer for organization ${orgId} not found`,
    { cause },
  );
}

/**
 * Whether Stripe says of an answer's cause that the customer which we named
 * is deleted or was never there.
 *
 * Not so for a customer of the other mode: that is a key and a store which do
 * not belong together, and forgetting would lose what is only out of sight.
 */
export function isMissingCustomer(error: unknown): boolean {
  return error instanceof Error && "code" in error && "param" in error &&
    error.code === "resource_missing" && error.param === "customer" &&
    !error.message.includes("a similar object exists in");
}

/**
 * Does something with the organization's customer at Stripe. If Stripe says
 * that it has the customer no longer, the customer is forgotten.
 *
 * @throws {BillingError} `no_stripe_customer` then; otherwise what was thrown.
 */
export async function withCustomer<T>(
  services: Services,
  { orgId, customer }: { orgId: string; customer: StoredCustomer },
  use: (stripe: Stripe) => Promise<T>,
): Promise<T> {
  const stripe = await services.stripe();
  try {
    return await use(stripe);
  } catch (error) {
    if (!isMissingCustomer(error)) throw error;
    await forgetCustomer(services, orgId, customer);
    throw noCustomer(orgId, error);
  }
}

/** Forgets a customer that Stripe has no longer, and says so in the log. */
export async function forgetCustomer(
  { store, log }: Services,
  orgId: string,
  customer: StoredCustomer,
): Promise<void> {
  await store.forgetCustomer(orgId, customer);
  log.warn("customer forgotten: Stripe has it no longer", {
    orgId,
    stripeCustomerId: customer.stripeCustomerId,
  });
}
