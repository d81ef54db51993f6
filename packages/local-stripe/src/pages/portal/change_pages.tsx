import { formatDay, formatMoney } from "../../money.ts";
import type { ApiInvoice } from "../../api/api_types.ts";
import { priceWords } from "./plan_section.tsx";
import { Failure, type Shown, wayOut } from "./plan_page_parts.tsx";
import type { Choice, Plan } from "./plans.ts";

/** Everything that the plan can be changed to. */
export function ChangePage(
  { portal, plan, choices }: Shown & { choices: Choice[] },
) {
  const confirm = `${portal.base}/plans/${plan.subscription.id}/confirm`;
  return (
    <>
      <div class="title">
        <h1>Change plan</h1>
        <p class="muted">
          You see what it costs before anything is changed.
        </p>
      </div>
      <ul class="choices-list">
        {choices.map((choice) => (
          <li
            key={choice.price.id}
            aria-current={choice.isCurrent ? "true" : undefined}
          >
            <span class="choice-words">
              <strong>{choice.name}</strong>
              <span>
                {priceWords(
                  { price: choice.price, quantity: 1 },
                  portal.locale,
                )}
              </span>
              {choice.description && (
                <span class="muted">{choice.description}</span>
              )}
            </span>
            {choice.isCurrent
              ? <span class="badge">Current</span>
              : (
                <a class="quiet" href={`${confirm}?price=${choice.price.id}`}>
                  Choose<span class="visually-hidden">{` ${choice.name}`}</span>
                </a>
              )}
          </li>
        ))}
      </ul>
      <p>
        <a class="action" href={wayOut(portal)} rel="noreferrer">
          Leave it as it is
        </a>
      </p>
    </>
  );
}

/** What a change costs. */
export interface Cost {
  /** "later": when the period ends; "trial": the trial is over with it. */
  when: "now" | "next" | "later" | "trial" | "nothing";
  /** What is billed, for "now" and "next". */
  preview: ApiInvoice | null;
  atSec: number;
}

/** One change, with what it costs, before it is made. */
export function ConfirmPage(
  { portal, plan, error, choice, quantity, cost }: Shown & {
    choice: Choice;
    quantity: number;
    cost: Cost;
  },
) {
  const { locale } = portal;
  const wanted = { price: choice.price, quantity };
  return (
    <>
      <div class="title">
        <h1>Confirm your change</h1>
        <p class="lead">{costWords(cost, { plan, wanted, choice, locale })}</p>
      </div>
      <Failure error={error} />
      <dl class="facts change">
        <div>
          <dt>Now</dt>
          <dd>{plan.name}, {priceWords(plan, locale)}</dd>
        </div>
        <div>
          <dt>Then</dt>
          <dd>
            <strong>{choice.name}, {priceWords(wanted, locale)}</strong>
          </dd>
        </div>
      </dl>
      {cost.preview && <Billed invoice={cost.preview} locale={locale} />}
      <form
        class="buttons"
        method="post"
        action={`${portal.base}/plans/${plan.subscription.id}/confirm`}
      >
        <input type="hidden" name="price" value={choice.price.id} />
        <input type="hidden" name="quantity" value={String(quantity)} />
        <button class="primary" type="submit">Confirm</button>
        <a class="secondary" href={wayOut(portal)} rel="noreferrer">
          Leave it as it is
        </a>
      </form>
    </>
  );
}

function costWords(
  { atSec, preview, when }: Cost,
  of: {
    plan: Plan;
    wanted: Pick<Plan, "price" | "quantity">;
    choice: Choice;
    locale: string;
  },
): string {
  const { choice, locale, plan, wanted } = of;
  const day = formatDay(atSec, locale);
  const due = preview &&
    formatMoney(preview.amount_due, preview.currency, locale);
  switch (when) {
    case "now":
      return `You pay ${due} now, and ${
        priceWords(wanted, locale)
      } from ${day}.`;
    case "next":
      return `Nothing is due now. Your next invoice, on ${day}, comes to ${due}.`;
    case "later":
      return `Nothing is due now. You keep ${plan.name} until ${day}; ${choice.name} begins then.`;
    case "trial":
      return `Your trial ends now, and the first ${
        priceWords(wanted, locale)
      } is due.`;
    case "nothing":
      return `Nothing is due now. From ${day} you pay ${
        priceWords(wanted, locale)
      }.`;
  }
}

function Billed({ invoice, locale }: { invoice: ApiInvoice; locale: string }) {
  const money = (minor: number) => formatMoney(minor, invoice.currency, locale);
  return (
    <table class="lines">
      <thead>
        <tr>
          <th scope="col">What is billed</th>
          <th scope="col" class="amount">Amount</th>
        </tr>
      </thead>
      <tbody>
        {invoice.lines.data.map((line) => (
          <tr key={line.id}>
            <td>{line.description}</td>
            <td class="amount">{money(line.amount)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td class="amount">
            <strong>{money(invoice.total)}</strong>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
