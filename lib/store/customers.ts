import { key } from "./keys.ts";
import { persist } from "./persist.ts";

/** An organization's customer at Stripe. */
export interface CustomerRecord {
  /** `cus_…` */
  stripeCustomerId: string;
  createdAtMs: number;
}

/** A customer record with the version that it was read at. */
export interface StoredCustomer extends CustomerRecord {
  versionstamp: string;
}

/** Somebody is making the organization's customer. */
export interface CustomerClaim {
  /** Whose claim it is, so that one knows one's own. */
  claimId: string;
  claimedAtMs: number;
  /** Since when somebody has been trying. */
  sinceMs: number;
  /** Part of the idempotency key that the customer is asked for under. */
  generation: number;
  versionstamp: string;
}

/** What came of an attempt to claim. */
export type ClaimOutcome =
  | { kind: "linked"; customer: StoredCustomer }
  /** `takenOver`: somebody tried before, and may have got further. */
  | { kind: "claimed"; claim: CustomerClaim; takenOver: boolean }
  | { kind: "busy" };

/** Customers of a page of the store, and where the next page begins. */
export interface CustomerPage {
  customers: { orgId: string; stripeCustomerId: string }[];
  /** Null after the last page. */
  cursor: string | null;
}

/** Organizations and their customers. */
export interface CustomerStore {
  /** The organization's customer, or null while it has none. */
  readCustomer(orgId: string): Promise<StoredCustomer | null>;
  /** The organization that a customer belongs to. */
  readOrganization(stripeCustomerId: string): Promise<string | null>;
  /**
   * Claims the making of an organization's customer, unless it has one or
   * another's claim is younger than a minute.
   */
  claimCustomer(orgId: string, nowMs: number): Promise<ClaimOutcome>;
  /**
   * Gives a claim back, so that the next caller need not wait for it to grow
   * old; `generation` is the one to go on with.
   */
  releaseClaim(
    orgId: string,
    claim: CustomerClaim,
    generation: number,
  ): Promise<void>;
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
    claimCustomer: (orgId, nowMs) => claimCustomer(kv, orgId, nowMs),
    releaseClaim: (orgId, claim, generation) =>
      releaseClaim(kv, orgId, { claim, generation }),
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
  return asCustomer(await persist(() => kv.get(key.customer(orgId))));
}

/** A claim, while a customer is being made, has no `stripeCustomerId` yet. */
export function asCustomer(
  { value, versionstamp }: Deno.KvEntryMaybe<unknown>,
): StoredCustomer | null {
  if (!isRecord<CustomerRecord>(value, "stripeCustomerId")) return null;
  return { ...value, versionstamp: versionstamp ?? "" };
}

function isRecord<T>(value: unknown, field: keyof T & string): value is T {
  return typeof value === "object" && value !== null && field in value;
}

async function readOrganization(
  kv: Deno.Kv,
  stripeCustomerId: string,
): Promise<string | null> {
  const entry = await persist(() =>
    kv.get<string>(key.organization(stripeCustomerId))
  );
  return entry.value;
}

/** How long a claim is left to whoever made it. */
export const CLAIM_MS = 60_000;

type StoredClaim = Omit<CustomerClaim, "versionstamp">;

async function claimCustomer(
  kv: Deno.Kv,
  orgId: string,
  nowMs: number,
): Promise<ClaimOutcome> {
  const [record, generation] = await persist(() =>
    kv.getMany<[unknown, number]>([
      key.customer(orgId),
      key.customerGeneration(orgId),
    ])
  );
  const customer = asCustomer(record);
  if (customer !== null) return { kind: "linked", customer };
  const former = isRecord<StoredClaim>(record.value, "claimedAtMs")
    ? record.value
    : null;
  if (former !== null && nowMs - former.claimedAtMs < CLAIM_MS) {
    return { kind: "busy" };
  }
  const claim: StoredClaim = {
    claimId: crypto.randomUUID(),
    claimedAtMs: nowMs,
    sinceMs: former?.sinceMs ?? nowMs,
    generation: generation.value ?? 0,
  };
  // "There is no customer yet" and "nobody took it over" are one check.
  await persist(() =>
    kv.atomic().check(record).check(generation)
      .set(key.customer(orgId), claim).commit()
  );
  const takenOver = former !== null;
  return await claimOutcome(kv, orgId, { claimId: claim.claimId, takenOver });
}

/** Over KV Connect a commit that took effect may be reported as refused. */
async function claimOutcome(
  kv: Deno.Kv,
  orgId: string,
  { claimId, takenOver }: { claimId: string; takenOver: boolean },
): Promise<ClaimOutcome> {
  const entry = await persist(() => kv.get<unknown>(key.customer(orgId)));
  const customer = asCustomer(entry);
  if (customer !== null) return { kind: "linked", customer };
  const { value, versionstamp } = entry;
  if (
    !isRecord<StoredClaim>(value, "claimId") || value.claimId !== claimId
  ) return { kind: "busy" };
  const claim = { ...value, versionstamp: versionstamp ?? "" };
  return { kind: "claimed", claim, takenOver };
}

async function releaseClaim(
  kv: Deno.Kv,
  orgId: string,
  { claim, generation }: { claim: CustomerClaim; generation: number },
): Promise<void> {
  const { versionstamp, ...kept } = claim;
  const released: StoredClaim = { ...kept, claimedAtMs: 0, generation };
  await persist(() =>
    kv.atomic()
      .check({ key: key.customer(orgId), versionstamp })
      .set(key.customer(orgId), released)
      .set(key.customerGeneration(orgId), generation)
      .commit()
  );
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
  const versionstamp = claim?.versionstamp ?? null;
  await persist(() =>
    kv.atomic()
      .check({ key: key.customer(orgId), versionstamp })
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
  const generation = await persist(() =>
    kv.get<number>(key.customerGeneration(orgId))
  );
  await persist(() =>
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
  return await persist(async () => {
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
