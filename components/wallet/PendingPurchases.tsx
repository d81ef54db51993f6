import WatchPayment from "@/islands/WatchPayment.tsx";
import { formatCount } from "@/lib/pages/money.ts";
import type { Notice } from "@/lib/pages/flash.ts";
import type { PendingPurchase } from "@/lib/store/mod.ts";
import { RefreshFromStripe } from "@/components/billing/RefreshFromStripe.tsx";
import { Day } from "@/components/layout/Time.tsx";

interface AwaitedProps {
  awaited: PendingPurchase[];
  notice: Notice | null;
  mayManageBilling: boolean;
  locale: string;
}

/** Packs whose payment takes its time, or did not come. */
export function PendingPurchases(props: AwaitedProps) {
  const onTheirWay = props.awaited
    .filter(({ state }) => state === "on_its_way");
  const failed = props.awaited.filter(({ state }) => state === "failed");
  return (
    <>
      {onTheirWay.length > 0 && <OnTheirWay {...props} awaited={onTheirWay} />}
      {failed.map((pack) => (
        <Failed key={pack.sessionId} {...props} pack={pack} />
      ))}
    </>
  );
}

/** Whether what a notice says is told by {@linkcode PendingPurchases} already. */
export function tellsNotice(
  awaited: PendingPurchase[],
  notice: Notice | null,
): boolean {
  const state = notice === "processing_pack"
    ? "on_its_way"
    : notice === "bounced_pack"
    ? "failed"
    : null;
  return awaited.some((pack) => pack.state === state);
}

function OnTheirWay({ awaited, notice, locale }: AwaitedProps) {
  return (
    <div class="notice" role="status">
      <div>
        {awaited.map(({ sessionId, description, tokens, sinceMs }) => (
          <p key={sessionId}>
            {notice === "processing_pack" && "Thank you. "}
            <strong>{`${description}: the payment is on its way`}</strong>
            {" since "}
            <Day ms={sinceMs} locale={locale} />
            {`. Some take a few days, and its ${
              formatCount(tokens, locale)
            } tokens come when it arrives.`}
          </p>
        ))}
        <p class="soft">
          <WatchPayment
            sessionIds={awaited.map(({ sessionId }) => sessionId)}
          />
        </p>
      </div>
      <RefreshFromStripe page="account" />
    </div>
  );
}

function Failed({ pack, mayManageBilling, locale }: AwaitedProps & {
  pack: PendingPurchase;
}) {
  const { description, tokens, sinceMs } = pack;
  return (
    <div class="notice notice--alert" role="status">
      <p>
        <strong>{`${description}: the payment did not go through`}</strong>
        {" on "}
        <Day ms={sinceMs} locale={locale} />
        {`. The bank sent no money, so its ${
          formatCount(tokens, locale)
        } tokens were not added; nothing else has changed. `}
        {mayManageBilling
          ? "You can buy it again, also by another way to pay."
          : "Ask an admin of your organization to buy it again."}
      </p>
      {mayManageBilling && <a class="button" href="#credits">Buy tokens</a>}
    </div>
  );
}
