import { useBusinessName } from "./document.tsx";
import { Heading, LinkLine } from "./elements.tsx";

/** An unknown link. */
export function NotFound() {
  return (
    <Heading
      title="There is nothing at this link"
      lead={`It may be incomplete, or what it led to is gone. Open billing in ${useBusinessName()} again to get a new one.`}
    />
  );
}

/** A form sent from another origin. */
export function CrossOriginForm() {
  return (
    <Heading
      title="This form cannot be used from here"
      lead="It was sent from another site. Open the page itself and try again."
    />
  );
}

/** The end of a deep link. */
export function FlowDone(
  { message, returnUrl }: { message: string; returnUrl: string | null },
) {
  return (
    <>
      <Heading title="All done" lead={message} live />
      <ReturnLink url={returnUrl} />
    </>
  );
}

/** A deep link to a change that is no longer possible. */
export function FlowUnavailable({ returnUrl }: { returnUrl: string | null }) {
  return (
    <>
      <Heading
        title="There is nothing left to do here"
        lead="Your plan has changed since this link was made. Nothing was done just now."
      />
      <ReturnLink url={returnUrl} />
    </>
  );
}

function ReturnLink({ url }: { url: string | null }) {
  return (
    <LinkLine class="primary" href={url}>
      Return to {useBusinessName()}
    </LinkLine>
  );
}
