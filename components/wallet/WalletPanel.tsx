import { Decoration } from "@/components/layout/Decoration.tsx";
import { Day } from "@/components/layout/Time.tsx";
import { findPlan } from "@/lib/billing/plans.ts";
import { formatCount } from "@/lib/pages/formats.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import type { Wallet } from "@/lib/store/ledger_types.ts";
import { nextGrant } from "@/lib/wallet/monthly_grants.ts";

interface WalletProps {
  wallet: Wallet;
  subscription: Subscription | null;
  nowMs: number;
  locale: string;
}

/** The share of a month's tokens below which the balance is low. */
const LOW_BALANCE_SHARE = 0.1;

/** The token balance by kind, and the date of the next grant. */
export function WalletPanel(props: WalletProps) {
  const { wallet, subscription, locale } = props;
  const t = translator(locale);
  const { granted, purchased } = wallet;
  const total = granted + purchased;
  const monthly = findPlan(currentPlanId(subscription) ?? "")?.tokensPerMonth;
  return (
    <section id="wallet" class="wallet" aria-labelledby="wallet-heading">
      <div>
        <h2 id="wallet-heading" class="eyebrow">{t("wallet.total")}</h2>
        <WalletTotal total={formatCount(total, locale)} />
        <LowBalanceHint total={total} monthly={monthly ?? 0} t={t} />
      </div>
      <div class="wallet-kinds">
        <GrantedTokens {...props} monthly={monthly ?? granted} />
        <div class="wallet-kind">
          <h3>{t("wallet.purchased")}</h3>
          <p class="wallet-count">{formatCount(purchased, locale)}</p>
          <p class="soft">
            {`${t("wallet.purchased_text")} `}
            <a href="#credits">{t("action.buy_tokens")}</a>
          </p>
        </div>
      </div>
      <Decoration />
    </section>
  );
}

/** Millions get a smaller font, to stay on one line. */
function WalletTotal({ total }: { total: string }) {
  const isLong = total.length > "999,999".length;
  return (
    <p class={isLong ? "wallet-total wallet-total--long" : "wallet-total"}>
      {total}
    </p>
  );
}

function LowBalanceHint(
  { total, monthly, t }: { total: number; monthly: number; t: Translate },
) {
  if (total > monthly * LOW_BALANCE_SHARE) return null;
  return (
    <p class="wallet-low">
      <strong>{total === 0 ? t("wallet.empty") : t("wallet.low")}</strong>
      {` ${total === 0 ? t("wallet.empty_text") : t("wallet.low_text")} `}
      <a href="#credits">{t("action.buy_tokens")}</a>
    </p>
  );
}

function GrantedTokens(
  { wallet: { granted }, monthly, ...rest }: WalletProps & { monthly: number },
) {
  const { locale } = rest;
  const t = translator(locale);
  // An upgrade can leave more tokens than the plan grants per month.
  const full = Math.max(granted, monthly);
  const total = formatCount(full, locale);
  return (
    <div class="wallet-kind">
      <h3 id="granted">{t("wallet.granted")}</h3>
      <p class="wallet-count">
        {`${formatCount(granted, locale)} `}
        <span class="soft">{t("wallet.of", { count: total })}</span>
      </p>
      {full > 0 && (
        <meter
          class="wallet-meter"
          aria-labelledby="granted"
          min={0}
          max={full}
          value={granted}
        >
          {t("wallet.meter", { granted: formatCount(granted, locale), total })}
        </meter>
      )}
      <p class="soft">
        <NextGrant {...rest} granted={granted} />
      </p>
    </div>
  );
}

function NextGrant({ subscription, nowMs, locale, granted }:
  & Omit<WalletProps, "wallet">
  & { granted: number }) {
  const next = nextGrant(subscription, nowMs);
  const t = translator(locale);
  if (next === null) return <>{t("wallet.next_with_payment")}</>;
  const current = findPlan(currentPlanId(subscription) ?? "");
  return (
    <>
      {t.rich("wallet.resets", {
        count: formatCount(next.plan.tokensPerMonth, locale),
        date: <Day ms={next.atMs} locale={locale} />,
      })}
      {granted > 0 && !current?.rollsOver && ` ${t("wallet.no_rollover")}`}
    </>
  );
}
