import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { InvoiceList } from "@/components/billing/InvoiceList.tsx";
import { SubscriptionSummary } from "@/components/billing/SubscriptionSummary.tsx";
import { Section } from "@/components/layout/Section.tsx";
import type { AccountPage, AccountView } from "@/lib/pages/account_page.ts";
import type { Member } from "@/lib/pages/page_route.ts";
import { isOverdue } from "@/lib/billing/subscription.ts";
import {
  type MessageKey,
  type Translate,
  translator,
} from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { UsageSections } from "./UsageSections.tsx";

interface AccountSectionsProps {
  services: Services;
  visitor: Member;
  account: AccountPage;
  view: AccountView;
  locale: string;
}

/** The sections of the account page, below its heading. */
export function AccountSections(
  { services, visitor, account, view, locale }: AccountSectionsProps,
) {
  const { billing, invoices, prices } = account;
  const { subscription, hasCustomer } = billing;
  const t = translator(locale);
  return (
    <>
      <SectionNav t={t} />
      <UsageSections
        usagePage={account}
        nowMs={billing.nowMs}
        visitor={visitor}
        view={view}
        locale={locale}
      />
      <Section id="invoices" heading={t("account.invoices")}>
        <InvoiceList
          invoices={invoices}
          hasCustomer={hasCustomer}
          view={view}
          locale={locale}
          isOverdue={isOverdue(subscription)}
          documents={visitor.mayManageBilling}
        />
      </Section>
      <Section id="plan" heading={t("account.plan_heading")}>
        <SubscriptionSummary
          services={services}
          visitor={visitor}
          billing={billing}
          prices={prices}
          locale={locale}
          page="account"
        >
          <p>
            <a href={PLANS_HREF}>{t("account.all_plans")}</a>
          </p>
        </SubscriptionSummary>
      </Section>
    </>
  );
}

const SECTIONS = [
  ["#wallet", "account.wallet"],
  ["#use", "account.usage"],
  ["#credits", "action.buy_tokens"],
  ["#ledger", "account.ledger"],
  ["#invoices", "account.invoices"],
  ["#plan", "account.plan"],
] as const satisfies readonly [href: string, label: MessageKey][];

function SectionNav({ t }: { t: Translate }) {
  return (
    <nav class="parts" aria-label={t("frame.parts")}>
      <ul>
        {SECTIONS.map(([href, label]) => (
          <li key={href}>
            <a href={href}>{t(label)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
