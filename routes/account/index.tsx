import { type Fact, Facts, organizationFacts } from "@/components/Facts.tsx";
import { Page } from "@/components/Page.tsx";
import { Standing } from "@/components/Standing.tsx";
import { ChooseOrganization, SignInFirst } from "@/components/Strangers.tsx";
import { PLANS } from "@/lib/plans.ts";
import { define } from "@/lib/state.ts";
import { type Visitor, visitorPage } from "@/lib/visitor.ts";

export const handler = define.handlers(
  visitorPage(async ({ state: { services } }, { organization }) => {
    const customer = organization &&
      await services.store.readCustomer(organization.id);
    return { hasCustomer: customer !== null };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInFirst services={services} stranger={data} />;
  }
  const { visitor, hasCustomer } = data;
  const frame = { services, visitor, current: "account" } as const;
  if (visitor.organization === null) {
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
      <Standing
        services={services}
        visitor={visitor}
        planName={PLANS[0].name}
        billing={{ hasCustomer, returnPath: "/account" }}
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
          <Facts facts={organizationFacts(services, visitor, hasCustomer)} />
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
