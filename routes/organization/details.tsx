import { OrganizationDetails } from "@/components/billing/OrganizationDetails.tsx";
import {
  type DescriptionItem,
  DescriptionList,
} from "@/components/layout/DescriptionList.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import { type BillingView, readBillingView } from "@/lib/pages/billing_view.ts";
import { type Member, visitorPage } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  visitorPage<{ billing: BillingView }>(
    async ({ state: { services } }, { organization }, read) => ({
      data: {
        billing: await readBillingView(services, organization.id, { read }),
      },
    }),
  ),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, billing, locale } = data;
  const t = translator(locale);
  return (
    <OrganizationPage
      section="details"
      heading={t("details.heading")}
      {...{ services, visitor, locale }}
    >
      <div class="halves">
        <section>
          <h2>{t("details.your_organization")}</h2>
          <OrganizationDetails {...{ services, visitor, billing, locale }} />
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
