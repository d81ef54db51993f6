import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { PricingTable } from "@/components/billing/PricingTable.tsx";
import { RefreshFromStripe } from "@/components/billing/RefreshFromStripe.tsx";
import { SubscriptionSummary } from "@/components/billing/SubscriptionSummary.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import { translator } from "@/lib/pages/translate.ts";
import { consumeFlash, type Flash } from "@/lib/pages/flash.ts";
import {
  type BillingView,
  readBillingView,
  readPagePrices,
} from "@/lib/pages/billing_view.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { findPlan, type Interval, type Prices } from "@/lib/billing/plans.ts";
import { readIntervalChoice } from "@/lib/pages/interval_choice.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

interface PageData {
  billing: BillingView;
  prices: Prices;
  notice: Flash | null;
  /** The billing interval that the visitor has selected. */
  chosen: Interval | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, { organization }, read) => {
    const { services } = ctx.state;
    // First, as it may sync the subscription that is read below.
    const flash = await consumeFlash(ctx, organization.id);
    if ("response" in flash) return flash.response;
    const { notice, headers } = flash;
    // If the confirmation timed out, the earlier read is seconds old.
    const recent = notice === "unavailable" ? null : read;
    const [billing, prices] = await Promise.all([
      readBillingView(services, organization.id, { read: recent }),
      readPagePrices(services),
    ]);
    const chosen = readIntervalChoice(ctx.req.headers);
    return { data: { billing, prices, notice, chosen }, headers };
  }),
);

const PATH = "/organization";

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, billing, prices, notice, chosen, locale } = data;
  const { subscription } = billing;
  const { mayManageBilling } = visitor;
  const t = translator(locale);
  return (
    <OrganizationPage
      section="plans"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <FlashMessage
        notice={notice}
        billing={billing}
        page="organization"
        locale={locale}
      />
      <BillingAlert
        subscription={subscription}
        nowMs={billing.nowMs}
        locale={locale}
        mayManageBilling={mayManageBilling}
        page="organization"
      />
      <section id="/plans" class="plans" aria-label={t("plans.tab")}>
        <SubscriptionSummary
          services={services}
          visitor={visitor}
          billing={billing}
          prices={prices}
          page="organization"
          locale={locale}
        >
          <Limits planId={currentPlanId(subscription)} locale={locale} />
        </SubscriptionSummary>
        <PricingTable
          prices={prices}
          locale={locale}
          chosen={chosen}
          heading={t("plans.all")}
          context={{
            orgId: visitor.organization.id,
            subscription,
            prices,
            locale,
            mayManageBilling,
            signInHref: signInUrlFor(services.config, PATH) ?? PATH,
          }}
        />
        {billing.hasCustomer && (
          <RefreshFromStripe page="organization" locale={locale} />
        )}
      </section>
    </OrganizationPage>
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
