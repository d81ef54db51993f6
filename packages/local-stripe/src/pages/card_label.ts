import type { ApiPaymentMethod } from "../api/api_types.ts";

const BRANDS: Record<string, string> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "Amex",
  discover: "Discover",
  diners: "Diners",
  jcb: "JCB",
  unionpay: "UnionPay",
};

/** A card brand's name, or "Card" for an unknown one. */
export function brandName(brand: string): string {
  return BRANDS[brand] ?? "Card";
}

/** A card's brand and last four digits, e.g. "Visa •••• 4242". */
export function cardLabel({ card }: ApiPaymentMethod): string {
  return `${brandName(card.brand)} •••• ${card.last4}`;
}
