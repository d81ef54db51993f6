import ManageBilling from "@/islands/ManageBilling.tsx";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import type { Services } from "@/lib/services.ts";
import { CARD_HREF, PORTAL_HREF, returningTo } from "./plan_labels.ts";

/**
 * The Manage Billing button. It is disabled for roles without billing rights,
 * replaced by an explanation while the organization has no Stripe customer,
 * and opens the payment method page while a payment is overdue.
 */
export function ManageBillingPanel({ services, visitor, billing, page }: {
  services: Services;
  visitor: Visitor;
  billing: BillingView;
  /** The current page, to return to from Stripe or after signing in again. */
  page: PortalReturn;
}) {
  if (!billing.hasCustomer) return <NoCustomer visitor={visitor} />;
  const status = billing.subscription?.status;
  const { mayManageBilling } = visitor;
  const path = `/${page}`;
  const overdue = mayManageBilling &&
    (status === "past_due" || status === "unpaid");
  return (
    <div class="billing">
      <p>
        {overdue
          ? "Straight to the card that could not be charged, on Stripe's own page."
          : "Change the card and the billing address, and get every invoice as a PDF, on Stripe's own pages."}
      </p>
      {mayManageBilling
        ? (
          <ManageBilling
            href={returningTo(page, overdue ? CARD_HREF : PORTAL_HREF)}
            {...(overdue && { flow: "payment_method_update" })}
            returnTo={page}
            signInHref={signInUrlFor(services.config, path) ?? path}
          />
        )
        : <ManageBillingDisabled />}
      {overdue && (
        <p class="note">
          <a href={returningTo(page, PORTAL_HREF)}>
            Invoices and billing details
          </a>
        </p>
      )}
    </div>
  );
}

function ManageBillingDisabled() {
  return (
    <>
      <a
        class="button"
        role="link"
        aria-disabled="true"
        aria-describedby="billing-reason"
      >
        Manage Billing
      </a>
      <p id="billing-reason" class="note">
        Your role may not manage billing. Ask an admin of your organization to
        do it, or to change your role.
      </p>
    </>
  );
}

function NoCustomer({ visitor }: { visitor: Visitor }) {
  return (
    <div class="billing">
      <p>
        <strong>Nothing to manage yet.</strong>{" "}
        This organization has never paid for anything, so there is no card and
        no invoice. {visitor.mayManageBilling
          ? "With its first subscription Stripe starts to keep both, and this is where you manage them."
          : "Once an admin subscribes, Stripe starts to keep both."}
      </p>
    </div>
  );
}
