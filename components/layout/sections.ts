import type { MessageKey } from "@/lib/pages/translate.ts";

/** The pages of an organization, in the order of the navigation. */
export const SECTIONS = {
  plans: { href: "/organization", label: "plans.tab" },
  usage: { href: "/organization/usage", label: "account.usage" },
  invoices: { href: "/organization/invoices", label: "account.invoices" },
  api_keys: { href: "/organization/api-keys", label: "account.api_keys" },
  activity: { href: "/organization/activity", label: "plans.activity_tab" },
  details: { href: "/organization/details", label: "plans.details_tab" },
} as const satisfies Pages;

/** The pages in the navigation without an organization. */
export const PUBLIC_PAGES = {
  organization: { href: "/organization", label: "frame.organization" },
  pricing: { href: "/pricing", label: "frame.pricing" },
  docs: { href: "/docs", label: "docs.title" },
} as const satisfies Pages;

type Pages = Record<string, { href: string; label: MessageKey }>;

export type SectionName = keyof typeof SECTIONS;
export type PublicPageName = keyof typeof PUBLIC_PAGES;

type Page =
  | typeof SECTIONS[SectionName]
  | typeof PUBLIC_PAGES[PublicPageName];

/** Returns the navigation of a visitor with or without an organization. */
export function navigationOf(
  organization: unknown,
): [name: string, page: Page][] {
  return Object.entries<Page>(organization ? SECTIONS : PUBLIC_PAGES);
}
