import ManageBilling from "@/islands/ManageBilling.tsx";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { CARD_HREF, PORTAL_HREF } from "./plan_labels.ts";

/**
 * Manage Billing where it leads somewhere: the button; with the reason why not
 * for a role without the right; or what to know while there is no customer.
 * While a payment is open it leads straight to the card.
 */
export function Billing({ services, visitor, billing, returnPath }: {
  services: Services;
  visitor: Visitor;
  billing: BillingView;
  /** The page that it is on, to come back to after signing in again. */
  returnPath: string;
}) {
  if (!billing.hasCustomer) return <NothingToManage visitor={visitor} />;
  const status = billing.subscription?.status;
  const { mayManageBilling } = visitor;
  const owes = mayManageBilling &&
    (status === "past_due" || status === "unpaid");
  return (
    <div class="billing">
      <p>
        {owes
          ? "Straight to the card that could not be charged, on Stripe's own page."
          : "Change the card and the billing address, and get every invoice as a PDF, on Stripe's own pages."}
      </p>
      {mayManageBilling
        ? (
          <ManageBilling
            href={owes ? CARD_HREF : PORTAL_HREF}
            {...(owes && { flow: "payment_method_update" })}
            signInHref={signInUrlFor(services.config, returnPath) ?? returnPath}
          />
        )
        : <NotAllowed />}
      {owes && (
        <p class="note">
          <a href={PORTAL_HREF}>Invoices and billing details</a>
        </p>
      )}
    </div>
  );
}

function NotAllowed() {
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

function NothingToManage({ visitor }: { visitor: Visitor }) {
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
