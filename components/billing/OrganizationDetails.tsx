import { DescriptionList } from "@/components/layout/DescriptionList.tsx";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import type { Services } from "@/lib/services.ts";

/** The organization's name and id, and the visitor's billing access. */
export function OrganizationDetails({ services, visitor, billing }: {
  services: Services;
  visitor: Visitor;
  billing: BillingView;
}) {
  const { organization, principal, mayManageBilling } = visitor;
  const { billingRoles } = services.config;
  const allowedRoles = billingRoles === null
    ? "Any member"
    : [...billingRoles].map(roleLabel).join(", ");
  return (
    <DescriptionList
      items={[
        ["Organization", organization?.name ?? "Named where you sign in"],
        ["Id", <code key="id">{organization?.id}</code>],
        [
          "Your role",
          principal.role === null ? "None" : roleLabel(principal.role),
        ],
        [
          "May manage billing",
          `${allowedRoles}${
            mayManageBilling ? ", so you may" : "; you may not"
          }`,
        ],
        [
          "Invoices and cards",
          billing.hasCustomer
            ? "Kept by Stripe, behind Manage Billing"
            : "None yet: they begin with the first payment",
        ],
      ]}
    />
  );
}

/** `org:admin` becomes `Admin`. */
function roleLabel(role: string): string {
  const name = role.replace(/^org:/, "").replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
