import type { ApiInvoice } from "../../api/api_types.ts";
import { Section } from "../layout.tsx";
import { formatDay, formatMoney } from "../../money.ts";
import type { HomeView } from "./portal_home_view.ts";

/** The invoices that there are, newest first, a page at a time. */
export function InvoiceHistory(
  { portal, invoices, olderThan, isOlder }: HomeView,
) {
  return (
    <Section id="invoices" title="Invoice history">
      {invoices.length === 0 && <p class="muted">There are no invoices yet.</p>}
      {invoices.length > 0 && (
        <table class="invoices">
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">Invoice</th>
              <th scope="col">Status</th>
              <th scope="col" class="amount">Amount</th>
            </tr>
          </thead>
          <tbody>
            {invoices.map((invoice) => (
              <StoredInvoice
                key={invoice.id}
                invoice={invoice}
                locale={portal.locale}
              />
            ))}
          </tbody>
        </table>
      )}
      <p class="pager">
        {isOlder && <a class="action" href={portal.base}>Newest invoices</a>}
        {olderThan && (
          <a class="action" href={`${portal.base}?after=${olderThan}#invoices`}>
            Older invoices
          </a>
        )}
      </p>
    </Section>
  );
}

function StoredInvoice(
  { invoice, locale }: { invoice: ApiInvoice; locale: string },
) {
  return (
    <tr>
      <td>{formatDay(invoice.created, locale)}</td>
      <td>
        {invoice.hosted_invoice_url
          ? <a href={invoice.hosted_invoice_url}>{invoice.number}</a>
          : invoice.number}
      </td>
      <td>
        <Status status={invoice.status ?? "draft"} />
      </td>
      <td class="amount">
        {formatMoney(invoice.total, invoice.currency, locale)}
        {invoice.invoice_pdf && (
          <a
            class="pdf"
            href={invoice.invoice_pdf}
            aria-label={`Invoice ${invoice.number} as PDF`}
          >
            PDF
          </a>
        )}
      </td>
    </tr>
  );
}

/** An invoice's status, in words and colour. */
export function Status({ status }: { status: string }) {
  const words = status.slice(0, 1).toUpperCase() + status.slice(1);
  return <span class="badge" data-status={status}>{words}</span>;
}
