import ManageBilling from "@/islands/ManageBilling.tsx";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { PORTAL_HREF, returningTo } from "./plan_labels.ts";
import { redirectText } from "./redirect_text.ts";

/**
 * The Manage Billing button. It is disabled for roles without billing rights,
 * and replaced by an explanation while the organization has no Stripe customer.
 */
export function ManageBillingPanel(
  { services, visitor, billing, page, locale }: {
    services: Services;
    visitor: Visitor;
    billing: BillingView;
    /** The current page, to return to from Stripe or after signing in again. */
    page: PortalReturn;
    locale: string;
  },
) {
  const t = translator(locale);
  if (!billing.hasCustomer) return <NoCustomer visitor={visitor} t={t} />;
  const { mayManageBilling } = visitor;
  const path = `/${page}`;
  return (
    <div class="billing">
      <p>{t("manage.about")}</p>
      {mayManageBilling
        ? (
          <ManageBilling
            href={returningTo(page, PORTAL_HREF)}
            returnTo={page}
            signInHref={signInUrlFor(services.config, path) ?? path}
            text={{
              ...redirectText(locale),
              button: t("manage.button"),
              noBilling: t("redirect.no_billing"),
              choosePlan: t("action.choose_plan"),
            }}
          />
        )
        : <ManageBillingDisabled t={t} />}
    </div>
  );
}

function ManageBillingDisabled({ t }: { t: Translate }) {
  return (
    <>
      <a
        class="button"
        role="link"
        aria-disabled="true"
        aria-describedby="billing-reason"
      >
        {t("manage.button")}
      </a>
      <p id="billing-reason" class="note">
        {t("manage.forbidden")}
      </p>
    </>
  );
}

function NoCustomer({ visitor, t }: { visitor: Visitor; t: Translate }) {
  return (
    <div class="billing">
      <p>
        <strong>{t("manage.none")}</strong> {visitor.mayManageBilling
          ? t("manage.none_text")
          : t("manage.none_member")}
      </p>
    </div>
  );
}
