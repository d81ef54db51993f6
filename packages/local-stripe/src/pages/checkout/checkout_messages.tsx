import { useBusinessName } from "../document.tsx";
import { Heading, LinkLine } from "../elements.tsx";
import { PostButton } from "../forms.tsx";

const MESSAGES = {
  processing: [
    "Your payment is on its way",
    "Your bank has been asked for it. There is nothing more to do, and it is not asked twice.",
  ],
  failed: [
    "Your bank refused the payment",
    "Nothing was paid. What you chose can be bought again with another account or a card.",
  ],
  paid: [
    "This is already paid",
    "Your payment went through, and it was made once. There is nothing left to do here.",
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
        title="This checkout has closed"
        lead="It stays open for a limited time. Nothing was paid, and nothing was bought."
      />
      {recoverAction && (
        <PostButton class="primary" action={recoverAction}>
          Start it again
        </PostButton>
      )}
      <LinkLine class="action" href={cancelUrl}>
        Go back to {useBusinessName()}
      </LinkLine>
    </>
  );
}
