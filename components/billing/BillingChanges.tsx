import type { ComponentChildren } from "preact";
import { Day } from "@/components/layout/Time.tsx";
import type { BillingChange } from "@/lib/pages/billing_changes.ts";
import { translator } from "@/lib/pages/translate.ts";
import { paymentMethodLabel, planName } from "./plan_labels.ts";

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
  plan_changed: "changes.plan",
  change_undone: "changes.undone",
  ended: "changes.ended",
  resumed: "changes.resumed",
  paused: "changes.paused",
  paid: "changes.paid",
} as const;

function changeText(change: BillingChange, locale: string): ComponentChildren {
  const t = translator(locale);
  switch (change.kind) {
    case "interval_changed":
      return t(
        change.interval === "year" ? "changes.yearly" : "changes.monthly",
      );
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
