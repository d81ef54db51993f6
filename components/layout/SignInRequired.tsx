import type { SignedOut } from "@/lib/pages/page_route.ts";
import type { Services } from "@/lib/services.ts";
import { type LinkAction, LinkActions, MessagePage } from "./MessagePage.tsx";
import { ClerkSession, Page } from "./Page.tsx";

/**
 * The page for signed-out visitors. With Clerk, its script renews an expired
 * session if it can, then reloads the page once.
 */
export function SignInRequired({ services, signedOut }: {
  services: Services;
  signedOut: SignedOut;
}) {
  const { signInUrl, sessionEnded } = signedOut;
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
          : <LinkActions actions={[{ href: signInUrl, label: "Sign in" }]} />}
        <ClerkSession services={services} />
      </MessagePage>
    </Page>
  );
}

/** Clerk's script sets the link's target and reveals it. */
function SignInElsewhere() {
  return (
    <>
      <p>Sign in where you use the product, then come back to this page.</p>
      <p class="actions">
        <a class="button" href="/organization" data-clerk-sign-in hidden>
          Sign in
        </a>
      </p>
    </>
  );
}

/** The message for a person whose session has no active organization. */
export function OrganizationRequired({ services }: { services: Services }) {
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
      <LinkActions actions={organizationActions(services)} />
    </MessagePage>
  );
}

function organizationActions(services: Services): LinkAction[] {
  const { signInUrl } = services.config.auth;
  const pricing = { href: "/pricing", label: "See the plans" };
  return signInUrl === null
    ? [pricing]
    : [{ href: signInUrl, label: "Choose an organization" }, pricing];
}
