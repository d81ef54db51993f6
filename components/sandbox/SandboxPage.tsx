import type { ComponentChildren } from "preact";
import { Page } from "@/components/layout/Page.tsx";
import type { Services } from "@/lib/services.ts";

/** The frame of the sandbox's pages, which are for developers, in English. */
export function SandboxPage({ title, services, locale, children }: {
  title: string;
  services: Services;
  locale: string;
  children: ComponentChildren;
}) {
  return (
    <Page
      title={title}
      services={services}
      locale={locale}
      contentLanguage="en"
    >
      {children}
    </Page>
  );
}
