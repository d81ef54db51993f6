import type { AccountView } from "@/lib/pages/account_page.ts";

/**
 * The account page with one part of it changed: the others stay where the
 * reader has paged to.
 *
 * @param change What it shows instead; undefined for its beginning.
 * @param fragment The part that it is about.
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
