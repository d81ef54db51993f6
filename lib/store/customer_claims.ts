import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

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

/** One attempt to create the organization's customer. */
export interface CustomerClaim {
  claimId: string;
  /** When this attempt began. */
  claimedAtMs: number;
  /** When the first attempt began, if none has linked a customer since. */
  sinceMs: number;
  /** Part of the idempotency key of the creation. */
  generation: number;
}

/** The result of an attempt to claim. */
export type ClaimOutcome =
  | { kind: "linked"; customer: StoredCustomer }
  /** `former`: the last attempt, which may have created a customer. */
  | { kind: "claimed"; claim: CustomerClaim; former: CustomerClaim | null }
  /** `version` changes whenever the owner renews its claim. */
  | { kind: "busy"; version: string };

/** Claims: one attempt at a time creates an organization's customer. */
export interface ClaimStore {
  /**
   * Claims the creation of an organization's customer, unless it has one or
   * another attempt holds the claim.
   *
   * @param deadVersion The version of a claim whose owner is known to be dead:
   * it is taken over, unless it was renewed since.
   */
  claimCustomer(
    orgId: string,
    nowMs: number,
    deadVersion?: string,
  ): Promise<ClaimOutcome>;
  /** Changes the claim's version. Does nothing if the claim was lost. */
  renewClaim(orgId: string, claim: CustomerClaim): Promise<void>;
  /**
   * Lets the next caller claim at once; `generation` is the one it uses. Does
   * nothing if the claim was lost.
   */
  releaseClaim(
    orgId: string,
    claim: CustomerClaim,
    generation: number,
  ): Promise<void>;
}

export function claimStore(kv: Deno.Kv): ClaimStore {
  return {
    claimCustomer: (orgId, nowMs, deadVersion) =>
      claimCustomer(kv, orgId, { nowMs, deadVersion }),
    renewClaim: (orgId, claim) => renewClaim(kv, orgId, claim),
    releaseClaim: (orgId, claim, generation) =>
      releaseClaim(kv, orgId, { claim, generation }),
  };
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

interface StoredClaim extends CustomerClaim {
  /** Whether its attempt has failed and ended. */
  released?: boolean;
}

async function claimCustomer(
  kv: Deno.Kv,
  orgId: string,
  { nowMs, deadVersion }: { nowMs: number; deadVersion: string | undefined },
): Promise<ClaimOutcome> {
  const [record, generation] = await withRetry(() =>
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
  // The check covers a link, another's takeover and a renewal by the owner.
  await withRetry(() =>
    kv.atomic().check(record).check(generation)
      .set(key.customer(orgId), claim).commit()
  );
  return await claimOutcome(kv, orgId, { claim, former });
}

/** Over KV Connect a commit that took effect may be reported as refused. */
async function claimOutcome(
  kv: Deno.Kv,
  orgId: string,
  { claim, former }: { claim: CustomerClaim; former: CustomerClaim | null },
): Promise<ClaimOutcome> {
  const entry = await withRetry(() => kv.get<unknown>(key.customer(orgId)));
  const customer = asCustomer(entry);
  if (customer !== null) return { kind: "linked", customer };
  if (holds(entry, claim)) return { kind: "claimed", claim, former };
  return { kind: "busy", version: entry.versionstamp ?? "" };
}

/** Whether a customer's record is this claim. */
export function holds(
  { value }: Deno.KvEntryMaybe<unknown>,
  { claimId }: CustomerClaim,
): boolean {
  return isRecord<StoredClaim>(value, "claimId") && value.claimId === claimId;
}

async function renewClaim(
  kv: Deno.Kv,
  orgId: string,
  claim: CustomerClaim,
): Promise<void> {
  const entry = await withRetry(() => kv.get<unknown>(key.customer(orgId)));
  if (!holds(entry, claim)) return;
  await withRetry(() =>
    kv.atomic().check(entry).set(entry.key, entry.value).commit()
  );
}

async function releaseClaim(
  kv: Deno.Kv,
  orgId: string,
  { claim, generation }: { claim: CustomerClaim; generation: number },
): Promise<void> {
  const entry = await withRetry(() => kv.get<unknown>(key.customer(orgId)));
  if (!holds(entry, claim)) return;
  const released: StoredClaim = { ...claim, generation, released: true };
  await withRetry(() =>
    kv.atomic()
      .check(entry)
      .set(key.customer(orgId), released)
      .set(key.customerGeneration(orgId), generation)
      .commit()
  );
}
