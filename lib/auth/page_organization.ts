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

/** Returns the organization that a page's form or call names, or null. */
export function organizationNamedBy({ url, headers }: Request): string | null {
  return new URL(url).searchParams.get(PARAMETER) ??
    headers.get(ORGANIZATION_HEADER);
}
