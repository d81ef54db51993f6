import { Day } from "@/components/layout/Time.tsx";
import type { BillingChange } from "@/lib/pages/billing_changes.ts";
import { paymentMethodLabel, planName } from "./plan_labels.ts";

/** The changes made on Stripe's pages, in one or two sentences. */
export function BillingChanges({ changes, locale }: {
  changes: readonly BillingChange[];
  locale: string;
}) {
  if (changes.length === 0) return <>Nothing changed.</>;
  return (
    <>
      {changes.map((change) => (
        <span key={change.kind}>
          <Change change={change} locale={locale} />
          {" "}
        </span>
      ))}
    </>
  );
}

function Change(
  { change, locale }: { change: BillingChange; locale: string },
) {
  switch (change.kind) {
    case "started":
      return <>{`${planName(change.plan)} is active.`}</>;
    case "plan_changed":
      return (
        <>
          {`Switched to ${planName(change.plan)}`}
          {change.interval && `, billed ${billed(change.interval)}`}.
        </>
      );
    case "interval_changed":
      return <>{`Switched to ${billed(change.interval)} billing.`}</>;
    case "change_scheduled": {
      const { plan, next } = change;
      return (
        <>
          {`${planName(plan)} until `}
          <Day ms={next.atMs} locale={locale} />
          {next.plan === plan
            ? `, then billed ${billed(next.interval)}.`
            : `, then ${planName(next.plan)}.`}
        </>
      );
    }
    case "change_undone":
      return (
        <>{`The plan change was undone. You keep ${planName(change.plan)}.`}</>
      );
    case "ends":
      return (
        <>
          {`${planName(change.plan)} ends on `}
          <Day ms={change.atMs} locale={locale} />.
        </>
      );
    case "ended":
      return <>{`${planName(change.plan)} has ended.`}</>;
    case "resumed":
      return <>{`${planName(change.plan)} resumed.`}</>;
    case "paused":
      return <>{`${planName(change.plan)} is paused.`}</>;
    case "paid":
      return <>{`Payment received. ${planName(change.plan)} is active.`}</>;
    case "card_changed":
      return <>{`Default card is now ${paymentMethodLabel(change)}.`}</>;
  }
}

function billed(interval: "month" | "year" | null): string {
  return interval === "year" ? "yearly" : "monthly";
}
