import { formatMoney } from "@/lib/pages/money.ts";
import type { ChangePreview } from "@/lib/billing/change_preview.ts";
import type { Change } from "@/lib/pages/plan_change.ts";
import { planName, ratePhrase } from "./plan_labels.ts";
import { Day } from "@/components/layout/Time.tsx";

interface Read<Kind extends Change["kind"]> {
  change: Extract<Change, { kind: Kind }>;
  locale: string;
}

/** What a change costs now and from when it counts, in one sentence. */
export function ChangeCost(
  { change, locale }: { change: Change; locale: string },
) {
  switch (change.kind) {
    case "now":
      return change.preview === null
        ? <Untold change={change} locale={locale} />
        : <CostNow {...{ change, locale, preview: change.preview }} />;
    case "later":
      return <CostLater change={change} locale={locale} />;
    case "impossible":
      return <Impossible change={change} locale={locale} />;
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
  { change, locale, preview }: Read<"now"> & { preview: ChangePreview },
) {
  const { subscription, price, interval } = change;
  const { due, credit, lines, paidUntilMs } = preview;
  const rate = ratePhrase(price, interval, locale);
  const trial = subscription.status === "trialing"
    ? "Your trial ends with the change: "
    : "";
  const now = due.amountMinor === 0
    ? `${trial === "" ? "N" : "n"}othing is due now`
    : `${trial === "" ? "Y" : "y"}ou pay ${formatMoney(due, locale)} now`;
  return (
    <>
      <p class="lead">
        {trial}
        {now}
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
      <dl class="facts cost">
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

/** A number that Stripe did not tell is not made up. */
function Untold({ change, locale }: Read<"now">) {
  const { subscription, price, interval } = change;
  return (
    <p class="lead">
      {subscription.status === "trialing" &&
        "Your trial ends with the change. "}
      {`Stripe does not tell right now what the change costs today. It is ${
        ratePhrase(price, interval, locale)
      } from then on, and Stripe's own page shows today's amount before you confirm.`}
    </p>
  );
}

function CostLater({ change, locale }: Read<"later">) {
  const { subscription, price, plan, interval, atMs } = change;
  const goesOn = subscription.plan === plan
    ? `${planName(plan)} by the ${subscription.interval}`
    : planName(subscription.plan);
  return (
    <>
      <p class="lead">
        {`${planName(plan)} at ${
          ratePhrase(price, interval, locale)
        } starts on `}
        <Day ms={atMs} locale={locale} />, and nothing is due now.
      </p>
      <p class="note">
        {`${goesOn} is paid until then and stays as it is. `}
        Nothing changes before you confirm it on Stripe's page.
      </p>
    </>
  );
}

function Impossible({ change }: Read<"impossible">) {
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
