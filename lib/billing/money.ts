/** An amount in the minor unit that Stripe's API uses for its currency. */
export interface Money {
  /** An integer: cents for `usd`, yen for `jpy`, fils for `kwd`. */
  amountMinor: number;
  /** ISO 4217 in any case; Stripe uses lower case. */
  currency: string;
}

/**
 * Returns what a year costs less with yearly billing; null if it saves nothing
 * or uses another currency.
 */
export function yearlySaving(month: Money, year: Money): Money | null {
  const amountMinor = month.amountMinor * 12 - year.amountMinor;
  if (month.currency !== year.currency || amountMinor <= 0) return null;
  return { amountMinor, currency: year.currency };
}
