import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";
import {
  type RedirectText,
  useStripeRedirect,
} from "@/components/billing/use_stripe_redirect.ts";

interface ManageBillingText extends RedirectText {
  button: string;
  /** For an organization without a Stripe customer, with a link to plans. */
  noBilling: string;
  choosePlan: string;
}

/**
 * The Manage Billing link. It works without JavaScript; with it, the link
 * requests the portal's URL first, to show pending and failure states.
 */
export default function ManageBilling(
  { href, returnTo, signInHref, text }: {
    href: string;
    /** The page that the portal returns to. */
    returnTo: string;
    signInHref: string;
    text: ManageBillingText;
  },
) {
  const { pending, failure, redirect } = useStripeRedirect({
    path: "/api/v1/account/billing-portal",
    signInHref,
    text,
    badRequest: {
      message: `${text.noBilling} `,
      link: { href: PLANS_HREF, label: text.choosePlan },
    },
  });

  function open(event: MouseEvent) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    redirect({ return_to: returnTo });
  }

  return (
    <div class="manage">
      <a
        class="button"
        href={href}
        onClick={open}
        aria-busy={pending === null ? "false" : "true"}
      >
        {text.button}
      </a>
      <RedirectStatus
        pending={pending !== null && text.pending}
        failure={failure}
      />
    </div>
  );
}

/** Reports whether the click opens a new tab or window, or downloads. */
function opensElsewhere(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey ||
    event.shiftKey || event.altKey;
}
