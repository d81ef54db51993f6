import type Stripe from "stripe";
import { BillingError } from "./errors.ts";
import type { Services } from "./services.ts";
import type { CustomerClaim, StoredCustomer } from "./store.ts";
import { isStripeError } from "./stripe.ts";

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
 * The organization's customer, made at Stripe if there is none yet: one
 * customer however many ask, in however many processes, and whatever crashes
 * in between.
 *
 * Before Stripe is called a claim is stored, which others wait for. A claim
 * that was left behind is taken over after a minute: first by looking whether
 * the customer is there, then by asking for it under the same idempotency
 * key, which gives the same customer again.
 *
 * @throws {BillingError} `unavailable` if somebody else has been making it
 * for ten seconds.
 * @throws {Error} What Stripe's SDK throws; the next caller tries at once.
 */
export async function ensureCustomer(
  services: Services,
  orgId: string,
): Promise<StoredCustomer> {
  const known = await services.store.readCustomer(orgId);
  if (known !== null) return known;
  return await services.flights.customers.run(
    orgId,
    () => makeCustomer(services, orgId),
  );
}

/** Forty looks at another's claim, a quarter of a second apart. */
const MAX_LOOKS = 40;
const LOOK_EVERY_MS = 250;

async function makeCustomer(
  services: Services,
  orgId: string,
): Promise<StoredCustomer> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const outcome = await services.store.claimCustomer(orgId, services.now());
    if (outcome.kind === "linked") return outcome.customer;
    if (outcome.kind === "claimed") {
      await fulfilClaim(services, orgId, outcome);
    } else {
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }
  throw new BillingError(
    "unavailable",
    "Billing is being set up for your organization. Try again in a moment",
    { retryAfterSec: 5 },
  );
}

async function fulfilClaim(
  services: Services,
  orgId: string,
  { claim, takenOver }: { claim: CustomerClaim; takenOver: boolean },
): Promise<void> {
  const { store } = services;
  try {
    const found = takenOver
      ? await findCustomer(services, orgId, claim.sinceMs)
      : null;
    const stripeCustomerId = found ?? await create(services, orgId, claim);
    const customer = { stripeCustomerId, createdAtMs: services.now() };
    await store.linkCustomer(orgId, customer, claim);
  } catch (error) {
    // What Stripe has saved under a key it will only ever say again.
    const generation = claim.generation + (isSavedFailure(error) ? 1 : 0);
    await store.releaseClaim(orgId, claim, generation);
    throw error;
  }
}

/**
 * The parameters are the organization's id alone: what may change between two
 * attempts, as a name, would be refused under the same key.
 */
async function create(
  services: Services,
  orgId: string,
  { generation }: CustomerClaim,
): Promise<string> {
  const stripe = await services.stripe();
  const { id } = await stripe.customers.create(
    { metadata: { organization: orgId } },
    { idempotencyKey: `customer-${orgId}-${generation}` },
  );
  return id;
}

/** Stripe finds a new customer some seconds late, and lists it at once. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** The oldest that Stripe has for the organization, if any. */
async function findCustomer(
  services: Services,
  orgId: string,
  sinceMs: number,
): Promise<string | null> {
  const stripe = await services.stripe();
  const fromSec = Math.floor((sinceMs - CLOCK_SKEW_MS) / 1000);
  const [found, recent] = await Promise.all([
    // An organization's id has no character that would end the quotes.
    stripe.customers.search({ query: `metadata['organization']:'${orgId}'` }),
    stripe.customers.list({ created: { gte: fromSec }, limit: 100 }),
  ]);
  const ours = [...found.data, ...recent.data]
    .filter(({ metadata }) => metadata["organization"] === orgId)
    .toSorted((a, b) => a.created - b.created);
  return ours[0]?.id ?? null;
}

function isSavedFailure(error: unknown): boolean {
  if (!isStripeError(error)) return false;
  return error.rawType === "idempotency_error" ||
    error.headers?.["idempotent-replayed"] === "true";
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
