import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import type { Services } from "@/lib/services.ts";
import { Page } from "@/components/layout/Page.tsx";

/** A page of the sandbox, with the styles that only these pages need. */
export function SandboxPage({ title, services, children }: {
  title: string;
  services: Services;
  children: ComponentChildren;
}) {
  return (
    <>
      <Head>
        {/* With no key it would take the place of another stylesheet. */}
        <link key="sandbox" rel="stylesheet" href={asset("/sandbox.css")} />
      </Head>
      <Page title={title} services={services}>{children}</Page>
    </>
  );
}
