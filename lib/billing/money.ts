/** An amount in the minor unit that Stripe's API uses for its currency. */
export interface Money {
  /** An integer: cents for `usd`, yen for `jpy`, fils for `kwd`. */
  amountMinor: number;
  /** ISO 4217 in any case; Stripe uses lower case. */
  currency: string;
}
