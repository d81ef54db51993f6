import { useStripeVisit } from "@/components/billing/use_stripe_redirect.ts";
import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";

/**
 * Manage Billing: a link that works by itself. With script it asks for the
 * portal's address first, so that waiting shows and a failure is told here.
 */
export default function ManageBilling({ href, flow, signInHref }: {
  href: string;
  /** The part of the portal that it leads to; left out for its first page. */
  flow?: string;
  signInHref: string;
}) {
  const { pending, failure, visit } = useStripeVisit({
    path: "/api/v1/account/billing-portal",
    signInHref,
    refused: {
      words: "There is nothing to manage yet. ",
      way: { href: "/organization#/plans", label: "Choose a plan" },
    },
  });

  function open(event: MouseEvent) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    visit(flow ? { flow } : {});
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

/** A new tab, window or download follows the link. */
function opensElsewhere(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey ||
    event.shiftKey || event.altKey;
}
