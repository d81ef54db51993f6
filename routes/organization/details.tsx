import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { BillingDetails } from "@/components/billing/BillingDetails.tsx";
import { NoCustomer } from "@/components/billing/ManageBillingPanel.tsx";
import { OrganizationDetails } from "@/components/billing/OrganizationDetails.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { Page } from "@/components/layout/Page.tsx";
import {
  OrganizationRequired,
  SignInRequired,
} from "@/components/layout/SignInRequired.tsx";
import { type DetailsView, readDetailsView } from "@/lib/pages/details_page.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

interface PageData {
  locale: string;
  /** Null: the visitor acts for no organization. */
  view: DetailsView | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(
    async ({ req, state: { services } }, { organization }, read) => ({
      data: {
        locale: readLocale(req.headers),
        view: organization &&
          await readDetailsView(services, organization.id, read),
      },
    }),
  ),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { locale } = data;
  if (data.visitor === null) {
    return <SignInRequired {...{ services, locale }} signedOut={data} />;
  }
  const { visitor, view } = data;
  const { organization, mayManageBilling } = visitor;
  const t = translator(locale);
  const frame = { services, visitor, locale, current: "organization" } as const;
  if (organization === null || view === null) {
    return (
      <Page {...frame} title={t("no_organization.title")}>
        <OrganizationRequired services={services} locale={locale} />
      </Page>
    );
  }
  const { billing, details } = view;
  return (
    <Page {...frame} title={t("details.billing_heading")}>
      <p class="eyebrow">{organization.name ?? organization.id}</p>
      <h1>{t("details.billing_heading")}</h1>
      <DetailsMessage {...{ billing, locale }} />
      <BillingAlert
        subscription={billing.subscription}
        nowMs={services.now()}
        page="details"
        {...{ mayManageBilling, locale }}
      />
      {details === null && <NoCustomer {...{ visitor, t }} />}
      {details === "unavailable" && <DetailsUnavailable t={t} />}
      {details !== null && details !== "unavailable" && (
        <BillingDetails
          nowMs={services.now()}
          {...{ details, mayManageBilling, locale }}
        />
      )}
      <section class="details-part">
        <h2>{t("details.your_organization")}</h2>
        <OrganizationDetails {...{ services, visitor, billing, locale }} />
      </section>
    </Page>
  );
});

/** The page shows new details itself, so there is no "Nothing changed". */
function DetailsMessage(
  { billing, locale }: { billing: DetailsView["billing"]; locale: string },
) {
  const unchanged = billing.changes?.length === 0;
  return (
    <FlashMessage
      notice={unchanged ? "checked" : null}
      billing={billing}
      page="organization"
      locale={locale}
    />
  );
}

function DetailsUnavailable({ t }: { t: Translate }) {
  return (
    <p class="empty empty--alert">
      <strong>{t("invoices.unavailable")}</strong> {t("details.unavailable")}
      {" "}
      <a aria-current="false" href="/organization/details">
        {t("action.try_again")}
      </a>
    </p>
  );
}
