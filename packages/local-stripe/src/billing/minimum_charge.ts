import { exponentOf } from "../money.ts";

/** The smallest charges in the minor unit, where they are not half a unit of the currency. */
// deno-fmt-ignore: a table reads best filled
const MINIMUM_MINOR: Record<string, number> = {
  aed: 200, bgn: 100, czk: 1_500, dkk: 250, gbp: 30, hkd: 400, huf: 17_500, jpy: 50, mxn: 1_000,
  myr: 200, nok: 300, pln: 200, ron: 200, sek: 300, thb: 1_000,
};

/** The smallest amount that can be charged, in the minor unit. */
export function minimumCharge(currency: string): number {
  return MINIMUM_MINOR[currency] ?? 10 ** exponentOf(currency) / 2;
}

/**
 * The amount due of a total after the customer's balance. A total below the minimum charge is owed
 * with the next invoice.
 *
 * @see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
export function dueOf(totalMinor: number, currency: string): number {
  return totalMinor < minimumCharge(currency) ? 0 : Math.max(0, totalMinor);
}
