import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { CustomerClaim } from "@/lib/store/mod.ts";
import { isStripeError } from "./stripe_client.ts";

/**
 * Creates an organization's customer at Stripe, once for each `generation`.
 *
 * The parameters are the organization's id alone: Stripe refuses a key that
 * comes with other parameters, and a name may change between two attempts.
 *
 * @returns `cus_…`
 * @throws {Error} What Stripe's SDK throws.
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
 * A customer by its id; null where Stripe has none, or has deleted it.
 *
 * @throws {Error} What else Stripe's SDK throws.
 */
export async function findCustomerById(
  { stripe }: Services,
  stripeCustomerId: string,
): Promise<Stripe.Customer | null> {
  const { customers } = await stripe();
  try {
    const customer = await customers.retrieve(stripeCustomerId);
    return customer.deleted ? null : customer;
  } catch (error) {
    if (isStripeError(error) && error.code === "resource_missing") return null;
    throw error;
  }
}

/** Between Stripe's clock and ours. */
const CLOCK_SKEW_MS = 5 * 60_000;
const LOOKUP = { timeout: 3_000, maxNetworkRetries: 0 };

/**
 * The oldest customer that former attempts have created for an organization,
 * if any: `cus_…`.
 *
 * @throws {Error} What Stripe's SDK throws.
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
  // Search finds a new customer up to a minute late; the list has it at once.
  const [found, recent] = await Promise.all([
    searchCustomers(services, orgId),
    Array.fromAsync(stripe.customers.list({ created, limit: 100 }, LOOKUP)),
  ]);
  const ours = [...found, ...recent]
    .filter(({ metadata }) => metadata["organization"] === orgId)
    .toSorted((a, b) => a.created - b.created);
  return ours[0]?.id ?? null;
}

/** Stripe refuses Search to accounts in some countries. */
async function searchCustomers(
  { stripe, log }: Services,
  orgId: string,
): Promise<Stripe.Customer[]> {
  // An organization's id has no character that would end the quotes.
  const query = `metadata['organization']:'${orgId}'`;
  try {
    return (await (await stripe()).customers.search({ query }, LOOKUP)).data;
  } catch (error) {
    const refused = isStripeError(error) &&
      (error.statusCode === 400 || error.statusCode === 403);
    if (!refused) throw error;
    log.warn("customers are not searched, only listed", { orgId }, error);
    return [];
  }
}

/**
 * Whether Stripe has saved a failure under the idempotency key. A 409 is not
 * one: Stripe may still be working on the first attempt.
 */
export function isSavedFailure(error: unknown): boolean {
  if (!isStripeError(error)) return false;
  const otherParameters = error.statusCode === 400 &&
    error.rawType === "idempotency_error";
  return otherParameters ||
    error.headers?.["idempotent-replayed"] === "true";
}

/** Whether an earlier attempt with the key has not ended at Stripe. */
export function isKeyInUse(error: unknown): boolean {
  return isStripeError(error) && error.code === "idempotency_key_in_use";
}
