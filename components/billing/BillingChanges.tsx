import type { ComponentChildren } from "preact";
import { Day } from "@/components/layout/Time.tsx";
import type { BillingChange } from "@/lib/pages/billing_changes.ts";
import { formatMoney } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";
import { paymentMethodLabel } from "@/lib/pages/payment_method_label.ts";
import { planName } from "./plan_labels.ts";

/** The changes made on Stripe's pages, in one or two sentences. */
export function BillingChanges({ changes, locale }: {
  changes: readonly BillingChange[];
  locale: string;
}) {
  if (changes.length === 0) return <>{translator(locale)("changes.none")}</>;
  return (
    <>
      {changes.map((change) => (
        <span key={change.kind}>
          {changeText(change, locale)}
          {" "}
        </span>
      ))}
    </>
  );
}

const KEYS = {
  started: "changes.started",
  change_undone: "changes.undone",
  ended: "changes.ended",
  resumed: "changes.resumed",
  paused: "changes.paused",
} as const;

/** The message of a change that may have cost something, with and without. */
const PAID_KEYS = {
  plan_changed: ["changes.plan_paid", "changes.plan"],
  yearly: ["changes.yearly_paid", "changes.yearly"],
  monthly: ["changes.monthly_paid", "changes.monthly"],
  paid: ["changes.paid_amount", "changes.paid"],
} as const;

function changeText(change: BillingChange, locale: string): ComponentChildren {
  const t = translator(locale);
  switch (change.kind) {
    case "interval_changed":
    case "plan_changed":
    case "paid":
      return paidText(change, locale);
    case "change_scheduled":
      return scheduledText(change, locale);
    case "ends":
      return t.rich("changes.ends", {
        plan: planName(change.plan, locale),
        date: <Day ms={change.atMs} locale={locale} />,
      });
    case "card_changed":
      return t("changes.card", {
        card: paymentMethodLabel(change, locale) ?? "",
      });
    default:
      return t(KEYS[change.kind], { plan: planName(change.plan, locale) });
  }
}

function paidText(
  change: Extract<BillingChange, { paid: unknown }>,
  locale: string,
): string {
  const t = translator(locale);
  const { paid } = change;
  if (change.kind === "interval_changed") {
    const yearly = change.interval === "year";
    const [withAmount, without] = PAID_KEYS[yearly ? "yearly" : "monthly"];
    return paid === null
      ? t(without)
      : t(withAmount, { amount: formatMoney(paid, locale) });
  }
  const plan = planName(change.plan, locale);
  const [withAmount, without] = PAID_KEYS[change.kind];
  return paid === null
    ? t(without, { plan })
    : t(withAmount, { plan, amount: formatMoney(paid, locale) });
}

function scheduledText(
  { plan, next }: Extract<BillingChange, { kind: "change_scheduled" }>,
  locale: string,
): ComponentChildren {
  const t = translator(locale);
  const current = planName(plan, locale);
  const date = <Day ms={next.atMs} locale={locale} />;
  if (next.plan !== plan) {
    const later = planName(next.plan, locale);
    return t.rich("changes.scheduled", { plan: current, date, next: later });
  }
  const key = next.interval === "year"
    ? "changes.scheduled_yearly"
    : "changes.scheduled_monthly";
  return t.rich(key, { plan: current, date });
}
