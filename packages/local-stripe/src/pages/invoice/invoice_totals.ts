import type { ApiInvoice } from "../../api/api_types.ts";

/** The amounts below an invoice's lines, in the currency's minor unit. */
export function invoiceTotals(
  invoice: ApiInvoice,
): (readonly [label: string, minor: number])[] {
  return [
    ["Subtotal", invoice.subtotal],
    ["Total", invoice.total],
    ["Amount paid", invoice.amount_paid],
    ["Amount due", invoice.amount_remaining],
  ];
}
