import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { BillingDetails } from "@/components/billing/BillingDetails.tsx";
import { OrganizationDetails } from "@/components/billing/OrganizationDetails.tsx";
import {
  type DescriptionItem,
  DescriptionList,
} from "@/components/layout/DescriptionList.tsx";
import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import { type DetailsView, readDetailsView } from "@/lib/pages/details_page.ts";
import { type Member, visitorPage } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  visitorPage<DetailsView>(
    async ({ state: { services } }, { organization }, read) => ({
      data: await readDetailsView(services, organization.id, read),
    }),
  ),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, billing, details, locale } = data;
  const { mayManageBilling } = visitor;
  const t = translator(locale);
  return (
    <OrganizationPage
      section="details"
      heading={t("details.billing_heading")}
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <DetailsMessage billing={billing} locale={locale} />
      <BillingAlert
        subscription={billing.subscription}
        nowMs={billing.nowMs}
        page="details"
        mayManageBilling={mayManageBilling}
        locale={locale}
      />
      {details === null && (
        <NoBilling mayManageBilling={mayManageBilling} t={t} />
      )}
      {details === "unavailable" && <DetailsUnavailable t={t} />}
      {details !== null && details !== "unavailable" && (
        <BillingDetails
          nowMs={billing.nowMs}
          details={details}
          mayManageBilling={mayManageBilling}
          locale={locale}
        />
      )}
      <div class="halves">
        <section>
          <h2>{t("details.your_organization")}</h2>
          <OrganizationDetails
            services={services}
            visitor={visitor}
            locale={locale}
          />
        </section>
        <section>
          <h2>{t("details.you")}</h2>
          <DescriptionList items={personDetails(visitor, t)} />
        </section>
      </div>
    </OrganizationPage>
  );
});

function personDetails(
  { person, principal }: Member,
  t: Translate,
): DescriptionItem[] {
  const id: DescriptionItem = [
    t("details.id"),
    <code key="id">{principal.userId}</code>,
  ];
  if (person === null) return [id];
  return [
    [t("details.name"), person.name],
    [t("details.email"), person.email],
    id,
  ];
}

/** The page shows new details itself, and no plan. */
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

function NoBilling(
  { mayManageBilling, t }: { mayManageBilling: boolean; t: Translate },
) {
  return (
    <p class="empty">
      <strong>{t("manage.none")}</strong>{" "}
      {mayManageBilling ? t("manage.none_text") : t("manage.none_member")}{" "}
      {mayManageBilling && <a href={PLANS_HREF}>{t("action.see_plans")}</a>}
    </p>
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
