import { useBusinessName } from "../document.tsx";
import { Heading, LinkLine } from "../elements.tsx";
import { PostButton } from "../forms.tsx";

const MESSAGES = {
  processing: [
    "Your payment is processing",
    "Bank debits usually take a few days. No further action is needed.",
  ],
  failed: [
    "Your payment failed",
    "You have not been charged. Start again with a different payment method.",
  ],
  paid: [
    "Payment complete",
    "Your payment was successful, and you were charged once.",
  ],
} as const;

/** A completed session, opened again with the Back button or in an old tab. */
export function SessionComplete(props: {
  payment: keyof typeof MESSAGES;
  successUrl: string;
  /** The seller's `custom_text.after_submit`. */
  customText: string | null;
}) {
  const [title, lead] = MESSAGES[props.payment];
  return (
    <>
      <Heading title={title} lead={lead} live>
        {props.customText && <p>{props.customText}</p>}
      </Heading>
      <LinkLine class="primary" href={props.successUrl}>
        Continue to {useBusinessName()}
      </LinkLine>
    </>
  );
}

/** An expired session; `recoverAction` is the form action that starts a new one, if allowed. */
export function SessionExpired(
  { recoverAction, cancelUrl }: {
    recoverAction: string | null;
    cancelUrl: string | null;
  },
) {
  return (
    <>
      <Heading
        title="This checkout session has expired"
        lead="Checkout sessions stay open for a limited time. You have not been charged."
      />
      {recoverAction && (
        <PostButton class="primary" action={recoverAction}>
          Start over
        </PostButton>
      )}
      <LinkLine class="action" href={cancelUrl}>
        Go back to {useBusinessName()}
      </LinkLine>
    </>
  );
}
