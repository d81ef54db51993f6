import { Head } from "fresh/runtime";
import type { Services } from "@/lib/services.ts";
import { Page } from "@/components/layout/Page.tsx";
import { LinkActions, MessagePage } from "@/components/layout/MessagePage.tsx";

/** Sends a browser without script on to Checkout, or shows the link to it. */
export function ContinueToPayment(
  { services, url }: { services: Services; url: string },
) {
  return (
    <Page title="Continue to payment" services={services}>
      <Head>
        <meta key="refresh" http-equiv="refresh" content={`0; url=${url}`} />
      </Head>
      <MessagePage eyebrow="Checkout" heading="Continue to payment">
        <p class="lead">
          You pay on{" "}
          {new URL(url).host}. If it does not open by itself, use the button.
        </p>
        <LinkActions actions={[{ href: url, label: "Continue to payment" }]} />
      </MessagePage>
    </Page>
  );
}
