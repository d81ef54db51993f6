import { useBusinessName } from "./document.tsx";
import { Heading, LinkLine } from "./elements.tsx";

/** An unknown link. */
export function NotFound() {
  return (
    <Heading
      title="Page not found"
      lead={`The link may be incomplete or no longer valid. Go back to ${useBusinessName()} and open billing again.`}
    />
  );
}

/** A page of a live session that does not exist, or an action done before. */
export function NotInSession({ home }: { home: string }) {
  return (
    <>
      <Heading
        title="Page not found"
        lead="The page doesn't exist, or your plan has changed since you opened it. No changes were made."
      />
      <LinkLine class="primary" href={home}>Back to billing</LinkLine>
    </>
  );
}

/** A form sent from another origin. */
export function CrossOriginForm() {
  return (
    <Heading
      title="Request refused"
      lead="This form was sent from another site. Open the page directly and try again."
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
        title="This link is no longer available"
        lead="Your plan has changed since this link was created. No changes were made."
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
