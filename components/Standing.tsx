import type { ComponentChildren } from "preact";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/visitor.ts";
import { Billing } from "./Billing.tsx";
import { Arches } from "./Mark.tsx";

/** What the organization has now, and the door to what it can do about it. */
export function Standing({ services, visitor, planName, billing, children }: {
  services: Services;
  visitor: Visitor;
  planName: string;
  billing: { hasCustomer: boolean; returnPath: string };
  /** A word more about the plan. */
  children: ComponentChildren;
}) {
  return (
    <div class="standing">
      <div>
        <h2 class="eyebrow">Your plan</h2>
        <p class="standing-plan">{planName}</p>
        {children}
      </div>
      <Billing services={services} visitor={visitor} {...billing} />
      <Arches />
    </div>
  );
}
