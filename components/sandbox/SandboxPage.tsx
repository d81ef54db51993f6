import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { Page } from "@/components/layout/Page.tsx";
import type { Services } from "@/lib/services.ts";

/** The frame of the sandbox's pages, with their stylesheet. */
export function SandboxPage({ title, services, children }: {
  title: string;
  services: Services;
  children: ComponentChildren;
}) {
  return (
    <>
      <Head>
        {/* Without a key, it would replace another stylesheet. */}
        <link key="sandbox" rel="stylesheet" href={asset("/sandbox.css")} />
      </Head>
      <Page title={title} services={services}>{children}</Page>
    </>
  );
}
