import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import type { ComponentChildren } from "preact";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { KEEP_HREF, planName } from "@/components/billing/plan_labels.ts";
import { MessagePage } from "@/components/layout/MessagePage.tsx";
import { Day } from "@/components/layout/Time.tsx";
import { forOrganization } from "@/lib/auth/page_organization.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { keepCurrentPlan } from "@/lib/billing/keep_plan.ts";
import { translator } from "@/lib/pages/translate.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { define } from "@/lib/state.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/** Confirms, then undoes, a scheduled plan change or cancellation. */
export const handler = define.handlers(
  visitorPage<{ subscription: Subscription }>(
    async ({ state: { services } }, { organization, principal }, read) => {
      requireBillingRole(services, principal);
      const { subscription } = read ??
        await services.store.readBilling(organization.id, services.now());
      if (subscription === null || !isEnding(subscription)) {
        return seeOther(PLANS_HREF); // undone in another tab
      }
      return { data: { subscription } };
    },
    async ({ state: { services } }, { principal }, read) => {
      const orgId = requireBillingRole(services, principal);
      await keepCurrentPlan(services, orgId, read);
      return seeOther(PLANS_HREF);
    },
  ),
);

function isEnding({ scheduled, cancelAtMs }: Subscription): boolean {
  return scheduled !== null || cancelAtMs !== null;
}

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, subscription, locale } = data;
  const t = translator(locale);
  const plan = planName(subscription.plan, locale);
  return (
    <Page
      title={t("plan.keep", { plan })}
      current="plans"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <MessagePage
        eyebrow={visitor.organization.name ?? t("change.organization")}
        heading={t("keep.heading", { plan })}
      >
        <p class="lead">{consequence(subscription, locale)}</p>
        <form
          class="actions"
          method="post"
          action={forOrganization(KEEP_HREF, visitor.organization.id)}
        >
          <button class="button" type="submit">
            {t("plan.keep", { plan })}
          </button>
          <a class="button plain" href={PLANS_HREF}>{t("keep.back")}</a>
        </form>
      </MessagePage>
    </Page>
  );
});

function consequence(
  { plan, scheduled, cancelAtMs }: Subscription,
  locale: string,
): ComponentChildren {
  const t = translator(locale);
  const name = planName(plan, locale);
  if (scheduled === null) {
    return t.rich("keep.end", {
      plan: name,
      date: <Day ms={cancelAtMs ?? 0} locale={locale} />,
    });
  }
  return t.rich("keep.change", {
    plan: name,
    next: planName(scheduled.plan, locale),
    date: <Day ms={scheduled.atMs} locale={locale} />,
  });
}
