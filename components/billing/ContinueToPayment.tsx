import { Head } from "fresh/runtime";
import { translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { Page } from "@/components/layout/Page.tsx";
import { LinkActions, MessagePage } from "@/components/layout/MessagePage.tsx";

/** Sends a browser without script on to Checkout, or shows the link to it. */
export function ContinueToPayment(
  { services, url, locale }: {
    services: Services;
    url: string;
    locale: string;
  },
) {
  const t = translator(locale);
  const heading = t("checkout.continue");
  return (
    <Page title={heading} services={services} locale={locale}>
      <Head>
        <meta key="refresh" http-equiv="refresh" content={`0; url=${url}`} />
      </Head>
      <MessagePage eyebrow={t("checkout.eyebrow")} heading={heading}>
        <p class="lead">
          {t("checkout.lead", { host: new URL(url).host })}
        </p>
        <LinkActions actions={[{ href: url, label: heading }]} />
      </MessagePage>
    </Page>
  );
}
