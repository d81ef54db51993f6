import type { ComponentChildren } from "preact";
import { InvoiceList } from "@/components/billing/InvoiceList.tsx";
import { OrganizationDetails } from "@/components/billing/OrganizationDetails.tsx";
import { SubscriptionSummary } from "@/components/billing/SubscriptionSummary.tsx";
import {
  type DescriptionItem,
  DescriptionList,
} from "@/components/layout/DescriptionList.tsx";
import type { AccountPage, AccountView } from "@/lib/pages/account_page.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { isOverdue } from "@/lib/billing/subscription.ts";
import {
  type MessageKey,
  type Translate,
  translator,
} from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { LedgerList } from "./LedgerList.tsx";
import { PackList } from "./PackList.tsx";
import { UsageChart } from "./UsageChart.tsx";
import { WalletPanel } from "./WalletPanel.tsx";

interface AccountSectionsProps {
  services: Services;
  visitor: Visitor;
  account: AccountPage;
  view: AccountView;
  locale: string;
}

/** The sections of the account page, below its heading. */
export function AccountSections(props: AccountSectionsProps) {
  const { services, visitor, account, view, locale } = props;
  const { billing, wallet, usage, history, prices, invoices } = account;
  const { subscription, hasCustomer } = billing;
  const { mayManageBilling } = visitor;
  const nowMs = services.now();
  const t = translator(locale);
  return (
    <>
      <SectionNav t={t} />
      <WalletPanel {...{ wallet, subscription, nowMs, locale }} />
      <Section id="use" heading={t("account.usage_heading")}>
        <UsageChart days={usage} locale={locale} />
      </Section>
      <Section id="credits" heading={t("action.buy_tokens")}>
        <PackList {...{ prices, locale, mayManageBilling }} />
      </Section>
      <Section id="ledger" heading={t("account.ledger")}>
        <LedgerList
          {...{ history, view, locale }}
          documents={mayManageBilling}
        />
      </Section>
      <Section id="invoices" heading={t("account.invoices")}>
        <InvoiceList
          {...{ invoices, hasCustomer, view, locale }}
          isOverdue={isOverdue(subscription)}
          documents={mayManageBilling}
        />
      </Section>
      <Section id="plan" heading={t("account.plan_heading")}>
        <SubscriptionSummary
          {...{ services, visitor, billing, locale }}
          page="account"
        >
          <p>
            <a href="/organization#/plans">{t("account.all_plans")}</a>
          </p>
        </SubscriptionSummary>
      </Section>
      <Details {...props} />
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
        <li>
          <a href="/account/credentials">{t("account.api_keys")}</a>
        </li>
      </ul>
    </nav>
  );
}

function Section({ id, heading, children }: {
  id: string;
  heading: string;
  children: ComponentChildren;
}) {
  return (
    <section id={id} class="part" aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{heading}</h2>
      {children}
    </section>
  );
}

function Details(
  { services, visitor, account, locale }: AccountSectionsProps,
) {
  const t = translator(locale);
  return (
    <div class="halves">
      <section>
        <h2>{t("details.you")}</h2>
        <DescriptionList items={personDetails(visitor, t)} />
      </section>
      <section>
        <h2>{t("details.your_organization")}</h2>
        <OrganizationDetails
          services={services}
          visitor={visitor}
          billing={account.billing}
          locale={locale}
        />
      </section>
    </div>
  );
}

function personDetails(
  { person, principal }: Visitor,
  t: Translate,
): DescriptionItem[] {
  const id: DescriptionItem = [
    t("details.id"),
    <code key="id">{principal.userId}</code>,
  ];
  if (person === null) return [id];
  return [
    [t("details.name"), person.name],
    [t("details.email"), person.email],
    id,
  ];
}
