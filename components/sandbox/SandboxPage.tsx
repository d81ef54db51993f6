import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
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
    <>
      <Head>
        {/* Without a key, it would replace another stylesheet. */}
        <link key="sandbox" rel="stylesheet" href={asset("/sandbox.css")} />
      </Head>
      <Page {...{ title, services, locale }} contentLanguage="en">
        {children}
      </Page>
    </>
  );
}
