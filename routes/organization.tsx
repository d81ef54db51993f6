import { asset, Head } from "fresh/runtime";
import { ActivityFeed } from "@/components/billing/ActivityFeed.tsx";
import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { OrganizationDetails } from "@/components/billing/OrganizationDetails.tsx";
import { RefreshFromStripe } from "@/components/billing/RefreshFromStripe.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { PricingTable } from "@/components/billing/PricingTable.tsx";
import { SubscriptionSummary } from "@/components/billing/SubscriptionSummary.tsx";
import {
  OrganizationRequired,
  SignInRequired,
} from "@/components/layout/SignInRequired.tsx";
import { readLocale } from "@/lib/pages/locale.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { consumeFlash, type Flash } from "@/lib/pages/flash.ts";
import {
  type BillingView,
  readBillingView,
  readPagePrices,
} from "@/lib/pages/billing_view.ts";
import { type ActivityView, readActivityView } from "@/lib/pages/activity.ts";
import { activityCursor } from "@/lib/http/schemas/activity.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { findPlan, type Prices } from "@/lib/billing/plans.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

interface PageData {
  locale: string;
  /** Null: the visitor acts for no organization. */
  shown: {
    billing: BillingView;
    prices: Prices;
    activity: ActivityView;
    notice: Flash | null;
  } | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { req, url, state: { services } } = ctx;
    const { organization } = visitor;
    const locale = readLocale(req.headers);
    if (organization === null) return { data: { shown: null, locale } };
    // First, as it may sync the subscription that is read below.
    const told = await consumeFlash(ctx, organization.id);
    if ("response" in told) return told.response;
    const { notice, headers } = told;
    // If the confirmation timed out, the earlier read is seconds old.
    const recent = notice === "unavailable" ? null : read;
    const cursor = url.searchParams.get("activity") ?? undefined;
    const [billing, prices] = await Promise.all([
      readBillingView(services, organization.id, { read: recent }),
      readPagePrices(services),
    ]);
    // After the sync, which may add to it.
    const activity = await readActivityView(services, {
      ...{ visitor, orgId: organization.id, locale },
      cursor: parse(activityCursor, cursor) ?? null,
    });
    const shown = { billing, prices, activity, notice };
    return { data: { shown, locale }, headers };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return (
      <SignInRequired
        services={services}
        signedOut={data}
        locale={data.locale}
      />
    );
  }
  const { visitor, shown, locale } = data;
  const { organization } = visitor;
  const t = translator(locale);
  const frame = {
    services,
    visitor,
    locale,
    current: "organization",
  } as const;
  if (organization === null || shown === null) {
    return (
      <Page {...frame} title={t("no_organization.title")}>
        <OrganizationRequired services={services} locale={locale} />
      </Page>
    );
  }
  const { billing, prices, activity, notice } = shown;
  const { subscription } = billing;
  const { mayManageBilling } = visitor;
  const name = organization.name ?? organization.id;
  const returnPath = "/organization";
  return (
    <Page {...frame} title={t("plans.title", { organization: name })}>
      <Head>
        {/* Without a key, it would replace other links. */}
        <link key="lines" rel="stylesheet" href={asset("/lines.css")} />
      </Head>
      <p class="eyebrow">{t("plans.eyebrow")}</p>
      <h1>{name}</h1>
      <FlashMessage
        notice={notice}
        billing={billing}
        page="organization"
        locale={locale}
      />
      <BillingAlert
        subscription={subscription}
        nowMs={services.now()}
        locale={locale}
        mayManageBilling={mayManageBilling}
        page="organization"
      />
      <nav class="tabs" aria-label={t("frame.parts")}>
        <Tab name="plans" label={t("plans.tab")} t={t} />
        <Tab name="details" label={t("plans.details_tab")} t={t} />
        <Tab name="activity" label={t("plans.activity_tab")} t={t} />
      </nav>
      <section
        id="/plans"
        class="panel panel--first"
        aria-label={t("plans.tab")}
      >
        <SubscriptionSummary
          services={services}
          visitor={visitor}
          billing={billing}
          page="organization"
          locale={locale}
        >
          <Limits planId={currentPlanId(subscription)} locale={locale} />
        </SubscriptionSummary>
        <PricingTable
          prices={prices}
          locale={locale}
          heading={t("plans.all")}
          context={{
            subscription,
            prices,
            locale,
            mayManageBilling,
            signInHref: signInUrlFor(services.config, returnPath) ?? returnPath,
          }}
        />
      </section>
      <section id="/details" class="panel" aria-label={t("plans.details_tab")}>
        <h2>{t("details.heading")}</h2>
        <OrganizationDetails
          services={services}
          visitor={visitor}
          billing={billing}
          locale={locale}
        />
        {billing.hasCustomer && (
          <RefreshFromStripe page="organization" locale={locale} />
        )}
      </section>
      <section
        id="/activity"
        class="panel"
        aria-label={t("plans.activity_tab")}
      >
        <h2>{t("plans.activity_tab")}</h2>
        <ActivityFeed activity={activity} locale={locale} />
      </section>
    </Page>
  );
});

/** The plan's limits; nothing for a custom plan. */
function Limits(
  { planId, locale }: { planId: string | null; locale: string },
) {
  const plan = planId === null ? undefined : findPlan(planId);
  if (plan === undefined) return null;
  const t = translator(locale);
  return (
    <p class="soft">
      {t("plans.tokens", { count: plan.tokensPerMonth })}
      <br />
      {t("plans.calls", { count: plan.callsPerMinute })}
    </p>
  );
}

/** The fragment selects the tab, so CSS shows which one is current. */
function Tab({ name, label, t }: {
  name: "plans" | "details" | "activity";
  label: string;
  t: Translate;
}) {
  return (
    <a class={`tab tab--${name}`} href={`#/${name}`}>
      {label}
      <span class="tab-shown">{t("plans.tab_shown")}</span>
    </a>
  );
}
