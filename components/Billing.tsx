import ManageBilling from "@/islands/ManageBilling.tsx";
import { signInUrlFor } from "@/lib/sign_in.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/visitor.ts";

const PORTAL_URL = "/api/v1/operations/payment/customer-portal";

/**
 * Manage Billing where it leads somewhere: the button; with the reason why not
 * for a role without the right; or what to know while there is no customer.
 */
export function Billing({ services, visitor, hasCustomer, returnPath }: {
  services: Services;
  visitor: Visitor;
  hasCustomer: boolean;
  /** The page that it is on, to come back to after signing in again. */
  returnPath: string;
}) {
  if (!hasCustomer) return <NothingToManage visitor={visitor} />;
  return (
    <div class="billing">
      <p>
        Change the card and the billing address, and get every invoice as a PDF,
        on Stripe's own pages.
      </p>
      {visitor.mayManageBilling
        ? (
          <ManageBilling
            href={PORTAL_URL}
            signInHref={signInUrlFor(services.config, returnPath) ?? returnPath}
          />
        )
        : <NotAllowed />}
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
