import type { ComponentChildren } from "preact";
import type { ApiInvoice, ApiInvoiceLine } from "../../api/api_types.ts";
import { formatDay, formatMoney } from "../../money.ts";
import { AmountTable, DescriptionList, StatusBadge } from "../elements.tsx";
import { taxIdLabel } from "../tax_id_fields.tsx";
import { invoiceTotals } from "./invoice_totals.ts";

interface InvoiceProps {
  invoice: ApiInvoice;
  locale: string;
}

/** A printable invoice; `children` is the form to pay it. */
export function InvoiceView(
  { invoice, locale, children, status }: InvoiceProps & {
    children: ComponentChildren;
    status: string | null;
  },
) {
  const money = (minor: number) => formatMoney(minor, invoice.currency, locale);
  return (
    <article class="paper">
      <header class="paper-head">
        <h1>Invoice {invoice.number}</h1>
        <StatusBadge status={status} />
      </header>
      <p class="paper-amount">{money(invoice.total)}</p>
      {children}
      <Parties invoice={invoice} locale={locale} />
      <AmountTable
        class="lines"
        columns={["Description", "Quantity", "Amount"]}
        amounts={2}
        rows={invoice.lines.data.map((line) => ({
          id: line.id,
          cells: [
            <LineDescription key="description" line={line} locale={locale} />,
            line.quantity,
            formatMoney(line.amount, line.currency, locale),
          ],
        }))}
      />
      <DescriptionList
        class="totals"
        rows={invoiceTotals(invoice).map(([label, minor]) => [
          label,
          money(minor),
        ])}
      />
      {invoice.invoice_pdf && (
        <p class="no-print">
          <a class="action" href={invoice.invoice_pdf}>Download as PDF</a>
        </p>
      )}
      <p class="muted">
        This is a test invoice from the local stand-in. It accepts only test
        cards, and no real money is charged.
      </p>
    </article>
  );
}

function Parties({ invoice, locale }: InvoiceProps) {
  const paid = invoice.status_transitions.paid_at;
  const customer = [
    invoice.customer_name,
    invoice.customer_email,
    ...(invoice.customer_tax_ids ?? []).map(taxIdLabel),
  ].filter(Boolean).join("\n");
  return (
    <DescriptionList
      class="facts"
      rows={[
        ["From", invoice.account_name],
        ["To", customer || "–"],
        ["Issued", formatDay(invoice.created, locale)],
        ...(paid === null ? [] : [["Paid", formatDay(paid, locale)] as const]),
      ]}
    />
  );
}

function LineDescription(
  { line, locale }: { line: ApiInvoiceLine; locale: string },
) {
  const { start, end } = line.period;
  return (
    <>
      {line.description}
      {end > start && (
        <span class="muted period">
          {formatDay(start, locale)} – {formatDay(end, locale)}
        </span>
      )}
    </>
  );
}
