import type { ComponentChildren } from "preact";
import type { AccountPage, AccountView } from "@/lib/pages/account_page.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import {
  DescriptionList,
  type Fact,
  organizationFacts,
} from "@/components/layout/DescriptionList.tsx";
import { InvoiceList } from "@/components/billing/InvoiceList.tsx";
import { LedgerList } from "./LedgerList.tsx";
import { PackList } from "./PackList.tsx";
import { SubscriptionSummary } from "@/components/billing/SubscriptionSummary.tsx";
import { UsageChart } from "./UsageChart.tsx";
import { WalletPanel } from "./WalletPanel.tsx";

interface AccountProps {
  services: Services;
  visitor: Visitor;
  account: AccountPage;
  view: AccountView;
  locale: string;
}

/** The parts of the account page below its heading. */
export function AccountSections(props: AccountProps) {
  const { services, visitor, account, view, locale } = props;
  const { billing, wallet, usage, history, prices, invoices } = account;
  const { subscription, hasCustomer } = billing;
  const { mayManageBilling } = visitor;
  const nowMs = services.now();
  return (
    <>
      <ServiceOverrides />
      <WalletPanel {...{ wallet, subscription, nowMs, locale }} />
      <Part id="use" heading="Use, last 30 days">
        <UsageChart days={usage} locale={locale} />
      </Part>
      <Part id="credits" heading="Buy tokens">
        <PackList {...{ prices, locale, mayManageBilling }} />
      </Part>
      <Part id="ledger" heading="Ledger">
        <LedgerList {...{ history, view, locale }} />
      </Part>
      <Part id="invoices" heading="Invoices">
        <InvoiceList {...{ invoices, hasCustomer, view, locale }} />
      </Part>
      <Part id="plan" heading="Plan and billing">
        <SubscriptionSummary
          {...{ services, visitor, billing, locale }}
          returnPath="/account"
        >
          <p>
            <a href="/organization#/plans">See all plans</a>
          </p>
        </SubscriptionSummary>
      </Part>
      <Details {...props} />
    </>
  );
}

const PARTS = [
  ["#wallet", "Wallet"],
  ["#use", "Use"],
  ["#credits", "Buy tokens"],
  ["#ledger", "Ledger"],
  ["#invoices", "Invoices"],
  ["#plan", "Plan"],
] as const;

function ServiceOverrides() {
  return (
    <nav class="parts" aria-label="Parts of this page">
      <ul>
        {PARTS.map(([href, label]) => (
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

function Part({ id, heading, children }: {
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

function Details({ services, visitor, account }: AccountProps) {
  return (
    <div class="halves">
      <section>
        <h2>You</h2>
        <DescriptionList facts={personFacts(visitor)} />
      </section>
      <section>
        <h2>Your organization</h2>
        <DescriptionList
          facts={organizationFacts(services, visitor, account.billing)}
        />
      </section>
    </div>
  );
}

function personFacts({ person, principal }: Visitor): Fact[] {
  const id: Fact = ["Id", <code key="id">{principal.userId}</code>];
  if (person === null) return [id];
  return [["Name", person.name], ["Email", person.email], id];
}
