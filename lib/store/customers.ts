import {
  asCustomer,
  type ClaimStore,
  claimStore,
  type CustomerClaim,
  type CustomerRecord,
  holds,
  type StoredCustomer,
} from "./customer_claims.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Customers of a page of the store, and where the next page begins. */
export interface CustomerPage {
  customers: { orgId: string; stripeCustomerId: string }[];
  /** Null after the last page. */
  cursor: string | null;
}

/** Organizations and their customers. */
export interface CustomerStore extends ClaimStore {
  /** The organization's customer, or null while it has none. */
  readCustomer(orgId: string): Promise<StoredCustomer | null>;
  /** The organization that a customer belongs to. */
  readOrganization(stripeCustomerId: string): Promise<string | null>;
  /**
   * Gives an organization its customer, both ways at once, in place of the
   * claim to make it where there is one.
   *
   * @returns Whether it is so now: false where another customer was first.
   */
  linkCustomer(
    orgId: string,
    customer: CustomerRecord,
    claim?: CustomerClaim,
  ): Promise<boolean>;
  /**
   * Forgets a customer that Stripe no longer has, both ways at once, with
   * what was known of it, and raises the organization's generation, so that a
   * new customer is asked for under a new idempotency key. Does nothing if
   * the record has changed since it was read.
   */
  forgetCustomer(orgId: string, customer: StoredCustomer): Promise<void>;
  /** Customers in the order of their organizations, at most `limit`. */
  listCustomers(
    options: { limit: number; cursor: string | null },
  ): Promise<CustomerPage>;
}

export function customerStore(kv: Deno.Kv): CustomerStore {
  return {
    readCustomer: (orgId) => readCustomer(kv, orgId),
    readOrganization: (stripeCustomerId) =>
      readOrganization(kv, stripeCustomerId),
    ...claimStore(kv),
    linkCustomer: (orgId, customer, claim) =>
      linkCustomer(kv, orgId, { customer, claim }),
    forgetCustomer: (orgId, customer) => forgetCustomer(kv, orgId, customer),
    listCustomers: (options) => listCustomers(kv, options),
  };
}

async function readCustomer(
  kv: Deno.Kv,
  orgId: string,
): Promise<StoredCustomer | null> {
  return asCustomer(await withRetry(() => kv.get(key.customer(orgId))));
}

async function readOrganization(
  kv: Deno.Kv,
  stripeCustomerId: string,
): Promise<string | null> {
  const entry = await withRetry(() =>
    kv.get<string>(key.organization(stripeCustomerId))
  );
  return entry.value;
}

async function linkCustomer(
  kv: Deno.Kv,
  orgId: string,
  { customer, claim }: {
    customer: CustomerRecord;
    claim: CustomerClaim | undefined;
  },
): Promise<boolean> {
  const { stripeCustomerId } = customer;
  const record = await withRetry(() => kv.get<unknown>(key.customer(orgId)));
  const free = claim ? holds(record, claim) : record.value === null;
  if (!free) return asCustomer(record)?.stripeCustomerId === stripeCustomerId;
  await withRetry(() =>
    kv.atomic()
      .check(record)
      .check({ key: key.organization(stripeCustomerId), versionstamp: null })
      .set(key.customer(orgId), customer)
      .set(key.organization(stripeCustomerId), orgId)
      .commit()
  );
  // What counts is what stands there now: over KV Connect a commit that took
  // effect may still be reported as refused, and another may have been first.
  const stands = await readCustomer(kv, orgId);
  return stands?.stripeCustomerId === stripeCustomerId;
}

async function forgetCustomer(
  kv: Deno.Kv,
  orgId: string,
  customer: StoredCustomer,
): Promise<void> {
  const generation = await withRetry(() =>
    kv.get<number>(key.customerGeneration(orgId))
  );
  await withRetry(() =>
    kv.atomic()
      .check({
        key: key.customer(orgId),
        versionstamp: customer.versionstamp,
      })
      .check(generation)
      .delete(key.customer(orgId))
      .delete(key.organization(customer.stripeCustomerId))
      .delete(key.subscription(orgId))
      .delete(key.checkout(orgId))
      .set(key.customerGeneration(orgId), (generation.value ?? 0) + 1)
      .commit()
  );
}

async function listCustomers(
  kv: Deno.Kv,
  { limit, cursor }: { limit: number; cursor: string | null },
): Promise<CustomerPage> {
  const options = {
    limit,
    batchSize: limit,
    ...(cursor !== null && { cursor }),
  };
  return await withRetry(async () => {
    const entries = kv.list<unknown>({ prefix: key.customers }, options);
    const page = await Array.fromAsync(entries);
    const last = page.length < limit;
    return {
      customers: page.flatMap(asListed),
      cursor: last ? null : entries.cursor,
    };
  });
}

function asListed(entry: Deno.KvEntry<unknown>): CustomerPage["customers"] {
  const customer = asCustomer(entry);
  if (customer === null) return [];
  const { stripeCustomerId } = customer;
  return [{ orgId: String(entry.key[1]), stripeCustomerId }];
}
