import type { AccountView } from "@/lib/pages/account_page.ts";

/**
 * Returns the account page's URL with some query parameters changed. The other
 * lists on the page keep their position.
 *
 * @param change New values; `undefined` removes a parameter.
 * @param fragment The section to scroll to.
 */
export function accountHref(
  view: AccountView,
  change: { [Name in keyof AccountView]: AccountView[Name] | undefined },
  fragment: string,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...view, ...change })) {
    if (value !== undefined) query.set(name, value);
  }
  return `/account${query.size > 0 ? `?${query}` : ""}#${fragment}`;
}
