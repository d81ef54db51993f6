import { Field } from "./layout.tsx";
import { BUSINESS_NAME } from "../context.ts";

/** A link that is too old, with the way on: the email on file, or back where it came from. */
export function Expired(props: {
  action: string | null;
  returnUrl: string | null;
  email?: string;
  error?: string | undefined;
}) {
  return (
    <>
      <div class="title">
        <h1>This link has expired</h1>
        <p class="lead">
          Links to this page work for a short time, so that an old one in a mail
          or a history is of no use to anybody else.
        </p>
      </div>
      {props.action && (
        <form class="form" method="post" action={props.action} novalidate>
          <Field
            name="email"
            type="email"
            label="Billing email"
            hint="Confirm the email address on file to continue."
            value={props.email ?? ""}
            error={props.error}
            maxLength={512}
            required
          />
          <div class="buttons">
            <button class="primary" type="submit">Continue</button>
          </div>
        </form>
      )}
      {!props.action && props.error && (
        <p class="form-error" role="alert">{props.error}</p>
      )}
      {props.returnUrl && (
        <p>
          <a class="action" href={props.returnUrl} rel="noreferrer">
            Go back to {BUSINESS_NAME} and open billing again
          </a>
        </p>
      )}
    </>
  );
}

/** A link that leads nowhere. */
export function NotFound() {
  return (
    <>
      <div class="title">
        <h1>There is nothing at this link</h1>
        <p class="lead">
          It may be incomplete, or what it led to is gone. Open billing in{" "}
          {BUSINESS_NAME} again to get a new one.
        </p>
      </div>
    </>
  );
}

/** A form that did not come from one of these pages. */
export function Refused() {
  return (
    <>
      <div class="title">
        <h1>This form cannot be used from here</h1>
        <p class="lead">
          It was sent from another site. Open the page itself and try again.
        </p>
      </div>
    </>
  );
}

/** What a deep link ends with. */
export function Done(
  { message, returnUrl }: { message: string; returnUrl: string | null },
) {
  return (
    <>
      <div class="title">
        <h1>All done</h1>
        <p class="lead" role="status">{message}</p>
      </div>
      {returnUrl && (
        <p>
          <a class="primary" href={returnUrl} rel="noreferrer">
            Return to {BUSINESS_NAME}
          </a>
        </p>
      )}
    </>
  );
}

/** A deep link whose subject has changed since it was made. */
export function TooLate({ returnUrl }: { returnUrl: string | null }) {
  return (
    <>
      <div class="title">
        <h1>There is nothing left to do here</h1>
        <p class="lead">
          Your plan has changed since this link was made. Nothing was done just
          now.
        </p>
      </div>
      {returnUrl && (
        <p>
          <a class="primary" href={returnUrl} rel="noreferrer">
            Return to {BUSINESS_NAME}
          </a>
        </p>
      )}
    </>
  );
}
