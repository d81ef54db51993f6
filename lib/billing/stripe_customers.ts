import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
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
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function createCustomer(
  services: Services,
  orgId: string,
  { generation, retries }: { generation: number; retries: boolean },
): Promise<Stripe.Customer> {
  const stripe = await services.stripe();
  return await stripe.customers.create(
    { metadata: organizationMetadata(services, orgId) },
    {
      idempotencyKey: `customer-${orgId}-${generation}`,
      ...(!retries && { maxNetworkRetries: 0 }),
    },
  );
}

/** A customer's name and billing email; null if unknown. */
export interface CustomerProfile {
  name: string | null;
  email: string | null;
}

/**
 * Saves the name and the email that a customer lacks. Existing values are kept:
 * the customer may have changed them in the portal.
 */
export async function completeCustomer(
  { stripe, log }: Pick<Services, "stripe" | "log">,
  { id, name, email }: Stripe.Customer,
  profile: CustomerProfile,
): Promise<void> {
  const missing = {
    ...(!name && profile.name !== null && { name: profile.name }),
    ...(!email && profile.email !== null && { email: profile.email }),
  };
  if (Object.keys(missing).length === 0) return;
  try {
    await (await stripe()).customers.update(id, missing);
  } catch (error) {
    // Checkout asks for a missing email.
    log.warn("saving a customer's name failed", { customer: id }, error);
  }
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

/** Metadata that names an organization under the first of the configured keys. */
export function organizationMetadata(
  { config }: Pick<Services, "config">,
  orgId: string,
): Stripe.Metadata {
  return { [config.customerMetadataKeys[0]]: orgId };
}

/** Metadata that removes the organization, so that no search finds it. */
export function clearedMetadata(
  { config }: Pick<Services, "config">,
): Stripe.Metadata {
  return Object.fromEntries(
    config.customerMetadataKeys.map((key) => [key, ""]),
  );
}

/**
 * Returns the organizations that an object's metadata names, one for each of
 * the configured keys that it has, without duplicates.
 */
export function organizationsIn(
  { config }: Pick<Services, "config">,
  metadata: Stripe.Metadata,
): string[] {
  const named = config.customerMetadataKeys.map((key) => metadata[key]);
  return [...new Set(named.filter((orgId) => !!orgId))] as string[];
}

/** Allowed difference between Stripe's clock and ours. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** During a takeover a caller is waiting: one attempt of 3 s. */
const LOOKUP = { timeout: 3_000, maxNetworkRetries: 0 };

/**
 * Finds the Stripe customer whose metadata names an organization.
 *
 * @param former An earlier attempt, which may have created the customer. Search
 * lags by up to a minute; the list includes a new customer at once.
 * @returns Null if there is none.
 * @throws {BillingError} `conflict` if there are several, or if the customer
 * also belongs to another organization.
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function findCustomer(
  services: Services,
  orgId: string,
  former: CustomerClaim | null,
): Promise<Stripe.Customer | null> {
  return await requireOne(
    services,
    orgId,
    await findNamed(services, orgId, former),
  );
}

async function findNamed(
  services: Services,
  orgId: string,
  former: CustomerClaim | null,
): Promise<Stripe.Customer[]> {
  const { config: { customerMetadataKeys } } = services;
  const [recent, ...found] = await Promise.all([
    former === null ? [] : listRecent(services, former),
    ...customerMetadataKeys.map((key) =>
      search(services, { key, orgId, ...(former !== null && LOOKUP) })
    ),
  ]);
  const listed = recent.filter(({ metadata }) =>
    organizationsIn(services, metadata).includes(orgId)
  );
  const known = new Set(listed.map(({ id }) => id));
  const others = new Set(found.flat().map(({ id }) => id)).difference(known);
  const current = await Promise.all(
    [...others].map((id) => findCustomerById(services, id)),
  );
  return [...listed, ...current.filter((one) => one !== null)]
    .filter(({ metadata }) =>
      organizationsIn(services, metadata).includes(orgId)
    );
}

async function requireOne(
  services: Services,
  orgId: string,
  customers: readonly Stripe.Customer[],
): Promise<Stripe.Customer | null> {
  const [customer, ...more] = customers;
  if (customer === undefined) return null;
  const { id, metadata } = customer;
  const owner = await services.store.readOrganization(id) ?? orgId;
  const isClear = more.length === 0 && owner === orgId &&
    organizationsIn(services, metadata).length === 1;
  if (isClear) return customer;
  services.log.error("customer is ambiguous: run `deno task import`", {
    orgId,
    stripeCustomerIds: customers.map(({ id }) => id).join(),
    ...(owner !== orgId && { linkedTo: owner }),
  });
  throw new BillingError(
    "conflict",
    "Several Stripe customers claim your organization. Contact support",
  );
}

/** Lists the customers of the time in which earlier attempts ran. */
async function listRecent(
  { stripe }: Services,
  { sinceMs, claimedAtMs }: CustomerClaim,
): Promise<Stripe.Customer[]> {
  const { customers } = await stripe();
  const created = {
    gte: Math.floor((sinceMs - CLOCK_SKEW_MS) / 1000),
    lte: Math.ceil((Math.max(sinceMs, claimedAtMs) + CLOCK_SKEW_MS) / 1000),
  };
  return await Array.fromAsync(customers.list({ created, limit: 100 }, LOOKUP));
}

/**
 * Finds the customers that name the organization in their metadata, without
 * those that are linked to another: `deno task import --map` links a customer
 * without changing its metadata.
 *
 * @param former An unfinished creation; search may not find its customer yet.
 * @returns `cus_…`
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function findCustomers(
  services: Services,
  orgId: string,
  former: CustomerClaim | null,
): Promise<string[]> {
  const customers = await findNamed(services, orgId, former);
  const owners = await Promise.all(
    customers.map(({ id }) => services.store.readOrganization(id)),
  );
  return customers.map(({ id }) => id)
    .filter((_, index) => (owners[index] ?? orgId) === orgId);
}

/** Names a customer. Its later invoices are made out to the name. */
export async function nameCustomer(
  { stripe }: Pick<Services, "stripe">,
  stripeCustomerId: string,
  name: string,
): Promise<void> {
  const { customers } = await stripe();
  await retrieveOrNull(customers.update(stripeCustomerId, { name }));
}

/** Removes the organization from a customer's metadata. */
export async function clearOrganization(
  services: Pick<Services, "stripe" | "config">,
  stripeCustomerId: string,
): Promise<void> {
  const { customers } = await services.stripe();
  const metadata = clearedMetadata(services);
  await retrieveOrNull(customers.update(stripeCustomerId, { metadata }));
}

/** Stripe's largest page. */
const MAX_FOUND = 100;

/**
 * Search is not available to Stripe accounts in some countries. It ignores
 * case, and its results may be a minute old.
 */
async function search(
  { stripe, log }: Services,
  { key, orgId, ...options }:
    & { key: string; orgId: string }
    & Partial<typeof LOOKUP>,
): Promise<Stripe.Customer[]> {
  // Neither keys nor organization ids contain quotes.
  const query = `metadata['${key}']:'${orgId}'`;
  try {
    const { customers } = await stripe();
    return (await customers.search({ query, limit: MAX_FOUND }, options)).data;
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
