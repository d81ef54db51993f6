import {
  type RefreshablePage,
  RefreshFromStripe,
} from "@/components/billing/RefreshFromStripe.tsx";
import { Day } from "@/components/layout/Time.tsx";
import WatchPayment from "@/islands/WatchPayment.tsx";
import type { Flash } from "@/lib/pages/flash.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { PendingPurchase } from "@/lib/store/pending_purchases.ts";
import { entryLabel } from "./entry_labels.ts";

interface PendingPurchasesProps {
  purchases: PendingPurchase[];
  notice: Flash | null;
  mayManageBilling: boolean;
  page: RefreshablePage;
  locale: string;
}

/** Credit packs whose payment is processing or has failed. */
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

function Processing(
  { purchases, notice, page, locale }: PendingPurchasesProps,
) {
  const t = translator(locale);
  return (
    <div class="notice" role="status">
      <div>
        {purchases.map((purchase) => (
          <p key={purchase.sessionId}>
            {notice === "processing_pack" && `${t("pending.thanks")} `}
            <strong>
              {t.rich("pending.processing", headline(purchase, locale))}
            </strong>{" "}
            {t("pending.processing_text", { count: purchase.tokens })}
          </p>
        ))}
        <p class="soft">
          <WatchPayment
            sessionIds={purchases.map(({ sessionId }) => sessionId)}
            text={{
              watching: t("pending.watching"),
              stopped: t("pending.not_watching"),
            }}
          />
        </p>
      </div>
      <RefreshFromStripe page={page} locale={locale} />
    </div>
  );
}

function Failed(
  { purchase, mayManageBilling, locale }: PendingPurchasesProps & {
    purchase: PendingPurchase;
  },
) {
  const t = translator(locale);
  return (
    <div class="notice notice--alert" role="status">
      <p>
        <strong>{t.rich("pending.failed", headline(purchase, locale))}</strong>
        {` ${t("pending.failed_text")} `}
        {mayManageBilling ? t("pending.buy_again") : t("pending.ask_buy")}
      </p>
      {mayManageBilling && (
        <a class="button" href="#credits">{t("action.buy_tokens")}</a>
      )}
    </div>
  );
}

function headline({ description, sinceMs }: PendingPurchase, locale: string) {
  return {
    pack: entryLabel({ kind: "purchase", description }, locale),
    date: <Day ms={sinceMs} locale={locale} />,
  };
}
