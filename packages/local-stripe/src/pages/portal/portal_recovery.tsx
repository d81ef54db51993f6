import type { Context } from "../../context.ts";
import { openSession } from "../../resources/portal_sessions.ts";
import { ErrorMessage, Heading, LinkLine } from "../elements.tsx";
import { useBusinessName } from "../document.tsx";
import { Field, valueOf } from "../forms.tsx";
import { page } from "../page.tsx";
import { seeOther } from "../responses.ts";
import {
  type OpenedLink,
  type StoredPortalSession,
  updateExtra,
} from "./portal_session.ts";

type ExpiredLink = Extract<OpenedLink, { is: "expired" }>;

const MAX_GUESSES = 5;

/**
 * Handles an expired link. If the session allows it, a visitor who enters the customer's email
 * address gets a new session, without the deep link.
 *
 * @param form The form that was sent to `action`; `null` for any other request.
 */
export async function handleExpiredLink(
  context: Context,
  link: ExpiredLink,
  { action, form }: { action: string; form: URLSearchParams | null },
): Promise<Response> {
  const { customer, stored } = link;
  if (form === null || !canRecover(context, stored)) {
    return showExpired(context, stored, { action });
  }
  const email = valueOf(form, "email");
  if (email.toLowerCase() === customer.email?.toLowerCase()) {
    return seeOther(await newSessionUrl(context, stored));
  }
  const updated = await updateExtra(
    context,
    stored,
    ({ guesses }) => ({ guesses: guesses + 1 }),
  );
  const error = canRecover(context, updated)
    ? "That is not the email address on file."
    : "Too many attempts. Open billing again from where you came.";
  return showExpired(context, updated, { action, email, error });
}

function canRecover(
  context: Context,
  { extra, object }: StoredPortalSession,
): boolean {
  const login = object.after_expiration?.customer_login;
  if (!login || extra.guesses >= MAX_GUESSES) return false;
  return login.expires_at === null || login.expires_at * 1_000 > context.now();
}

async function newSessionUrl(
  context: Context,
  { object }: StoredPortalSession,
): Promise<string> {
  const { after_expiration, configuration, customer, locale, return_url } =
    object;
  const { url } = await openSession(context, {
    after_expiration,
    configuration,
    customer,
    locale,
    return_url,
    flow: null,
  });
  return url;
}

function showExpired(
  context: Context,
  stored: StoredPortalSession,
  form: { action: string; email?: string; error?: string },
): Response {
  const { return_url: returnUrl } = stored.object;
  const action = canRecover(context, stored) ? form.action : null;
  return page(
    context,
    "Link expired",
    <Expired {...form} action={action} returnUrl={returnUrl} />,
    { status: 410, returnUrl },
  );
}

function Expired({ action, email = "", error, returnUrl }: {
  action: string | null;
  returnUrl: string | null;
  email?: string;
  error?: string;
}) {
  const state = { values: { email }, errors: error ? { email: error } : {} };
  return (
    <>
      <Heading
        title="This link has expired"
        lead="For your security, links to this page expire after a short time."
      />
      {action && (
        <form class="form" method="post" action={action} novalidate>
          <Field
            name="email"
            type="email"
            label="Billing email"
            hint="Confirm the email address on file to continue."
            state={state}
            maxLength={512}
            required
          />
          <div class="buttons">
            <button class="primary" type="submit">Continue</button>
          </div>
        </form>
      )}
      {!action && <ErrorMessage>{error}</ErrorMessage>}
      <LinkLine class="action" href={returnUrl}>
        Go back to {useBusinessName()} and open billing again
      </LinkLine>
    </>
  );
}
