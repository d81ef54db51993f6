import type { ComponentChildren } from "preact";
import {
  type RefreshablePage,
  RefreshFromStripe,
} from "@/components/billing/RefreshFromStripe.tsx";
import { BillingChanges } from "@/components/billing/BillingChanges.tsx";
import { planName } from "@/components/billing/plan_labels.ts";
import FocusMessage from "@/islands/FocusMessage.tsx";
import { isPaid } from "@/lib/billing/subscription.ts";
import type { BillingView } from "@/lib/pages/billing_view.ts";
import type { Flash } from "@/lib/pages/flash.ts";
import { type MessageKey, translator } from "@/lib/pages/translate.ts";
import { Day, Moment } from "./Time.tsx";

/** The result of the last action, or a warning that data may be outdated. */
export function FlashMessage({ notice, billing, page, locale }: {
  notice: Flash | null;
  billing: BillingView;
  page: RefreshablePage;
  locale: string;
}) {
  const text = textOf({ notice, billing, locale });
  const outdated = billing.stale || notice === "unavailable" ||
    notice === "failed";
  if (text === null && !outdated) return null;
  return (
    <div
      id="flash"
      class={outdated ? "notice notice--alert" : "notice"}
      role="status"
      tabIndex={-1}
    >
      <p>
        {text}
        {outdated && (
          <>
            {" "}
            <LastSynced billing={billing} locale={locale} />
          </>
        )}
      </p>
      {text !== null && <FocusMessage id="flash" />}
      {(outdated || notice?.startsWith("processing")) && (
        <RefreshFromStripe page={page} locale={locale} />
      )}
    </div>
  );
}

/** The result of a refresh replaces "Your plan is unchanged". */
function textOf({ notice, billing, locale }: {
  notice: Flash | null;
  billing: BillingView;
  locale: string;
}): ComponentChildren {
  const { changes } = billing;
  if (changes !== null && (notice === null || changes.length > 0)) {
    return <BillingChanges changes={changes} locale={locale} />;
  }
  return notice && (
    <NoticeText notice={notice} billing={billing} locale={locale} />
  );
}

const NOTICE_KEYS = {
  paid_pack: "flash.paid_pack",
  processing_pack: "flash.processing_pack",
  processing: "flash.processing",
  payment_failed: "flash.payment_failed",
  payment_failed_pack: "flash.payment_failed_pack",
  open: "flash.open",
  expired: "flash.expired",
  not_yours: "flash.not_yours",
  unavailable: "flash.unavailable",
  checked: "flash.checked",
  too_soon: "flash.too_soon",
  failed: "flash.failed",
} as const satisfies Record<Exclude<Flash, "paid">, MessageKey>;

function NoticeText({ notice, billing, locale }: {
  notice: Flash;
  billing: BillingView;
  locale: string;
}): ComponentChildren {
  return notice === "paid"
    ? <PaymentConfirmed billing={billing} locale={locale} />
    : translator(locale)(NOTICE_KEYS[notice]);
}

/** Reads the plan from the stored subscription, never from the URL. */
function PaymentConfirmed(
  { billing: { subscription }, locale }: {
    billing: BillingView;
    locale: string;
  },
) {
  const t = translator(locale);
  if (!isPaid(subscription)) return <>{t("flash.paid")}</>;
  const { plan, status, trialEndMs } = subscription;
  return (
    <>
      <strong>
        {t("flash.plan_active", { plan: planName(plan, locale) })}
      </strong>{" "}
      {status === "trialing" && trialEndMs !== null
        ? t.rich("flash.trial", {
          date: <Day ms={trialEndMs} locale={locale} />,
        })
        : t("flash.paid_invoice")}
    </>
  );
}

function LastSynced(
  { billing: { subscription }, locale }: {
    billing: BillingView;
    locale: string;
  },
) {
  const t = translator(locale);
  if (subscription === null) return <>{t("flash.outdated")}</>;
  const time = <Moment ms={subscription.readAtMs} locale={locale} />;
  return <>{t.rich("flash.last_synced", { time })}</>;
}
