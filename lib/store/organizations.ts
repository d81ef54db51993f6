import { asClaim, asCustomer, type CustomerClaim } from "./customers.ts";
import { key, ORGANIZATION_FAMILIES } from "./keys.ts";
import { listPage, type PageOptions } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted } from "./tombstones.ts";

/** The tombstone of a deleted organization, which is kept forever. */
export interface Deletion {
  /** Payments made since then are refunded. */
  requestedAtMs: number;
  /** Null until its billing at Stripe has ended and its records are erased. */
  completedAtMs: number | null;
  /** `cus_…`: the customers that belonged to the organization. */
  stripeCustomerIds: readonly string[];
  /** `pi_…`: payments that were processing then, which are refunded, too. */
  pendingPaymentIds: readonly string[];
}

/** A record as the export has it. */
export interface OrganizationRecord {
  key: readonly (string | number)[];
  value: unknown;
}

/** The customer, or its unfinished creation, with the record's version. */
export interface CustomerEntry {
  stripeCustomerId: string | null;
  /** An unfinished creation, which may have made a customer at Stripe. */
  claim: CustomerClaim | null;
  versionstamp: string | null;
}

/** Everything stored about one organization, and the deletion of it. */
export interface OrganizationStore {
  /** Returns the tombstone of an organization; null if it was not deleted. */
  readDeletion(orgId: string): Promise<Deletion | null>;
  readCustomerEntry(orgId: string): Promise<CustomerEntry>;
  /**
   * Finds the deleted organization that a customer belonged to; null if the
   * customer is linked to another one now.
   */
  readDeletedOwner(stripeCustomerId: string): Promise<string | null>;
  /**
   * Writes the tombstone and deletes the link to the customer in one commit.
   * From then on no record of the organization is created.
   *
   * @param read As read before; nothing is written if it has changed.
   * @returns False if it has changed, if the organization has a tombstone, or
   * if one of the customers is linked to another organization.
   */
  buryOrganization(
    orgId: string,
    deletion: Deletion,
    read: CustomerEntry,
  ): Promise<boolean>;
  /** Updates the tombstone. */
  writeDeletion(orgId: string, deletion: Deletion): Promise<void>;
  /** Revokes all API keys of an organization. */
  removeApiKeys(orgId: string): Promise<void>;
  /** Deletes all records except the tombstone. Safe to repeat. */
  eraseOrganization(orgId: string): Promise<void>;
  /** Lists all records of an organization. */
  listRecords(orgId: string): AsyncGenerator<OrganizationRecord>;
  /** Lists a page of tombstones. */
  listDeletions(options: PageOptions): Promise<{
    deletions: { orgId: string; deletion: Deletion }[];
    cursor: string | null;
  }>;
}

export function organizationStore(kv: Deno.Kv): OrganizationStore {
  const get = <T>(at: Deno.KvKey) => withRetry(() => kv.get<T>(at));
  return {
    async readDeletion(orgId) {
      return (await get<Deletion>(key.deletion(orgId))).value;
    },
    async readCustomerEntry(orgId) {
      const entry = await get<unknown>(key.customer(orgId));
      return {
        stripeCustomerId: asCustomer(entry)?.stripeCustomerId ?? null,
        claim: asClaim(entry),
        versionstamp: entry.versionstamp,
      };
    },
    async readDeletedOwner(stripeCustomerId) {
      const [former, current] = await withRetry(() =>
        kv.getMany<[string, string]>([
          key.deletedCustomer(stripeCustomerId),
          key.organization(stripeCustomerId),
        ])
      );
      return current.value === null ? former.value : null;
    },
    buryOrganization: (orgId, deletion, read) =>
      buryOrganization(kv, orgId, { deletion, read }),
    async writeDeletion(orgId, deletion) {
      await withRetry(() => kv.set(key.deletion(orgId), deletion));
    },
    removeApiKeys: (orgId) => removeApiKeys(kv, orgId),
    async eraseOrganization(orgId) {
      // First the wallet: a posting commits against its version.
      await withRetry(() => kv.delete(key.wallet(orgId)));
      await removeApiKeys(kv, orgId);
      for await (const batch of batches(listEntries(kv, orgId))) {
        const commit = kv.atomic();
        for (const entry of batch) commit.delete(entry.key);
        await withRetry(() => commit.commit());
      }
    },
    async *listRecords(orgId) {
      for await (const { key, value } of listEntries(kv, orgId)) {
        yield { key: key.map(asPart), value };
      }
    },
    async listDeletions(options) {
      const page = await listPage<Deletion>(kv, key.deletions, options);
      const deletions = page.entries.map(({ key, value }) => ({
        orgId: String(key[1]),
        deletion: value,
      }));
      return { deletions, cursor: page.cursor };
    },
  };
}

