import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { OrganizationRecord } from "@/lib/store/organizations.ts";

/**
 * Exports everything stored about an organization as JSON, in parts, because a
 * ledger can be long.
 *
 * @throws {BillingError} `not_found` if nothing is stored about it.
 */
export async function exportOrganization(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
): Promise<AsyncGenerator<string>> {
  const records = store.listRecords(orgId);
  const first = await records.next();
  if (first.done) {
    throw new BillingError("not_found", `Organization ${orgId} not found`);
  }
  const exportedAt = new Date(now()).toISOString();
  const start = JSON.stringify({
    organization: orgId,
    exported_at: exportedAt,
  }).slice(0, -1);
  return asJson(start, first.value, records);
}

async function* asJson(
  start: string,
  first: OrganizationRecord,
  rest: AsyncIterable<OrganizationRecord>,
): AsyncGenerator<string> {
  yield `${start},"records":[${JSON.stringify(first)}`;
  for await (const record of rest) yield `,${JSON.stringify(record)}`;
  yield "]}";
}
