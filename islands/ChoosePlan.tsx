import { useStripeVisit } from "@/components/billing/use_stripe_redirect.ts";
import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";

const CHECKOUT = "/api/v1/operations/payment/checkout";

/**
 * The way to Checkout: a form that works by itself, with a button for each
 * interval, of which the page shows the one that is switched to.
 */
export default function ChoosePlan({ plan, label, signInHref }: {
  plan: string;
  label: string;
  signInHref: string;
}) {
  const { pending, failure, visit } = useStripeVisit({
    path: CHECKOUT,
    signInHref,
    refused: { words: "This plan cannot be bought as asked. Reload the page." },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const { value: interval } = event.submitter as HTMLButtonElement;
    visit({ plan, interval }, interval);
  }

  const button = (interval: "month" | "year") => (
    <button
      type="submit"
      class={`button by-${interval}`}
      name="interval"
      value={interval}
      aria-busy={pending === interval ? "true" : "false"}
    >
      {label}
    </button>
  );

  return (
    <form class="manage" method="post" action={CHECKOUT} onSubmit={submit}>
      <input type="hidden" name="plan" value={plan} />
      {button("month")}
      {button("year")}
      <RedirectStatus pending={pending !== null} failure={failure} />
    </form>
  );
}
