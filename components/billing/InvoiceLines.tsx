import type { InvoicePreview } from "@/lib/billing/invoice_preview.ts";
import { formatMoney } from "@/lib/pages/formats.ts";

/** The lines of an invoice to come, and the amount due. */
export function InvoiceLines({ invoice, total, locale }: {
  invoice: InvoicePreview;
  /** The label of the amount due. */
  total: string;
  locale: string;
}) {
  return (
    <dl class="description-list cost">
      {invoice.lines.map(({ description, amount }) => (
        <div key={description}>
          <dt>{description}</dt>
          <dd>{formatMoney(amount, locale)}</dd>
        </div>
      ))}
      <div class="cost-total">
        <dt>{total}</dt>
        <dd>{formatMoney(invoice.due, locale)}</dd>
      </div>
    </dl>
  );
}
