import { Page } from "@/components/layout/Page.tsx";
import { KEEP_HREF, planName } from "@/components/billing/plan_labels.ts";
import { MessagePage } from "@/components/layout/MessagePage.tsx";
import {
  OrganizationRequired,
  SignInRequired,
} from "@/components/layout/SignInRequired.tsx";
import { Day } from "@/components/layout/Time.tsx";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { keepCurrentPlan } from "@/lib/billing/keep_plan.ts";
import { readLocale } from "@/lib/pages/formats.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { define } from "@/lib/state.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

const PLANS_HREF = "/organization#/plans";

interface PageData {
  locale: string;
  subscription: Subscription | null;
}

/** Confirms, then undoes, a scheduled plan change or cancellation. */
export const handler = define.handlers(
  visitorPage<PageData>(
    async ({ req, state: { services } }, { organization, principal }, read) => {
      const locale = readLocale(req.headers);
      if (organization === null) {
        return { data: { locale, subscription: null } };
      }
      requireBillingRole(services, principal);
      const { subscription } = read ??
        await services.store.readBilling(organization.id, services.now());
      const { scheduled = null, cancelAtMs = null } = subscription ?? {};
      if (scheduled === null && cancelAtMs === null) {
        return seeOther(PLANS_HREF); // undone in another tab
      }
      return { data: { locale, subscription } };
    },
    async ({ state: { services } }, { principal }, read) => {
      const orgId = requireBillingRole(services, principal);
      await keepCurrentPlan(services, orgId, read);
      return seeOther(PLANS_HREF);
    },
  ),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInRequired services={services} signedOut={data} />;
  }
  const { visitor, subscription, locale } = data;
  const name = planName(subscription?.plan ?? null);
  return (
    <Page
      title={subscription === null ? "Choose an organization" : `Keep ${name}`}
      services={services}
      visitor={visitor}
      current="organization"
    >
      {subscription === null
        ? <OrganizationRequired services={services} />
        : (
          <MessagePage
            eyebrow={visitor.organization?.name ?? "Your organization"}
            heading={`Keep ${name}?`}
          >
            <Consequence subscription={subscription} locale={locale} />
            <form class="actions" method="post" action={KEEP_HREF}>
              <button class="button" type="submit">{`Keep ${name}`}</button>
              <a class="button plain" href={PLANS_HREF}>Back</a>
            </form>
          </MessagePage>
        )}
    </Page>
  );
});

function Consequence(
  { subscription, locale }: { subscription: Subscription; locale: string },
) {
  const { plan, scheduled, cancelAtMs } = subscription;
  if (scheduled === null) {
    return (
      <p class="lead">
        {`${planName(plan)} won't end on `}
        <Day ms={cancelAtMs ?? 0} locale={locale} />. It renews as before.
      </p>
    );
  }
  return (
    <p class="lead">
      {`The change to ${planName(scheduled.plan)} on `}
      <Day ms={scheduled.atMs} locale={locale} />
      {` will be undone. ${planName(plan)} renews as before.`}
    </p>
  );
}
