import type { Services } from "@/lib/services.ts";
import type { SignedOut } from "@/lib/pages/page_route.ts";
import { ClerkSession, Page } from "./Page.tsx";
import { MessagePage, Ways } from "./MessagePage.tsx";

/**
 * What somebody sees who has to sign in first. With Clerk its script looks
 * for a session that only ran out, and reloads the page once if there is one.
 */
export function SignInFirst({ services, stranger }: {
  services: Services;
  stranger: SignedOut;
}) {
  const { signInUrl, sessionEnded } = stranger;
  const heading = sessionEnded ? "Your session has ended" : "Sign in first";
  return (
    <Page title={heading} services={services}>
      <MessagePage eyebrow="Signed out" heading={heading}>
        <p class="lead" data-signed-out>
          {sessionEnded
            ? "It runs out when a page is left alone for a while. Nothing is lost: sign in and you are back here."
            : "This page belongs to an organization. Sign in to see yours."}
        </p>
        {signInUrl === null
          ? <SignInElsewhere />
          : <Ways ways={[{ href: signInUrl, label: "Sign in" }]} />}
        <ClerkSession services={services} />
      </MessagePage>
    </Page>
  );
}

/** The link is for Clerk's script, which knows where its sign-in is. */
function SignInElsewhere() {
  return (
    <>
      <p>Sign in where you use the product, then come back to this page.</p>
      <p class="ways">
        <a class="button" href="/organization" data-clerk-sign-in hidden>
          Sign in
        </a>
      </p>
    </>
  );
}

/** What somebody sees who acts for no organization. */
export function ChooseOrganization({ services }: { services: Services }) {
  return (
    <MessagePage
      eyebrow="No organization"
      heading="Choose an organization first"
    >
      <p class="lead">
        Plans and billing belong to an organization, and you are signed in
        without one. {services.sandbox?.identity
          ? "Choose one that you are a member of, or be somebody else for a while."
          : "Choose one where you signed in, or ask one of its admins to invite you, then come back."}
      </p>
      <Ways ways={waysOn(services)} />
    </MessagePage>
  );
}

function waysOn(services: Services) {
  const { signInUrl } = services.config.auth;
  const pricing = { href: "/pricing", label: "See the plans" };
  return signInUrl === null
    ? [pricing]
    : [{ href: signInUrl, label: "Choose an organization" }, pricing];
}
