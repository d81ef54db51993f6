import { Day } from "@/components/layout/Time.tsx";
import type { ChangePreview } from "@/lib/billing/change_preview.ts";
import { formatMoney } from "@/lib/pages/formats.ts";
import type { PlanChange } from "@/lib/pages/plan_change.ts";
import { planName, rateLabel } from "./plan_labels.ts";

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
        : <CostNow {...{ change, locale, preview: change.preview }} />;
    case "later":
      return <CostLater change={change} locale={locale} />;
    case "impossible":
      return <ChangeImpossible change={change} locale={locale} />;
    case "forbidden":
      return (
        <p class="lead">
          Your role may not change the plan. Ask an admin of your organization
          to do it, or to change your role.
        </p>
      );
  }
}

function CostNow(
  { change, locale, preview }: CostProps<"now"> & { preview: ChangePreview },
) {
  const { subscription, price, interval } = change;
  const { due, credit, lines, paidUntilMs } = preview;
  const rate = rateLabel(price, interval, locale);
  const trialPrefix = subscription.status === "trialing"
    ? "Your trial ends with the change: "
    : "";
  const dueNow = due.amountMinor === 0
    ? `${trialPrefix === "" ? "N" : "n"}othing is due now`
    : `${trialPrefix === "" ? "Y" : "y"}ou pay ${formatMoney(due, locale)} now`;
  return (
    <>
      <p class="lead">
        {trialPrefix}
        {dueNow}
        {subscription.cancelAtMs === null
          ? (
            <>
              {`, and ${rate} from `}
              <Day ms={paidUntilMs} locale={locale} /> on.
            </>
          )
          : (
            <>
              {", and nothing after: your subscription still ends on "}
              <Day ms={subscription.cancelAtMs} locale={locale} />.
            </>
          )}
        {credit.amountMinor > 0 &&
          ` ${
            formatMoney(credit, locale)
          } that you paid counts against later invoices.`}
      </p>
      <dl class="description-list cost">
        {lines.map(({ description, amount }) => (
          <div key={description}>
            <dt>{description}</dt>
            <dd>{formatMoney(amount, locale)}</dd>
          </div>
        ))}
        <div class="cost-total">
          <dt>Due now</dt>
          <dd>{formatMoney(due, locale)}</dd>
        </div>
      </dl>
      <p class="note">
        As Stripe counts it this moment. Nothing changes before you confirm it
        on Stripe's page.
      </p>
    </>
  );
}

/** Never estimates an amount that Stripe didn't return. */
function CostUnavailable({ change, locale }: CostProps<"now">) {
  const { subscription, price, interval } = change;
  return (
    <p class="lead">
      {subscription.status === "trialing" &&
        "Your trial ends with the change. "}
      {`Stripe does not tell right now what the change costs today. It is ${
        rateLabel(price, interval, locale)
      } from then on, and Stripe's own page shows today's amount before you confirm.`}
    </p>
  );
}

function CostLater({ change, locale }: CostProps<"later">) {
  const { subscription, price, plan, interval, atMs } = change;
  const current = subscription.plan === plan
    ? `${planName(plan)} by the ${subscription.interval}`
    : planName(subscription.plan);
  return (
    <>
      <p class="lead">
        {`${planName(plan)} at ${
          rateLabel(price, interval, locale)
        } starts on `}
        <Day ms={atMs} locale={locale} />, and nothing is due now.
      </p>
      <p class="note">
        {`${current} is paid until then and stays as it is. `}
        Nothing changes before you confirm it on Stripe's page.
      </p>
    </>
  );
}

function ChangeImpossible({ change }: CostProps<"impossible">) {
  const { subscription, plan, interval } = change;
  const same = subscription?.plan === plan &&
    subscription.interval === interval;
  return (
    <p class="lead">
      {same
        ? "This is what your organization has already."
        : "Your organization cannot change to this plan as things stand. The plans page says what it can do."}
    </p>
  );
}
