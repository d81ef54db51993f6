import { type Actor, addActivity, OPERATOR } from "./activity.ts";
import { key } from "./keys.ts";
import { listPage, type PageOptions } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted, organizationDeleted } from "./tombstones.ts";

/** An organization's customer at Stripe. */
interface CustomerRecord {
  /** `cus_…` */
  stripeCustomerId: string;
  createdAtMs: number;
}

/** A customer record with the version at which it was read. */
export interface StoredCustomer extends CustomerRecord {
  versionstamp: string;
}

/** One attempt to create the organization's customer. */
export interface CustomerClaim {
  claimId: string;
  /** When this attempt began. */
  claimedAtMs: number;
  /** When the first of the attempts began that have not linked a customer. */
  sinceMs: number;
  /** Part of the idempotency key that creates the customer. */
  generation: number;
}

/** The result of an attempt to claim. */
export type ClaimOutcome =
  | { kind: "linked"; customer: StoredCustomer }
  /** `former`: the previous attempt, which may have created a customer. */
  | { kind: "claimed"; claim: CustomerClaim; former: CustomerClaim | null }
  /** `version` changes each time the owner renews its claim. */
  | { kind: "busy"; version: string };

/** A page of the customers, in the order of their organizations. */
interface CustomerPage {
  customers: { orgId: string; stripeCustomerId: string }[];
  /** Null after the last page. */
  cursor: string | null;
}

/**
 * Organizations and their customers. A claim lets one attempt at a time create
 * an organization's customer; it is stored in place of the customer record.
 */
export interface CustomerStore {
  /** Reads an organization's customer; null before one is linked. */
  readCustomer(orgId: string): Promise<StoredCustomer | null>;
  /** Reads the organization that a customer belongs to. */
  readOrganization(stripeCustomerId: string): Promise<string | null>;
  /**
   * Claims the creation of an organization's customer, unless it has one or
   * another attempt holds the claim.
   *
   * @param deadVersion The version of a claim whose owner is known to be dead.
   * Such a claim is taken over, unless it has been renewed since.
   * @throws {BillingError} `not_found` if the organization was deleted.
   */
  claimCustomer(
    orgId: string,
    nowMs: number,
    deadVersion?: string,
  ): Promise<ClaimOutcome>;
  /** Changes the claim's version. Does nothing if the claim was lost. */
  renewClaim(orgId: string, claim: CustomerClaim): Promise<void>;
  /**
   * Releases a claim, so that the next caller can claim at once and uses this
   * generation. Does nothing if the claim was lost.
   */
  releaseClaim(
    orgId: string,
    claim: CustomerClaim,
    generation: number,
  ): Promise<void>;
  /**
   * Deletes a claim whose attempt has created nothing. Does nothing if the
   * claim was lost.
   */
  dropClaim(orgId: string, claim: CustomerClaim): Promise<void>;
  /**
   * Links a customer and an organization in both directions, and replaces the
   * claim if one is given. The deletion of an earlier organization of the
   * customer no longer affects it.
   *
   * @param options `actor`: for the activity; by default the operator.
   * @returns Whether they are linked now: false if another customer was first,
   * or if the organization was deleted.
   */
  linkCustomer(
    orgId: string,
    customer: CustomerRecord,
    options?: { claim?: CustomerClaim; actor?: Actor },
  ): Promise<boolean>;
  /**
   * Deletes the link to a customer that was deleted at Stripe, together with
   * its subscription and checkout, and raises the organization's generation,
   * so that the next customer is created under a new idempotency key. Does
   * nothing if the record has changed since it was read.
   */
  forgetCustomer(orgId: string, customer: StoredCustomer): Promise<void>;
  /** Lists a page of customers in the order of their organizations. */
  listCustomers(options: PageOptions): Promise<CustomerPage>;
}

