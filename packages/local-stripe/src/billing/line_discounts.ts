import type { ApiInvoiceLine } from "../api/api_types.ts";
import type { Debit, StoredDiscount } from "../store/schema.ts";
import { discountAmounts } from "./discounts.ts";

/** Invoice lines after discounts, in their order. Prorations include discounts already. */
export function withDiscounts(
  lines: ApiInvoiceLine[],
  discounts: readonly StoredDiscount[],
): ApiInvoiceLine[] {
  return discounts.reduce((discounted, { object: { id }, extra }) => {
    const shares = discountAmounts(extra, discounted.map(leftOf));
    return discounted.map((line, place) => addAmount(line, id, shares[place]));
  }, lines);
}

function leftOf(line: ApiInvoiceLine): number {
  return line.discountable ? Math.max(0, netOf(line)) : 0;
}

/** The amount of a line after its discounts. */
export function netOf(
  { amount, discount_amounts: off }: ApiInvoiceLine,
): number {
  return (off ?? []).reduce((left, one) => left - one.amount, amount);
}

function addAmount(
  line: ApiInvoiceLine,
  discount: string,
  amount = 0,
): ApiInvoiceLine {
  if (amount === 0) return line;
  const { discount_amounts: off, pretax_credit_amounts: credits } = line;
  return {
    ...line,
    discount_amounts: [...off ?? [], { amount, discount }],
    pretax_credit_amounts: [
      ...credits ?? [],
      { amount, discount, type: "discount" },
    ],
  };
}

/** The sums of the lines' discounts, by discount. */
export function totalDiscounts(
  lines: ApiInvoiceLine[],
): { amount: number; discount: string }[] {
  const sums = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap(discountsOf)) {
    const id = typeof discount === "string" ? discount : discount.id;
    sums.set(id, (sums.get(id) ?? 0) + amount);
  }
  return [...sums].map(([discount, amount]) => ({ amount, discount }));
}

const discountsOf = ({ discount_amounts: off }: ApiInvoiceLine) => off ?? [];

/** Billed periods with the amounts after discounts, for the credit of unused time. */
export function netDebits(debits: Debit[], lines: ApiInvoiceLine[]): Debit[] {
  return debits.map((debit) => {
    const line = lines.find(({ parent, period }) => {
      const details = parent?.subscription_item_details;
      return details?.subscription_item === debit.item &&
        !details.proration && period.start === debit.startSec;
    });
    return line ? { ...debit, amountMinor: netOf(line) } : debit;
  });
}
