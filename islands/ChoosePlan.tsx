import { CHECKOUT_PATH } from "@/components/layout/hrefs.ts";
import { RedirectStatus } from "@/components/billing/RedirectStatus.tsx";
import {
  type RedirectText,
  useStripeRedirect,
} from "@/components/billing/use_stripe_redirect.ts";
import { ORGANIZATION_HEADER } from "@/lib/auth/page_organization.ts";

/**
 * A form that opens Checkout, with or without JavaScript. It has a button per
 * billing interval; CSS hides the one that the interval switch didn't select.
 */
export default function ChoosePlan(
  { plan, orgId, formAction, plain, signInHref, text }: {
    plan: string;
    orgId: string;
    /** Names the organization, for a form that is sent without JavaScript. */
    formAction: string;
    plain: boolean;
    signInHref: string;
    text: RedirectText & { button: string; unavailable: string };
  },
) {
  const { pending, failure, redirect } = useStripeRedirect({
    path: CHECKOUT_PATH,
    headers: { [ORGANIZATION_HEADER]: orgId },
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
      formAction={formAction}
      class={`${plain ? "button plain" : "button"} by-${interval}`}
      name="interval"
      value={interval}
      aria-busy={pending === interval ? "true" : "false"}
    >
      {text.button}
    </button>
  );

  return (
    <form class="manage" method="post" action={CHECKOUT_PATH} onSubmit={submit}>
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