export function customerStore(kv: Deno.Kv): CustomerStore {
  return {
    readCustomer: (orgId) => readCustomer(kv, orgId),
    readOrganization: (stripeCustomerId) =>
      readOrganization(kv, stripeCustomerId),
    claimCustomer: (orgId, nowMs, deadVersion) =>
      claimCustomer(kv, orgId, { nowMs, deadVersion }),
    renewClaim: (orgId, claim) => renewClaim(kv, orgId, claim),
    releaseClaim: (orgId, claim, generation) =>
      releaseClaim(kv, orgId, { claim, generation }),
    dropClaim: (orgId, claim) => dropClaim(kv, orgId, claim),
    linkCustomer: (orgId, customer, options) =>
      linkCustomer(kv, orgId, { customer, ...options }),
    forgetCustomer: (orgId, customer) => forgetCustomer(kv, orgId, customer),
    listCustomers: (options) => listCustomers(kv, options),
  };
}

/**
 * Returns the customer of an organization's entry; null if there is no entry
 * or it holds a claim, which has no `stripeCustomerId` yet.
 */
export function asCustomer(
  { value, versionstamp }: Deno.KvEntryMaybe<unknown>,
): StoredCustomer | null {
  if (!hasField<CustomerRecord>(value, "stripeCustomerId")) return null;
  return { ...value, versionstamp: versionstamp ?? "" };
}

/** Returns the claim of an organization's entry; null if it holds none. */
export function asClaim(
  { value }: Deno.KvEntryMaybe<unknown>,
): CustomerClaim | null {
  return hasField<StoredClaim>(value, "claimedAtMs") ? value : null;
}

function hasField<T>(value: unknown, field: keyof T & string): value is T {
  return typeof value === "object" && value !== null && field in value;
}

function readEntry(
  kv: Deno.Kv,
  orgId: string,
): Promise<Deno.KvEntryMaybe<unknown>> {
  return withRetry(() => kv.get<unknown>(key.customer(orgId)));
}

