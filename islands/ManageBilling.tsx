import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";
import { useStripeRedirect } from "@/components/billing/use_stripe_redirect.ts";

/**
 * The Manage Billing link. It works without JavaScript; with it, the link
 * requests the portal's URL first, to show pending and failure states.
 */
export default function ManageBilling({ href, flow, returnTo, signInHref }: {
  href: string;
  /** The portal flow to open; omitted for the portal's start page. */
  flow?: string;
  /** The page that the portal returns to. */
  returnTo: string;
  signInHref: string;
}) {
  const { pending, failure, redirect } = useStripeRedirect({
    path: "/api/v1/account/billing-portal",
    signInHref,
    badRequest: {
      message: "There is nothing to manage yet. ",
      link: { href: "/organization#/plans", label: "Choose a plan" },
    },
  });

  function open(event: MouseEvent) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    redirect({ return_to: returnTo, ...(flow && { flow }) });
  }

  return (
    <div class="manage">
      <a
        class="button"
        href={href}
        onClick={open}
        aria-busy={pending === null ? "false" : "true"}
      >
        Manage Billing
      </a>
      <RedirectStatus pending={pending !== null} failure={failure} />
    </div>
  );
}

/** Reports whether the click opens a new tab or window, or downloads. */
function opensElsewhere(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey ||
    event.shiftKey || event.altKey;
}
