import { Day } from "@/components/layout/Time.tsx";
import type { NextInvoice as Invoice } from "@/lib/billing/invoice_preview.ts";
import { formatMoney } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";
import { InvoiceLines } from "./InvoiceLines.tsx";

/** The invoice of the next renewal: date, lines and amount. */
export function NextInvoice(
  { invoice, locale }: { invoice: Invoice; locale: string },
) {
  const t = translator(locale);
  const amount = formatMoney(invoice.due, locale);
  return (
    <section class="next-invoice" aria-labelledby="next-invoice">
      <h2 id="next-invoice">{t("next_invoice.heading")}</h2>
      <p>
        {t.rich("next_invoice.due", {
          amount,
          date: <Day ms={invoice.atMs} locale={locale} />,
        })}
      </p>
      <InvoiceLines
        invoice={invoice}
        total={t("next_invoice.total")}
        locale={locale}
      />
    </section>
  );
}
