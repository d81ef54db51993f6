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
  return (
    <>
      <SectionNav />
      <WalletPanel {...{ wallet, subscription, nowMs, locale }} />
      <Section id="use" heading="Use, last 30 days">
        <UsageChart days={usage} locale={locale} />
      </Section>
      <Section id="credits" heading="Buy tokens">
        <PackList {...{ prices, locale, mayManageBilling }} />
      </Section>
      <Section id="ledger" heading="Ledger">
        <LedgerList
          {...{ history, view, locale }}
          documents={mayManageBilling}
        />
      </Section>
      <Section id="invoices" heading="Invoices">
        <InvoiceList
          {...{ invoices, hasCustomer, view, locale }}
          isOverdue={isOverdue(subscription)}
          documents={mayManageBilling}
        />
      </Section>
      <Section id="plan" heading="Plan and billing">
        <SubscriptionSummary
          {...{ services, visitor, billing, locale }}
          page="account"
        >
          <p>
            <a href="/organization#/plans">See all plans</a>
          </p>
        </SubscriptionSummary>
      </Section>
      <Details {...props} />
    </>
  );
}

const SECTIONS = [
  ["#wallet", "Wallet"],
  ["#use", "Use"],
  ["#credits", "Buy tokens"],
  ["#ledger", "Ledger"],
  ["#invoices", "Invoices"],
  ["#plan", "Plan"],
] as const;

function SectionNav() {
  return (
    <nav class="parts" aria-label="Parts of this page">
      <ul>
        {SECTIONS.map(([href, label]) => (
          <li key={href}>
            <a href={href}>{label}</a>
          </li>
        ))}
        <li>
          <a href="/account/credentials">API keys</a>
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

function Details({ services, visitor, account }: AccountSectionsProps) {
  return (
    <div class="halves">
      <section>
        <h2>You</h2>
        <DescriptionList items={personDetails(visitor)} />
      </section>
      <section>
        <h2>Your organization</h2>
        <OrganizationDetails
          services={services}
          visitor={visitor}
          billing={account.billing}
        />
      </section>
    </div>
  );
}

function personDetails({ person, principal }: Visitor): DescriptionItem[] {
  const id: DescriptionItem = ["Id", <code key="id">{principal.userId}</code>];
  if (person === null) return [id];
  return [["Name", person.name], ["Email", person.email], id];
}
