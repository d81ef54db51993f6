import { Decoration } from "@/components/layout/Decoration.tsx";
import { Day } from "@/components/layout/Time.tsx";
import { findPlan } from "@/lib/billing/plans.ts";
import { formatCount } from "@/lib/pages/formats.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
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
  const { granted, purchased } = wallet;
  const total = granted + purchased;
  const monthly = findPlan(currentPlanId(subscription) ?? "")?.tokensPerMonth;
  return (
    <section id="wallet" class="wallet" aria-labelledby="wallet-heading">
      <div>
        <h2 id="wallet-heading" class="eyebrow">Tokens in the wallet</h2>
        <p class="wallet-total">{formatCount(total, locale)}</p>
        <LowBalanceHint total={total} monthly={monthly ?? 0} />
      </div>
      <div class="wallet-kinds">
        <GrantedTokens {...props} monthly={monthly ?? granted} />
        <div class="wallet-kind">
          <h3>Purchased</h3>
          <p class="wallet-count">{formatCount(purchased, locale)}</p>
          <p class="soft">
            Used once the granted ones are gone. They do not expire.{" "}
            <a href="#credits">Buy tokens</a>
          </p>
        </div>
      </div>
      <Decoration />
    </section>
  );
}

function LowBalanceHint(
  { total, monthly }: { total: number; monthly: number },
) {
  if (total > monthly * LOW_BALANCE_SHARE) return null;
  return (
    <p class="wallet-low">
      <strong>{total === 0 ? "The wallet is empty." : "Running low."}</strong>
      {total === 0
        ? " A call that costs tokens is refused until there are more. "
        : " A call that costs more than is left is refused. "}
      <a href="#credits">Top up with a pack of tokens</a>
    </p>
  );
}

function GrantedTokens(
  { wallet: { granted }, monthly, ...rest }: WalletProps & { monthly: number },
) {
  const { locale } = rest;
  // An upgrade can leave more tokens than the plan grants per month.
  const full = Math.max(granted, monthly);
  const meterText = `${formatCount(granted, locale)} of ${
    formatCount(full, locale)
  }`;
  return (
    <div class="wallet-kind">
      <h3 id="granted">Granted by the plan</h3>
      <p class="wallet-count">
        {formatCount(granted, locale)}
        <span class="soft">{` of ${formatCount(full, locale)}`}</span>
      </p>
      {full > 0 && (
        <meter
          class="wallet-meter"
          aria-labelledby="granted"
          min={0}
          max={full}
          value={granted}
        >
          {meterText}
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
  if (next === null) {
    return "The next ones come with the plan's next payment.";
  }
  const tokens = formatCount(next.plan.tokensPerMonth, locale);
  const current = findPlan(currentPlanId(subscription) ?? "");
  return (
    <>
      {`${next.plan.name} grants ${tokens} on `}
      <Day ms={next.atMs} locale={locale} />
      {granted > 0 && !current?.rollsOver
        ? "; what is left of these expires then."
        : "."}
    </>
  );
}
