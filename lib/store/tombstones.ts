import { BillingError } from "@/lib/errors.ts";
import { key } from "./keys.ts";

/** The error of a write for a deleted organization. */
export function organizationDeleted(orgId: string): BillingError {
  return new BillingError("not_found", `Organization ${orgId} was deleted`, {
    reason: "organization_deleted",
  });
}

/** The check that an organization is not deleted, for a commit. */
export function notDeleted(orgId: string): Deno.AtomicCheck {
  return { key: key.deletion(orgId), versionstamp: null };
}
