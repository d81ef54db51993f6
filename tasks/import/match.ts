import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import type { Services } from "@/lib/services.ts";
import type { Account } from "./read_account.ts";

export const ROW_STATUSES = [
  "matched",
  "already linked",
  "ambiguous",
  "unmatched",
  "unknown price",
] as const;

/** A line of the import's report. */
export interface ImportRow {
  orgId: string | null;
  customerId: string;
  status: typeof ROW_STATUSES[number];
  /** Subscriptions that are active, trialing or past due. */
  paid: number;
  detail: string;
}

/** An entry of the operator's file: this organization has this customer. */
export interface MapEntry {
  orgId: string;
  customerId: string;
}

/**
 * Decides for each customer of the account which organization it belongs to.
 * The operator's map decides for the organizations and customers it names;
 * metadata of customers and of subscriptions decides for the others.
 */
export async function matchAccount(
  services: Services,
  account: Account,
  map: readonly MapEntry[] = [],
): Promise<ImportRow[]> {
  const claims = readClaims(account, map);
  const rows: ImportRow[] = [];
  for (let first = 0; first < claims.length; first += READS_AT_ONCE) {
    const chunk = claims.slice(first, first + READS_AT_ONCE);
    rows.push(
      ...await Promise.all(chunk.map(async (claim) => ({
        customerId: claim.customerId,
        paid: claim.paid,
        ...await decide(services, claim),
      }))),
    );
  }
  const known = new Set(account.customers.map(({ id }) => id));
  return [
    ...rows,
    ...unknownPrices(account, rows),
    ...map.filter(({ customerId }) => !known.has(customerId)).map(missing),
  ];
}

const READS_AT_ONCE = 50;

interface Claim {
  customerId: string;
  paid: number;
  /** Organizations that the customer is said to belong to. */
  orgIds: readonly string[];
  /** Other customers that are said to belong to the first of them. */
  rivals: readonly string[];
  /** The organization it names, which the map gives to another customer. */
  lostTo?: string | undefined;
}

function readClaims(
  { customers, subscriptions }: Account,
  map: readonly MapEntry[],
): Claim[] {
  const subscriptionsOf = Map.groupBy(subscriptions, (one) => one.customerId);
  const mapOf = Map.groupBy(map, ({ customerId }) => customerId);
  const mapped = new Set(map.map(({ orgId }) => orgId));
  const claims = customers.map(({ id: customerId, orgIds }): Claim => {
    const current = subscriptionsOf.get(customerId) ?? [];
    const own = mapOf.get(customerId)?.map(({ orgId }) => orgId);
    const named = [...orgIds, ...current.flatMap((one) => one.orgIds)];
    return {
      customerId,
      paid: current.filter(({ paid }) => paid).length,
      orgIds: unique(own ?? named.filter((orgId) => !mapped.has(orgId))),
      rivals: [],
      lostTo: own ? undefined : named.find((orgId) => mapped.has(orgId)),
    };
  });
  return withRivals(claims);
}

function withRivals(claims: readonly Claim[]): Claim[] {
  const customersOf = new Map<string, string[]>();
  for (const { customerId, orgIds } of claims) {
    for (const orgId of orgIds) {
      const customers = customersOf.get(orgId) ?? [];
      customersOf.set(orgId, [...customers, customerId]);
    }
  }
  return claims.map((claim) => ({
    ...claim,
    rivals: (customersOf.get(claim.orgIds[0] ?? "") ?? [])
      .filter((customerId) => customerId !== claim.customerId),
  }));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

type Decision = Pick<ImportRow, "orgId" | "status" | "detail">;

async function decide(
  { store }: Services,
  { customerId, orgIds, rivals, lostTo }: Claim,
): Promise<Decision> {
  const [orgId = null, another] = orgIds;
  const owner = await store.readOrganization(customerId);
  if (owner !== null && (orgId === null || orgIds.includes(owner))) {
    return { orgId: owner, status: "already linked", detail: "" };
  }
  if (orgId === null) {
    const detail = lostTo === undefined
      ? "names no organization"
      : `the map gives ${lostTo} another customer`;
    return { orgId, status: "unmatched", detail };
  }
  if (!ORGANIZATION_ID.test(orgId)) {
    const detail = "names an invalid organization id";
    return { orgId, status: "unmatched", detail };
  }
  const ambiguous = (detail: string): Decision => ({
    orgId,
    status: "ambiguous",
    detail,
  });
  if (another !== undefined) {
    return ambiguous(`also belongs to ${orgIds.slice(1).join(", ")}`);
  }
  if (owner !== null) return ambiguous(`is linked to ${owner}`);
  const linked = await store.readCustomer(orgId);
  if (linked !== null) {
    return ambiguous(`the organization has ${linked.stripeCustomerId}`);
  }
  if (rivals.length > 0) {
    const named = rivals.slice(0, MAX_NAMED).join(", ");
    const more = rivals.length - MAX_NAMED;
    return ambiguous(`so does ${named}${more > 0 ? ` and ${more} more` : ""}`);
  }
  return { orgId, status: "matched", detail: "" };
}

const MAX_NAMED = 3;

function unknownPrices(
  { subscriptions }: Account,
  rows: readonly ImportRow[],
): ImportRow[] {
  const rowOf = new Map(rows.map((row) => [row.customerId, row]));
  return subscriptions.flatMap(({ id, customerId, unknownPriceId }) => {
    const row = rowOf.get(customerId);
    if (unknownPriceId === null || row === undefined) return [];
    const detail = `${id} has ${unknownPriceId}, which is in no plan`;
    return [{ ...row, status: "unknown price" as const, detail }];
  });
}

function missing({ orgId, customerId }: MapEntry): ImportRow {
  const detail = "Stripe has no such customer";
  return { orgId, customerId, status: "unmatched", paid: 0, detail };
}
