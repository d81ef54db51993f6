import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";
import {
  type RedirectText,
  useStripeRedirect,
} from "@/components/billing/use_stripe_redirect.ts";

/**
 * A form that opens Checkout, with or without JavaScript. It has a button per
 * billing interval; CSS hides the one that the interval switch didn't select.
 */
export default function ChoosePlan({ plan, action, signInHref, text }: {
  plan: string;
  action: string;
  signInHref: string;
  text: RedirectText & { button: string; unavailable: string };
}) {
  const { pending, failure, redirect } = useStripeRedirect({
    path: action,
    signInHref,
    text,
    badRequest: { message: text.unavailable },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const { value: interval } = event.submitter as HTMLButtonElement;
    redirect({ plan, interval }, interval);
  }

  const button = (interval: "month" | "year") => (
    <button
      type="submit"
      class={`button by-${interval}`}
      name="interval"
      value={interval}
      aria-busy={pending === interval ? "true" : "false"}
    >
      {text.button}
    </button>
  );

  return (
    <form class="manage" method="post" action={action} onSubmit={submit}>
      <input type="hidden" name="plan" value={plan} />
      {button("month")}
      {button("year")}
      <RedirectStatus
        pending={pending !== null && text.pending}
        failure={failure}
      />
    </form>
  );
}
