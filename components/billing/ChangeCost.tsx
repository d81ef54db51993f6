import { Day } from "@/components/layout/Time.tsx";
import type { ChangePreview } from "@/lib/billing/invoice_preview.ts";
import { formatMoney } from "@/lib/pages/formats.ts";
import type { PlanChange } from "@/lib/pages/plan_change.ts";
import { translator } from "@/lib/pages/translate.ts";
import { InvoiceLines } from "./InvoiceLines.tsx";
import { planIntervalLabel, planName, rateLabel } from "./plan_labels.ts";

interface CostProps<Kind extends PlanChange["kind"]> {
  change: Extract<PlanChange, { kind: Kind }>;
  locale: string;
}

/** The amount due for a plan change and the date it takes effect. */
export function ChangeCost(
  { change, locale }: { change: PlanChange; locale: string },
) {
  switch (change.kind) {
    case "now":
      return change.preview === null
        ? <CostUnavailable change={change} locale={locale} />
        : <CostNow change={change} locale={locale} preview={change.preview} />;
    case "later":
      return <CostLater change={change} locale={locale} />;
    case "impossible":
      return <ChangeImpossible change={change} locale={locale} />;
    case "forbidden":
      return <p class="lead">{translator(locale)("change.forbidden")}</p>;
  }
}

type PreviewProps = CostProps<"now"> & { preview: ChangePreview };

function CostNow({ change, locale, preview }: PreviewProps) {
  const t = translator(locale);
  const { credit } = preview;
  const amount = formatMoney(credit, locale);
  return (
    <>
      <p class="lead">
        {change.subscription.status === "trialing" &&
          `${t("change.trial_ends")} `}
        <DueToday change={change} locale={locale} preview={preview} />
        {credit.amountMinor > 0 && ` ${t("change.credit", { amount })}`}
      </p>
      <InvoiceLines
        invoice={preview}
        total={t("change.due_today")}
        locale={locale}
      />
      <p class="note">{t("change.estimate")}</p>
    </>
  );
}

function DueToday(
  { change: { subscription, price, interval }, locale, preview }: PreviewProps,
) {
  const t = translator(locale);
  const amount = formatMoney(preview.due, locale);
  if (subscription.cancelAtMs !== null) {
    const date = <Day ms={subscription.cancelAtMs} locale={locale} />;
    return <>{t.rich("change.due_only", { amount, date })}</>;
  }
  // With cents, as the amount beside it.
  const rate = t(interval === "year" ? "rate.year" : "rate.month", {
    amount: formatMoney(price, locale),
  });
  const date = <Day ms={preview.paidUntilMs} locale={locale} />;
  return <>{t.rich("change.due", { amount, rate, date })}</>;
}

/** Never estimates an amount that Stripe didn't return. */
function CostUnavailable({ change, locale }: CostProps<"now">) {
  const t = translator(locale);
  const { subscription, price, interval } = change;
  return (
    <p class="lead">
      {subscription.status === "trialing" && `${t("change.trial_ends")} `}
      {t("change.unknown", { rate: rateLabel(price, interval, locale) })}
    </p>
  );
}

function CostLater({ change, locale }: CostProps<"later">) {
  const t = translator(locale);
  const { subscription, price, plan, interval, atMs } = change;
  const current = subscription.plan === plan
    ? planIntervalLabel(plan, subscription.interval, locale)
    : planName(subscription.plan, locale);
  return (
    <>
      <p class="lead">
        {t.rich("change.later", {
          plan: planName(plan, locale),
          date: <Day ms={atMs} locale={locale} />,
          rate: rateLabel(price, interval, locale),
        })}
      </p>
      <p class="note">{t("change.later_note", { plan: current })}</p>
    </>
  );
}

function ChangeImpossible({ change, locale }: CostProps<"impossible">) {
  const t = translator(locale);
  const { subscription, plan, interval } = change;
  const same = subscription?.plan === plan &&
    subscription.interval === interval;
  return <p class="lead">{same ? t("change.same") : t("change.impossible")}</p>;
}
