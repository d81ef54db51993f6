import type { NoOrganization, SignedOut } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { type LinkAction, LinkActions, MessagePage } from "./MessagePage.tsx";
import { ClerkSession, Page } from "./Page.tsx";

/** The page for a visitor who is signed out or acts for no organization. */
export function NoAccess({ services, data }: {
  services: Services;
  data: SignedOut | NoOrganization;
}) {
  return data.access === "signed_out"
    ? <SignInRequired services={services} data={data} />
    : <OrganizationRequired services={services} data={data} />;
}

/**
 * With Clerk, its script renews an expired session if it can, then reloads the
 * page once.
 */
function SignInRequired(
  { services, data }: { services: Services; data: SignedOut },
) {
  const { locale, signInUrl, sessionEnded } = data;
  const t = translator(locale);
  const heading = sessionEnded
    ? t("signed_out.ended_heading")
    : t("signed_out.heading");
  return (
    <Page title={heading} services={services} locale={locale}>
      <MessagePage eyebrow={t("signed_out.eyebrow")} heading={heading}>
        <p class="lead" data-signed-out>
          {sessionEnded ? t("signed_out.ended_lead") : t("signed_out.lead")}
        </p>
        {signInUrl === null ? <SignInElsewhere t={t} /> : (
          <LinkActions
            actions={[{ href: signInUrl, label: t("signed_out.action") }]}
          />
        )}
        <ClerkSession services={services} />
      </MessagePage>
    </Page>
  );
}

/** Clerk's script sets the link's target and reveals it. */
function SignInElsewhere({ t }: { t: Translate }) {
  return (
    <>
      <p>{t("signed_out.elsewhere")}</p>
      <p class="actions">
        <a class="button" href="/organization" data-clerk-sign-in hidden>
          {t("signed_out.action")}
        </a>
      </p>
    </>
  );
}

function OrganizationRequired(
  { services, data }: { services: Services; data: NoOrganization },
) {
  const { locale, visitor } = data;
  const t = translator(locale);
  return (
    <Page
      title={t("no_organization.title")}
      services={services}
      locale={locale}
      visitor={visitor}
    >
      <MessagePage
        eyebrow={t("no_organization.eyebrow")}
        heading={t("no_organization.heading")}
      >
        <p class="lead">
          {services.sandbox?.identity
            ? t("no_organization.lead_sandbox")
            : t("no_organization.lead")}
        </p>
        <LinkActions actions={organizationActions(services, t)} />
      </MessagePage>
    </Page>
  );
}

function organizationActions(services: Services, t: Translate): LinkAction[] {
  const { signInUrl } = services.config.auth;
  const pricing = { href: "/pricing", label: t("action.see_plans") };
  return signInUrl === null
    ? [pricing]
    : [{ href: signInUrl, label: t("no_organization.choose") }, pricing];
}