async function buryOrganization(
  kv: Deno.Kv,
  orgId: string,
  { deletion, read }: { deletion: Deletion; read: CustomerEntry },
): Promise<boolean> {
  const { versionstamp, stripeCustomerId } = read;
  for (const id of deletion.stripeCustomerIds) {
    if (id === stripeCustomerId) continue;
    if (!await markCustomer(kv, orgId, id)) return false;
  }
  const commit = kv.atomic()
    .check({ key: key.customer(orgId), versionstamp })
    .check(notDeleted(orgId))
    .set(key.deletion(orgId), deletion)
    .delete(key.customer(orgId))
    .delete(key.subscription(orgId));
  if (stripeCustomerId !== null) {
    commit.delete(key.organization(stripeCustomerId))
      .set(key.deletedCustomer(stripeCustomerId), orgId);
  }
  return (await withRetry(() => commit.commit())).ok;
}

/**
 * Records the organization of a customer that no record links. A commit for
 * each, as a denokv server allows ten checks. It has no effect before the
 * tombstone, and a later link deletes it.
 *
 * @returns False if the customer is linked.
 */
async function markCustomer(
  kv: Deno.Kv,
  orgId: string,
  stripeCustomerId: string,
): Promise<boolean> {
  const link = await withRetry(() =>
    kv.get<string>(key.organization(stripeCustomerId))
  );
  if (link.value !== null) return false;
  const commit = kv.atomic().check(link)
    .set(key.deletedCustomer(stripeCustomerId), orgId);
  return (await withRetry(() => commit.commit())).ok;
}

async function removeApiKeys(kv: Deno.Kv, orgId: string): Promise<void> {
  const index = key.apiKeyIndex(orgId);
  const { value } = await withRetry(() => kv.get<{ digest: string }[]>(index));
  if (value === null) return;
  const commit = kv.atomic().delete(index);
  for (const { digest } of value) commit.delete(key.apiKey(digest));
  await withRetry(() => commit.commit());
}

/** All records of an organization: the tombstone is not one. */
async function* listEntries(
  kv: Deno.Kv,
  orgId: string,
): AsyncGenerator<Deno.KvEntry<unknown>> {
  for (const family of ORGANIZATION_FAMILIES) {
    const entry = await withRetry(() => kv.get([family, orgId]));
    if (entry.versionstamp !== null) {
      yield entry;
      yield* referredEntries(kv, entry);
    }
    yield* listAll(kv, [family, orgId]);
  }
  // No index: they expire after 90 days, and few calls ask for them.
  const sold = listAll<{ orgId: string }>(kv, key.checkoutSessions);
  for await (const entry of sold) if (entry.value.orgId === orgId) yield entry;
}

/** Records per read. */
const PAGE_SIZE = 200;

async function* listAll<T>(
  kv: Deno.Kv,
  prefix: Deno.KvKey,
): AsyncGenerator<Deno.KvEntry<T>> {
  let cursor: string | null = null;
  do {
    const options: PageOptions = { limit: PAGE_SIZE, cursor };
    const page = await listPage<T>(kv, prefix, options);
    yield* page.entries;
    cursor = page.cursor;
  } while (cursor !== null);
}

/** The records that name the organization in their value, not in their key. */
async function* referredEntries(
  kv: Deno.Kv,
  { key: [family], value }: Deno.KvEntry<unknown>,
): AsyncGenerator<Deno.KvEntry<unknown>> {
  const keys = family === "credentials"
    ? (value as { digest: string }[]).map(({ digest }) => key.apiKey(digest))
    : family === "customer" && asCustomer({ key: [], value, versionstamp: "" })
    ? [
      key.organization(
        (value as { stripeCustomerId: string }).stripeCustomerId,
      ),
    ]
    : [];
  for (const one of keys) {
    const entry = await withRetry(() => kv.get(one));
    if (entry.versionstamp !== null) yield entry;
  }
}

/** Deno KV allows 80 KiB of keys in a commit, and a key may have 450 bytes. */
const DELETES_PER_COMMIT = 100;

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < DELETES_PER_COMMIT) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function asPart(part: Deno.KvKeyPart): string | number {
  return typeof part === "number" ? part : String(part);
}