async function readCustomer(
  kv: Deno.Kv,
  orgId: string,
): Promise<StoredCustomer | null> {
  return asCustomer(await readEntry(kv, orgId));
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

interface StoredClaim extends CustomerClaim {
  /** Set when the attempt has failed and ended. */
  released?: boolean;
}

async function claimCustomer(
  kv: Deno.Kv,
  orgId: string,
  { nowMs, deadVersion }: { nowMs: number; deadVersion: string | undefined },
): Promise<ClaimOutcome> {
  const [record, generation, deletion] = await withRetry(() =>
    kv.getMany<[unknown, number, unknown]>([
      key.customer(orgId),
      key.customerGeneration(orgId),
      key.deletion(orgId),
    ])
  );
  if (deletion.value !== null) throw organizationDeleted(orgId);
  const customer = asCustomer(record);
  if (customer !== null) return { kind: "linked", customer };
  const former: StoredClaim | null = asClaim(record);
  const version = record.versionstamp ?? "";
  if (former !== null && !former.released && version !== deadVersion) {
    return { kind: "busy", version };
  }
  const claim: StoredClaim = {
    claimId: crypto.randomUUID(),
    claimedAtMs: nowMs,
    sinceMs: former?.sinceMs ?? nowMs,
    generation: generation.value ?? 0,
  };
  // Fails after a link, another attempt's takeover, or a renewal by the owner.
  await withRetry(() =>
    kv.atomic().check(record).check(generation).check(notDeleted(orgId))
      .set(key.customer(orgId), claim).commit()
  );
  return await claimOutcome(kv, orgId, { claim, former });
}

/** KV Connect may report a commit as refused although it took effect. */
async function claimOutcome(
  kv: Deno.Kv,
  orgId: string,
  { claim, former }: { claim: CustomerClaim; former: CustomerClaim | null },
): Promise<ClaimOutcome> {
  const entry = await readEntry(kv, orgId);
  const customer = asCustomer(entry);
  if (customer !== null) return { kind: "linked", customer };
  if (isClaim(entry, claim)) return { kind: "claimed", claim, former };
  return { kind: "busy", version: entry.versionstamp ?? "" };
}

function isClaim(
  { value }: Deno.KvEntryMaybe<unknown>,
  { claimId }: CustomerClaim,
): boolean {
  return hasField<StoredClaim>(value, "claimId") && value.claimId === claimId;
}

async function renewClaim(
  kv: Deno.Kv,
  orgId: string,
  claim: CustomerClaim,
): Promise<void> {
  const entry = await readEntry(kv, orgId);
  if (!isClaim(entry, claim)) return;
  await withRetry(() =>
    kv.atomic().check(entry).set(entry.key, entry.value).commit()
  );
}

async function releaseClaim(
  kv: Deno.Kv,
  orgId: string,
  { claim, generation }: { claim: CustomerClaim; generation: number },
): Promise<void> {
  const entry = await readEntry(kv, orgId);
  if (!isClaim(entry, claim)) return;
  const released: StoredClaim = { ...claim, generation, released: true };
  await withRetry(() =>
    kv.atomic()
      .check(entry)
      .set(key.customer(orgId), released)
      .set(key.customerGeneration(orgId), generation)
      .commit()
  );
}

async function dropClaim(
  kv: Deno.Kv,
  orgId: string,
  claim: CustomerClaim,
): Promise<void> {
  const entry = await readEntry(kv, orgId);
  if (!isClaim(entry, claim)) return;
  await withRetry(() => kv.atomic().check(entry).delete(entry.key).commit());
}

async function linkCustomer(
  kv: Deno.Kv,
  orgId: string,
  { customer, claim, actor = OPERATOR }: {
    customer: CustomerRecord;
    claim?: CustomerClaim;
    actor?: Actor;
  },
): Promise<boolean> {
  const { stripeCustomerId } = customer;
  const entry = await readEntry(kv, orgId);
  const mayLink = claim ? isClaim(entry, claim) : entry.value === null;
  if (!mayLink) return asCustomer(entry)?.stripeCustomerId === stripeCustomerId;
  const commit = kv.atomic()
    .check(entry)
    .check({ key: key.organization(stripeCustomerId), versionstamp: null })
    .check(notDeleted(orgId))
    .set(key.customer(orgId), customer)
    .set(key.organization(stripeCustomerId), orgId)
    .delete(key.deletedCustomer(stripeCustomerId));
  addActivity(commit, orgId, {
    action: "customer.linked",
    atMs: customer.createdAtMs,
    actor,
    details: {},
  });
  await withRetry(() => commit.commit());
  // Read again instead of trusting the result: KV Connect may report a commit
  // as refused although it took effect, and another link may have been first.
  const linked = await readCustomer(kv, orgId);
  return linked?.stripeCustomerId === stripeCustomerId;
}

async function forgetCustomer(
  kv: Deno.Kv,
  orgId: string,
  { stripeCustomerId, versionstamp }: StoredCustomer,
): Promise<void> {
  const generation = await withRetry(() =>
    kv.get<number>(key.customerGeneration(orgId))
  );
  await withRetry(() =>
    kv.atomic()
      .check({ key: key.customer(orgId), versionstamp })
      .check(generation)
      .delete(key.customer(orgId))
      .delete(key.organization(stripeCustomerId))
      .delete(key.subscription(orgId))
      .delete(key.checkout(orgId))
      .set(key.customerGeneration(orgId), (generation.value ?? 0) + 1)
      .commit()
  );
}

async function listCustomers(
  kv: Deno.Kv,
  options: PageOptions,
): Promise<CustomerPage> {
  const page = await listPage<unknown>(kv, key.customers, options);
  return { customers: page.entries.flatMap(toListed), cursor: page.cursor };
}

function toListed(entry: Deno.KvEntry<unknown>): CustomerPage["customers"] {
  const customer = asCustomer(entry);
  if (customer === null) return [];
  const { stripeCustomerId } = customer;
  return [{ orgId: String(entry.key[1]), stripeCustomerId }];
}
