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
        {outdated && <LastSynced billing={billing} locale={locale} />}
      </p>
      {text !== null && <FocusMessage id="flash" />}
      {(outdated || notice?.startsWith("processing")) && (
        <RefreshFromStripe page={page} />
      )}
    </div>
  );
}

/** The result of a refresh replaces "Nothing changed". */
function textOf({ notice, billing, locale }: {
  notice: Flash | null;
  billing: BillingView;
  locale: string;
}): ComponentChildren {
  const { changes } = billing;
  if (changes !== null && (notice === null || changes.length > 0)) {
    return <BillingChanges changes={changes} locale={locale} />;
  }
  return notice && <NoticeText {...{ notice, billing, locale }} />;
}

function NoticeText({ notice, billing, locale }: {
  notice: Flash;
  billing: BillingView;
  locale: string;
}): ComponentChildren {
  switch (notice) {
    case "paid":
      return <PaymentConfirmed billing={billing} locale={locale} />;
    case "paid_pack":
      return "Thank you. The payment is confirmed: its tokens are in your wallet, and its invoice is listed below.";
    case "processing_pack":
      return "Thank you. The payment is on its way: some take a few days, and its tokens come when it arrives.";
    case "processing":
      return "Thank you. The payment is on its way: some take a few days, and what it pays for starts when it arrives.";
    case "payment_failed":
      return "The payment did not go through: the bank sent no money. Choose again what to pay for, also by another way to pay.";
    case "payment_failed_pack":
      return "The payment did not go through: the bank sent no money, and no tokens were added.";
    case "open":
      return "That checkout is not finished, and nothing was charged. Choose the plan again to go on with it.";
    case "expired":
      return "That checkout has expired, and nothing was charged. Choose a plan to begin again.";
    case "not_yours":
      return "That checkout is not one of this organization's. What it has is below.";
    case "unavailable":
      return "Stripe cannot be asked about your payment right now. Nothing is lost: reload this page in a moment. ";
    case "checked":
      return "Checked with Stripe just now: this is what it says.";
    case "too_soon":
      return "Stripe was asked a moment ago. Wait ten seconds before the next time.";
    case "failed":
      return "Stripe does not answer right now. ";
  }
}

/** Reads the plan from the stored subscription, never from the URL. */
function PaymentConfirmed(
  { billing: { subscription }, locale }: {
    billing: BillingView;
    locale: string;
  },
) {
  if (!isPaid(subscription)) return "Thank you. The payment is confirmed.";
  const { plan, status, trialEndMs } = subscription;
  return (
    <>
      <strong>{`${planName(plan)} is active.`}</strong>
      {status === "trialing" && trialEndMs !== null
        ? (
          <>
            {" Your trial goes on until "}
            <Day ms={trialEndMs} locale={locale} />: nothing is charged before.
          </>
        )
        : " The payment is confirmed, and its invoice is in Manage Billing."}
    </>
  );
}

function LastSynced(
  { billing, locale }: { billing: BillingView; locale: string },
) {
  if (billing.subscription === null) return "What is below may be out of date.";
  return (
    <>
      What is below is from{" "}
      <Moment ms={billing.subscription.readAtMs} locale={locale} />.
    </>
  );
}
