import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { CustomerClaim } from "@/lib/store/customers.ts";
import { isStripeError, retrieveOrNull } from "./stripe_client.ts";

/**
 * Creates an organization's customer at Stripe, at most once per `generation`.
 *
 * The organization id is the only parameter: Stripe rejects an idempotency key
 * that is reused with other parameters, and a name may change between two
 * attempts.
 *
 * @returns `cus_…`
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function createCustomer(
  services: Services,
  orgId: string,
  { generation, retries }: { generation: number; retries: boolean },
): Promise<string> {
  const stripe = await services.stripe();
  const { id } = await stripe.customers.create(
    { metadata: { organization: orgId } },
    {
      idempotencyKey: `customer-${orgId}-${generation}`,
      ...(!retries && { maxNetworkRetries: 0 }),
    },
  );
  return id;
}

/**
 * Retrieves a customer.
 *
 * @returns Null if Stripe has no such customer, or has deleted it.
 * @throws {Error} Any other error from the Stripe SDK.
 */
export async function findCustomerById(
  { stripe }: Services,
  stripeCustomerId: string,
): Promise<Stripe.Customer | null> {
  const { customers } = await stripe();
  const customer = await retrieveOrNull(customers.retrieve(stripeCustomerId));
  return customer === null || customer.deleted ? null : customer;
}

/** Allowed difference between Stripe's clock and ours. */
const CLOCK_SKEW_MS = 5 * 60_000;
const LOOKUP = { timeout: 3_000, maxNetworkRetries: 0 };

/**
 * Finds the oldest customer that earlier attempts have created for an
 * organization.
 *
 * @returns `cus_…`, or null.
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function findCustomer(
  services: Services,
  orgId: string,
  { sinceMs, claimedAtMs }: CustomerClaim,
): Promise<string | null> {
  const stripe = await services.stripe();
  const created = {
    gte: Math.floor((sinceMs - CLOCK_SKEW_MS) / 1000),
    lte: Math.ceil((Math.max(sinceMs, claimedAtMs) + CLOCK_SKEW_MS) / 1000),
  };
  // Search lags by up to a minute; the list includes a new customer at once.
  const [found, recent] = await Promise.all([
    searchCustomers(services, orgId),
    Array.fromAsync(stripe.customers.list({ created, limit: 100 }, LOOKUP)),
  ]);
  const matches = [...found, ...recent]
    .filter(({ metadata }) => metadata["organization"] === orgId)
    .toSorted((a, b) => a.created - b.created);
  return matches[0]?.id ?? null;
}

/**
 * Finds the customers that carry the organization in their metadata.
 *
 * @param claim An unfinished creation, whose customer search may lag behind.
 * @returns `cus_…`
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function findCustomers(
  services: Services,
  orgId: string,
  claim: CustomerClaim | null,
): Promise<string[]> {
  const found = await searchCustomers(services, orgId);
  const unfinished = claim && await findCustomer(services, orgId, claim);
  const ids = found.map(({ id }) => id);
  return [...new Set(unfinished === null ? ids : [...ids, unfinished])];
}

/** Removes the organization from the metadata, so that no search finds it. */
export async function clearOrganization(
  { stripe }: Pick<Services, "stripe">,
  stripeCustomerId: string,
): Promise<void> {
  const { customers } = await stripe();
  const metadata = { organization: "" };
  await retrieveOrNull(customers.update(stripeCustomerId, { metadata }));
}

/** Search is not available to Stripe accounts in some countries. */
async function searchCustomers(
  { stripe, log }: Services,
  orgId: string,
): Promise<Stripe.Customer[]> {
  // Organization ids contain no quotes, so nothing needs escaping.
  const query = `metadata['organization']:'${orgId}'`;
  try {
    return (await (await stripe()).customers.search({ query }, LOOKUP)).data;
  } catch (error) {
    const refused = isStripeError(error) &&
      (error.statusCode === 400 || error.statusCode === 403);
    if (!refused) throw error;
    log.warn("customer search refused, only listing", { orgId }, error);
    return [];
  }
}

/**
 * Reports whether Stripe has saved this failure under the idempotency key. A
 * 409 is not saved: Stripe may still be processing the first attempt.
 */
export function isSavedFailure(error: unknown): boolean {
  if (!isStripeError(error)) return false;
  const otherParameters = error.statusCode === 400 &&
    error.rawType === "idempotency_error";
  return otherParameters ||
    error.headers?.["idempotent-replayed"] === "true";
}

/** Reports whether Stripe is still processing an attempt with the same key. */
export function isKeyInUse(error: unknown): boolean {
  return isStripeError(error) && error.code === "idempotency_key_in_use";
}
