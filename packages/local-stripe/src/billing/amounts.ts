// Amounts are integers in the currency's minor unit: whole yen, thousandths of a Kuwaiti dinar.
// Only unit prices may have decimals.

const PLACES = 12;

/**
 * The amount of a quantity at a unit price, rounded to the minor unit, halves away from zero.
 *
 * @param unitDecimal The unit price in the minor unit with at most 12 decimals: "0.5", "2900".
 */
export function amountOf(unitDecimal: string, quantity: number): number {
  const [whole = "0", fraction = ""] = unitDecimal.split(".");
  const scaled = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return divide(scaled * BigInt(quantity), 10n ** BigInt(PLACES));
}

/** The share of an amount for `part` of `total` seconds, rounded like `amountOf`. */
export function shareOf(
  amountMinor: number,
  part: number,
  total: number,
): number {
  if (total <= 0) return 0;
  return divide(BigInt(amountMinor) * BigInt(part), BigInt(total));
}

function divide(value: bigint, by: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const rounded = (2n * magnitude + by) / (2n * by);
  // Avoids -0, which is unequal to 0 in assertions.
  return rounded === 0n ? 0 : Number(value < 0n ? -rounded : rounded);
}
