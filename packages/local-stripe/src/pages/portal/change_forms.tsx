import type { ApiInvoice } from "../../api/api_types.ts";
import { formatDay, formatMoney } from "../../money.ts";
import {
  AmountTable,
  DescriptionList,
  ErrorMessage,
  Heading,
  LinkLine,
} from "../elements.tsx";
import { FormButtons } from "../forms.tsx";
import type { ChangeCost, PlanChange } from "./plan_change.ts";
import type { PlanProps } from "./plan_forms.tsx";
import { type Choice, priceText } from "./plans.ts";
import { leaveUrl } from "./portal_session.ts";

/** The prices to which the plan can change. */
export function ChoiceList(
  { portal, plan, choices }: PlanProps & { choices: Choice[] },
) {
  return (
    <>
      <Heading
        title="Change plan"
        lead="You can review the cost before you confirm."
        tone="muted"
      />
      <ul class="choices-list">
        {choices.map((choice) => (
          <ChoiceItem
            key={choice.price.id}
            choice={choice}
            locale={portal.locale}
            confirmUrl={`${portal.base}/plans/${plan.subscription.id}/confirm`}
          />
        ))}
      </ul>
      <LinkLine class="action" href={leaveUrl(portal) ?? portal.base}>
        Keep current plan
      </LinkLine>
    </>
  );
}

function ChoiceItem(
  { choice, locale, confirmUrl }: {
    choice: Choice;
    locale: string;
    confirmUrl: string;
  },
) {
  const { description, isCurrent, name, price } = choice;
  return (
    <li aria-current={isCurrent ? "true" : undefined}>
      <span class="choice-words">
        <strong>{name}</strong>
        <span>{priceText({ price, quantity: 1 }, locale)}</span>
        {description && <span class="muted">{description}</span>}
      </span>
      {isCurrent
        ? <span class="badge">Current</span>
        : (
          <a class="quiet" href={`${confirmUrl}?price=${price.id}`}>
            Choose<span class="visually-hidden">{` ${name}`}</span>
          </a>
        )}
    </li>
  );
}

/** A change with its cost, and the button to confirm it. */
export function ConfirmForm(
  { portal, plan, error, change, cost }: PlanProps & {
    change: PlanChange;
    cost: ChangeCost;
  },
) {
  const { locale } = portal;
  const { choice, quantity } = change;
  const newPrice = priceText({ price: choice.price, quantity }, locale);
  return (
    <>
      <Heading
        title="Confirm your change"
        lead={costText(cost, {
          oldName: plan.name,
          newName: choice.name,
          newPrice,
          locale,
        })}
      />
      <ErrorMessage>{error}</ErrorMessage>
      <DescriptionList
        class="facts change"
        rows={[
          ["Current plan", `${plan.name}, ${priceText(plan, locale)}`],
          ["New plan", <strong key="new">{choice.name}, {newPrice}</strong>],
        ]}
      />
      {cost.preview && <Preview invoice={cost.preview} locale={locale} />}
      <form
        class="buttons"
        method="post"
        action={`${portal.base}/plans/${plan.subscription.id}/confirm`}
      >
        <input type="hidden" name="price" value={choice.price.id} />
        <input type="hidden" name="quantity" value={String(quantity)} />
        <FormButtons
          submit="Confirm"
          leaveUrl={leaveUrl(portal) ?? portal.base}
          leave="Keep current plan"
        />
      </form>
    </>
  );
}

function costText(
  { atSec, preview, when }: ChangeCost,
  { oldName, newName, newPrice, locale }: {
    oldName: string;
    newName: string;
    newPrice: string;
    locale: string;
  },
): string {
  const day = formatDay(atSec, locale);
  const due = preview &&
    formatMoney(preview.amount_due, preview.currency, locale);
  switch (when) {
    case "now":
      return `${due} due today, then ${newPrice} starting ${day}.`;
    case "next":
      return `Nothing is due today. Your next invoice on ${day} will be ${due}.`;
    case "later":
      return `Nothing is due today. You keep ${oldName} until ${day}, then switch to ${newName}.`;
    case "trial":
      return `Your trial ends today, and the first payment of ${newPrice} is due.`;
    case "nothing":
      return `Nothing is due today. You pay ${newPrice} starting ${day}.`;
  }
}

function Preview({ invoice, locale }: { invoice: ApiInvoice; locale: string }) {
  const money = (minor: number) => formatMoney(minor, invoice.currency, locale);
  return (
    <AmountTable
      class="lines"
      columns={["Description", "Amount"]}
      rows={invoice.lines.data.map(({ amount, description, id }) => ({
        id,
        cells: [description, money(amount)],
      }))}
      total={money(invoice.total)}
    />
  );
}
