import { Facts, organizationFacts } from "@/components/Facts.tsx";
import { Page } from "@/components/Page.tsx";
import { PlanCard } from "@/components/PlanCard.tsx";
import { Standing } from "@/components/Standing.tsx";
import { ChooseOrganization, SignInFirst } from "@/components/Strangers.tsx";
import { formatCount, readLocale } from "@/lib/money.ts";
import { PLANS } from "@/lib/plans.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/visitor.ts";

export const handler = define.handlers(
  visitorPage(async ({ req, state: { services } }, { organization }) => {
    const [customer, prices] = await Promise.all([
      organization && services.store.readCustomer(organization.id),
      services.prices(),
    ]);
    const hasCustomer = customer !== null;
    return { hasCustomer, prices, locale: readLocale(req.headers) };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInFirst services={services} stranger={data} />;
  }
  const { visitor, hasCustomer, prices, locale } = data;
  const { organization } = visitor;
  const frame = { services, visitor, current: "organization" } as const;
  if (organization === null) {
    return (
      <Page {...frame} title="Choose an organization">
        <ChooseOrganization services={services} />
      </Page>
    );
  }
  const name = organization.name ?? organization.id;
  const [free] = PLANS;
  return (
    <Page {...frame} title={`Plans · ${name}`}>
      <p class="eyebrow">Plans and billing</p>
      <h1>{name}</h1>
      <nav class="tabs" aria-label="Parts of this page">
        <Tab name="plans" label="Plans" />
        <Tab name="details" label="Details" />
      </nav>
      <section id="/plans" class="panel panel--first" aria-label="Plans">
        <Standing
          services={services}
          visitor={visitor}
          planName={free.name}
          billing={{ hasCustomer, returnPath: "/organization" }}
        >
          <p class="soft">
            {`${formatCount(free.tokensPerMonth, locale)} tokens a month`}
            <br />
            {`${formatCount(free.callsPerMinute, locale)} API calls a minute`}
          </p>
        </Standing>
        <h2>All plans</h2>
        <ul class="portico">
          {PLANS.map((plan) => (
            <PlanCard
              key={plan.id}
              plan={plan}
              prices={prices}
              locale={locale}
              current={plan === free}
              level={3}
            />
          ))}
        </ul>
      </section>
      <section id="/details" class="panel" aria-label="Details">
        <h2>Details</h2>
        <Facts facts={organizationFacts(services, visitor, hasCustomer)} />
      </section>
    </Page>
  );
});

/** Which one is shown only the browser knows: CSS reveals the words. */
function Tab({ name, label }: { name: "plans" | "details"; label: string }) {
  return (
    <a class={`tab tab--${name}`} href={`#/${name}`}>
      {label}
      <span class="tab-shown">(shown below)</span>
    </a>
  );
}
