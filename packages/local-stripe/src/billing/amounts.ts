// Money is whole numbers of the currency's minor unit, whatever that is: the yen has none, the
// Kuwaiti dinar thousandths. Only unit prices may have fractions of it, as decimal text.

const PLACES = 12;

/**
 * What a quantity costs at a unit price, rounded to the minor unit with halves away from zero.
 *
 * @param unitDecimal The unit price in the minor unit, at most 12 decimal places: "0.5", "2900".
 */
export function amountOf(unitDecimal: string, quantity: number): number {
  const [whole = "0", fraction = ""] = unitDecimal.split(".");
  const scaled = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return divide(scaled * BigInt(quantity), 10n ** BigInt(PLACES));
}

/** The part of an amount that falls on `part` of `whole`, in seconds, rounded as above. */
export function shareOf(
  amountMinor: number,
  part: number,
  whole: number,
): number {
  if (whole <= 0) return 0;
  return divide(BigInt(amountMinor) * BigInt(part), BigInt(whole));
}

function divide(value: bigint, by: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const rounded = (2n * magnitude + by) / (2n * by);
  // Never -0, which JSON and equality tell from 0.
  return rounded === 0n ? 0 : Number(value < 0n ? -rounded : rounded);
}
