import { Section } from "@/components/layout/Section.tsx";
import type { AccountView, UsagePage } from "@/lib/pages/account_page.ts";
import type { Member } from "@/lib/pages/page_route.ts";
import { translator } from "@/lib/pages/translate.ts";
import { LedgerList } from "./LedgerList.tsx";
import { PackList } from "./PackList.tsx";
import { UsageChart } from "./UsageChart.tsx";
import { WalletPanel } from "./WalletPanel.tsx";

/** The wallet, its usage, the credit packs and the ledger. */
export function UsageSections({ usagePage, visitor, view, nowMs, locale }: {
  usagePage: UsagePage;
  visitor: Member;
  view: AccountView;
  nowMs: number;
  locale: string;
}) {
  const { billing, wallet, usage, history, prices } = usagePage;
  const { mayManageBilling } = visitor;
  const t = translator(locale);
  return (
    <>
      <WalletPanel
        subscription={billing.subscription}
        wallet={wallet}
        nowMs={nowMs}
        locale={locale}
      />
      <Section id="use" heading={t("account.usage_heading")}>
        <UsageChart
          days={usage}
          mayManageBilling={mayManageBilling}
          locale={locale}
        />
      </Section>
      <Section id="credits" heading={t("action.buy_tokens")}>
        <PackList
          orgId={visitor.organization.id}
          prices={prices}
          locale={locale}
          mayManageBilling={mayManageBilling}
        />
      </Section>
      <Section id="ledger" heading={t("account.ledger")}>
        <LedgerList
          history={history}
          view={view}
          locale={locale}
          documents={mayManageBilling}
        />
      </Section>
    </>
  );
}
