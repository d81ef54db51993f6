import { RefreshFromStripe } from "@/components/billing/RefreshFromStripe.tsx";
import { Day } from "@/components/layout/Time.tsx";
import WatchPayment from "@/islands/WatchPayment.tsx";
import type { Flash } from "@/lib/pages/flash.ts";
import { formatCount } from "@/lib/pages/formats.ts";
import type { PendingPurchase } from "@/lib/store/pending_purchases.ts";

interface PendingPurchasesProps {
  purchases: PendingPurchase[];
  notice: Flash | null;
  mayManageBilling: boolean;
  locale: string;
}

/** Token packs whose payment is processing or has failed. */
export function PendingPurchases(props: PendingPurchasesProps) {
  const { purchases } = props;
  const processing = purchases.filter(({ state }) => state === "on_its_way");
  const failed = purchases.filter(({ state }) => state === "failed");
  return (
    <>
      {processing.length > 0 && (
        <Processing
          {...props}
          purchases={processing}
        />
      )}
      {failed.map((purchase) => (
        <Failed key={purchase.sessionId} {...props} purchase={purchase} />
      ))}
    </>
  );
}

/** Reports whether {@linkcode PendingPurchases} already shows the notice. */
export function showsNotice(
  purchases: PendingPurchase[],
  notice: Flash | null,
): boolean {
  const state = notice === "processing_pack"
    ? "on_its_way"
    : notice === "payment_failed_pack"
    ? "failed"
    : null;
  return purchases.some((purchase) => purchase.state === state);
}

function Processing({ purchases, notice, locale }: PendingPurchasesProps) {
  return (
    <div class="notice" role="status">
      <div>
        {purchases.map(({ sessionId, description, tokens, sinceMs }) => (
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
            sessionIds={purchases.map(({ sessionId }) => sessionId)}
          />
        </p>
      </div>
      <RefreshFromStripe page="account" />
    </div>
  );
}

function Failed(
  { purchase, mayManageBilling, locale }: PendingPurchasesProps & {
    purchase: PendingPurchase;
  },
) {
  const { description, tokens, sinceMs } = purchase;
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
