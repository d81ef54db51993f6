import { BillingError } from "@/lib/errors.ts";
import type { SessionPrincipal } from "./principal.ts";

const PARAMETER = "organization";

/**
 * Adds the organization that a page shows to the action of its form. Before the
 * form is sent, the person may switch to another organization in another tab.
 */
export function forOrganization(action: string, orgId: string): string {
  return `${action}?${PARAMETER}=${orgId}`;
}

/**
 * Refuses a form of a page that shows another organization than the session's.
 *
 * @throws {BillingError} `conflict`
 */
export function requirePageOrganization(
  { orgId }: SessionPrincipal,
  url: string,
): void {
  const shown = new URL(url).searchParams.get(PARAMETER);
  if (shown === null || orgId === null || shown === orgId) return;
  throw new BillingError(
    "conflict",
    "The page belongs to another organization. Reload it and try again",
    { reason: "other_organization" },
  );
}
