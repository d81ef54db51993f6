import { Banner } from "@/components/Banner.tsx";
import { type Fact, Facts, organizationFacts } from "@/components/Facts.tsx";
import { NoticeLine } from "@/components/NoticeLine.tsx";
import { Page } from "@/components/Page.tsx";
import { Standing } from "@/components/Standing.tsx";
import { ChooseOrganization, SignInFirst } from "@/components/Strangers.tsx";
import { readLocale } from "@/lib/money.ts";
import { type PageBilling, readPageBilling } from "@/lib/page_billing.ts";
import { define } from "@/lib/state.ts";
import { type Visitor, visitorPage } from "@/lib/visitor.ts";

export const handler = define.handlers(
  visitorPage(async ({ req, state: { services } }, { organization }) => {
    const billing: PageBilling | null = organization &&
      await readPageBilling(services, organization.id);
    return { data: { billing, locale: readLocale(req.headers) } };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInFirst services={services} stranger={data} />;
  }
  const { visitor, billing, locale } = data;
  const frame = { services, visitor, current: "account" } as const;
  if (visitor.organization === null || billing === null) {
    return (
      <Page {...frame} title="Choose an organization">
        <ChooseOrganization services={services} />
      </Page>
    );
  }
  const { id, name } = visitor.organization;
  return (
    <Page {...frame} title="Account">
      <p class="eyebrow">{name ?? id}</p>
      <h1>Account</h1>
      <NoticeLine notice={null} billing={billing} locale={locale} />
      <Banner
        subscription={billing.subscription}
        nowMs={services.now()}
        locale={locale}
        mayManageBilling={visitor.mayManageBilling}
      />
      <Standing
        services={services}
        visitor={visitor}
        billing={billing}
        returnPath="/account"
        locale={locale}
      >
        <p>
          <a href="/organization#/plans">See all plans</a>
        </p>
      </Standing>
      <div class="halves">
        <section>
          <h2>You</h2>
          <Facts facts={personFacts(visitor)} />
        </section>
        <section>
          <h2>Your organization</h2>
          <Facts facts={organizationFacts(services, visitor, billing)} />
        </section>
      </div>
    </Page>
  );
});

function personFacts({ person, principal }: Visitor): Fact[] {
  const id: Fact = ["Id", <code key="id">{principal.userId}</code>];
  if (person === null) return [id];
  return [["Name", person.name], ["Email", person.email], id];
}
