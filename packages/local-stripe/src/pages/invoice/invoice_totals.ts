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
    ["Total", invoice.total],
    ["Amount paid", invoice.amount_paid],
    ["Amount due", invoice.amount_remaining],
  ];
}
