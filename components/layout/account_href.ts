import type { AccountQuery, AccountView } from "@/lib/pages/account_page.ts";

/**
 * Returns the page's URL with some query parameters changed. Other lists on the
 * page keep their position.
 *
 * @param change New values; `undefined` removes a parameter.
 * @param fragment The section to scroll to.
 */
export function accountHref(
  view: AccountView,
  change: { [Name in keyof AccountQuery]: AccountQuery[Name] | undefined },
  fragment: string,
): string {
  const { path, ...values } = { ...view, ...change };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, value);
  }
  return `${path}${query.size > 0 ? `?${query}` : ""}#${fragment}`;
}
