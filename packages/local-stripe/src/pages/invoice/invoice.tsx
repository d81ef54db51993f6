import type { ComponentChildren } from "preact";
import type { ApiInvoice, ApiInvoiceLine } from "../../api/api_types.ts";
import { Status } from "../portal/invoice_history.tsx";
import { formatDay, formatMoney } from "../../money.ts";
import { BUSINESS_NAME } from "../../context.ts";

/** An invoice on its own page, made to be printed; `children` are how it is paid. */
export function InvoicePage(
  { invoice, locale, children }: {
    invoice: ApiInvoice;
    locale: string;
    children: ComponentChildren;
  },
) {
  const money = (amount: number) =>
    formatMoney(amount, invoice.currency, locale);
  return (
    <article class="paper">
      <header class="paper-head">
        <h1>Invoice {invoice.number}</h1>
        <Status status={invoice.status ?? "draft"} />
      </header>
      <p class="paper-amount">{money(invoice.total)}</p>
      {children}
      <Parties invoice={invoice} locale={locale} />
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Description</th>
            <th scope="col" class="amount">Quantity</th>
            <th scope="col" class="amount">Amount</th>
          </tr>
        </thead>
        <tbody>
          {invoice.lines.data.map((line) => (
            <Line key={line.id} line={line} locale={locale} />
          ))}
        </tbody>
      </table>
      <Totals invoice={invoice} money={money} />
      {invoice.invoice_pdf && (
        <p class="no-print">
          <a class="action" href={invoice.invoice_pdf}>Download as PDF</a>
        </p>
      )}
      <p class="muted">
        This is a test invoice of the local stand-in. Only test cards pay it,
        and no real money is charged.
      </p>
    </article>
  );
}

function Parties(
  { invoice, locale }: { invoice: ApiInvoice; locale: string },
) {
  const paid = invoice.status_transitions.paid_at;
  return (
    <dl class="facts">
      <div>
        <dt>From</dt>
        <dd>{invoice.account_name ?? BUSINESS_NAME}</dd>
      </div>
      <div>
        <dt>To</dt>
        <dd>
          {[invoice.customer_name, invoice.customer_email].filter(Boolean).join(
            "\n",
          ) || "–"}
        </dd>
      </div>
      <div>
        <dt>Issued</dt>
        <dd>{formatDay(invoice.created, locale)}</dd>
      </div>
      {paid !== null && (
        <div>
          <dt>Paid</dt>
          <dd>{formatDay(paid, locale)}</dd>
        </div>
      )}
    </dl>
  );
}

function Line({ line, locale }: { line: ApiInvoiceLine; locale: string }) {
  const { start, end } = line.period;
  return (
    <tr>
      <td>
        {line.description}
        {end > start && (
          <span class="muted period">
            {formatDay(start, locale)} – {formatDay(end, locale)}
          </span>
        )}
      </td>
      <td class="amount">{line.quantity}</td>
      <td class="amount">{formatMoney(line.amount, line.currency, locale)}</td>
    </tr>
  );
}

function Totals(
  { invoice, money }: {
    invoice: ApiInvoice;
    money: (amount: number) => string;
  },
) {
  const rows = [
    ["Subtotal", invoice.subtotal],
    ["Total", invoice.total],
    ["Amount paid", invoice.amount_paid],
    ["Amount due", invoice.amount_remaining],
  ] as const;
  return (
    <dl class="totals">
      {rows.map(([label, amount]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{money(amount)}</dd>
        </div>
      ))}
    </dl>
  );
}
