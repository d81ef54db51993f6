import { findTaxRate, taxLabel } from "../../billing/taxes.ts";
import type { ApiInvoice } from "../../api/api_types.ts";

/** The amounts below an invoice's lines, in the currency's minor unit. */
export function invoiceTotals(
  invoice: ApiInvoice,
): (readonly [label: string, minor: number])[] {
  const off = (invoice.total_discount_amounts ?? [])
    .reduce((sum, { amount }) => sum + amount, 0);
  return [
    ["Subtotal", invoice.subtotal],
    ...(off === 0 ? [] : [["Discount", -off] as const]),
    ...taxRows(invoice),
    ["Total", invoice.total],
    ["Amount paid", invoice.amount_paid],
    ["Amount due", invoice.amount_remaining],
  ];
}

function taxRows({ total_taxes: taxes }: ApiInvoice) {
  return (taxes ?? []).map(({ amount, ...tax }) => {
    const id = tax.tax_rate_details?.tax_rate;
    const percent = id === undefined ? 0 : findTaxRate(id)?.percentage ?? 0;
    const label = taxLabel({ percent, reason: tax.taxability_reason });
    const included = tax.tax_behavior === "inclusive" ? ", included" : "";
    return [`${label}${included}`, amount] as const;
  });
}
