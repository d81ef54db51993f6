import { BillingError } from "@/lib/errors.ts";
import type { SessionPrincipal } from "./principal.ts";

/** The header of a call that names its organization. */
export const ORGANIZATION_HEADER = "Portico-Organization";

/** The query parameter of a form that names its organization. */
const PARAMETER = "organization";

/**
 * Adds the organization that a page shows to the action of its form. Before the
 * form is sent, the person may switch to another organization in another tab.
 */
export function forOrganization(action: string, orgId: string): string {
  return `${action}?${PARAMETER}=${orgId}`;
}

/**
 * Refuses a call of a page that shows another organization than the session's.
 *
 * @throws {BillingError} `conflict`
 */
export function requirePageOrganization(
  { orgId }: SessionPrincipal,
  { url, headers }: Request,
): void {
  const shown = new URL(url).searchParams.get(PARAMETER) ??
    headers.get(ORGANIZATION_HEADER);
  if (shown === null || orgId === null || shown === orgId) return;
  throw new BillingError(
    "conflict",
    "The page belongs to another organization. Reload it and try again",
    { reason: "other_organization" },
  );
}
