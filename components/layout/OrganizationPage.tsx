import type { ComponentChildren } from "preact";
import type { Member } from "@/lib/pages/page_route.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { Page } from "./Page.tsx";
import { type SectionName, SECTIONS } from "./sections.ts";

interface OrganizationPageProps {
  services: Services;
  visitor: Member;
  locale: string;
  /** The navigation entry, which also names the page. */
  section: SectionName;
  /** If it differs from the section's name. */
  heading?: string;
  children: ComponentChildren;
}

/** A page of the organization, below its navigation. */
export function OrganizationPage(
  { services, visitor, locale, section, heading, children }:
    OrganizationPageProps,
) {
  const t = translator(locale);
  const page = heading ?? t(SECTIONS[section].label);
  const organization = visitor.organization.name ?? visitor.organization.id;
  return (
    <Page
      title={t("frame.title", { page, organization })}
      current={section}
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <p class="eyebrow">{organization}</p>
      <h1>{page}</h1>
      {children}
    </Page>
  );
}
