import type { ComponentChildren } from "preact";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";

/** A name and what it is. */
export type Fact = [term: string, description: ComponentChildren];

/** A short list of what is known, a line each. */
export function DescriptionList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(([term, description]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{description}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is known of the visitor's organization and of who may do what. */
export function organizationFacts(
  services: Services,
  { organization, principal, mayManageBilling }: Visitor,
  { hasCustomer }: BillingView,
): Fact[] {
  const { billingRoles } = services.config;
  const allowed = billingRoles === null
    ? "Any member"
    : [...billingRoles].map(roleName).join(", ");
  return [
    ["Organization", organization?.name ?? "Named where you sign in"],
    ["Id", <code key="id">{organization?.id}</code>],
    ["Your role", principal.role === null ? "None" : roleName(principal.role)],
    [
      "May manage billing",
      `${allowed}${mayManageBilling ? ", so you may" : "; you may not"}`,
    ],
    [
      "Invoices and cards",
      hasCustomer
        ? "Kept by Stripe, behind Manage Billing"
        : "None yet: they begin with the first payment",
    ],
  ];
}

/** `org:admin` as a person says it: `Admin`. */
function roleName(role: string): string {
  const name = role.replace(/^org:/, "").replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
