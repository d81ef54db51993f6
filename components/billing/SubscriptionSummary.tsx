import type { ComponentChildren } from "preact";
import { Decoration } from "@/components/layout/Decoration.tsx";
import type { Prices } from "@/lib/billing/plans.ts";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { ManageBillingPanel } from "./ManageBillingPanel.tsx";
import { SubscriptionStatus } from "./SubscriptionStatus.tsx";
import { planName } from "./plan_labels.ts";

/** The current plan, its status, and the Manage Billing button. */
export function SubscriptionSummary(
  { services, visitor, billing, prices, page, locale, children }: {
    services: Services;
    visitor: Visitor;
    billing: BillingView;
    prices: Prices;
    /** The current page, to return to from Stripe. */
    page: PortalReturn;
    locale: string;
    /** Further details of the plan. */
    children?: ComponentChildren;
  },
) {
  const { subscription } = billing;
  return (
    <div class="subscription">
      <div>
        <h2 class="eyebrow">{translator(locale)("plans.your_plan")}</h2>
        <p class="subscription-plan">
          {planName(currentPlanId(subscription), locale)}
        </p>
        <SubscriptionStatus
          subscription={subscription}
          prices={prices}
          mayManageBilling={visitor.mayManageBilling}
          locale={locale}
        />
        {children}
      </div>
      <ManageBillingPanel
        services={services}
        visitor={visitor}
        billing={billing}
        page={page}
        locale={locale}
      />
      <Decoration />
    </div>
  );
}
