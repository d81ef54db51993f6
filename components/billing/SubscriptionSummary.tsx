import type { ComponentChildren } from "preact";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { Billing } from "./ManageBillingPanel.tsx";
import { Arches } from "@/components/layout/Logo.tsx";
import { planName } from "./plan_labels.ts";
import { SubscriptionLines } from "./SubscriptionStatus.tsx";

/** What the organization has now, and the door to what it can do about it. */
export function SubscriptionSummary(
  { services, visitor, billing, returnPath, locale, children }: {
    services: Services;
    visitor: Visitor;
    billing: BillingView;
    /** The page that it is on, to come back to after signing in again. */
    returnPath: string;
    locale: string;
    /** A word more about the plan. */
    children?: ComponentChildren;
  },
) {
  const { subscription } = billing;
  return (
    <div class="standing">
      <div>
        <h2 class="eyebrow">Your plan</h2>
        <p class="standing-plan">{planName(currentPlanId(subscription))}</p>
        <SubscriptionLines subscription={subscription} locale={locale} />
        {children}
      </div>
      <Billing
        services={services}
        visitor={visitor}
        billing={billing}
        returnPath={returnPath}
      />
      <Arches />
    </div>
  );
}
