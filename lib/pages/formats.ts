import type { Money } from "@/lib/billing/money.ts";

/**
 * Formats an amount with all of its decimals: `$20.00`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const price = { amountMinor: 1_250, currency: "jpy" };
 * assertEquals(formatMoney(price, "en-US"), "¥1,250");
 * ```
 *
 * @param locale A BCP 47 tag, as {@linkcode readLocale} returns it.
 * @throws {RangeError} If the amount is not a safe integer, or the currency is
 * not three letters.
 * @see Stripe's list of currencies: some minor units differ from ISO 4217 and
 * from `Intl`.
 */
export function formatMoney(money: Money, locale: string): string {
  return formatCurrency(money, { locale, decimals: "all" });
}

/** Like {@linkcode formatMoney}, but omits decimals that are zero: `$20`. */
export function formatPrice(money: Money, locale: string): string {
  return formatCurrency(money, { locale, decimals: "needed" });
}

/** Formats an integer: `50,000`. */
export function formatCount(count: number, locale: string): string {
  return remember(
    numberFormats,
    `count ${locale}`,
    () => new Intl.NumberFormat(locale),
  ).format(count);
}

/**
 * Formats an integer with its sign, except zero: `+50,000`, `−12`. Uses the
 * minus sign instead of a hyphen: it is as wide as the plus sign, and screen
 * readers read it.
 */
export function formatChange(count: number, locale: string): string {
  return remember(
    numberFormats,
    `change ${locale}`,
    () => new Intl.NumberFormat(locale, { signDisplay: "exceptZero" }),
  ).format(count).replace("-", "−");
}

/** Formats a date: `14 November 2026`. In UTC, like Stripe's periods. */
export function formatDay(ms: number, locale: string): string {
  return formatDate(ms, locale, DAY);
}

/** Formats a date without its year: `14 Nov`. */
export function formatShortDay(ms: number, locale: string): string {
  return formatDate(ms, locale, SHORT_DAY);
}

/** Formats a month as on a card: `04/2027`. */
export function formatMonth(ms: number, locale: string): string {
  return formatDate(ms, locale, MONTH);
}

/** Formats a time to the minute: `14 November 2026 at 10:32 UTC`. */
export function formatMoment(ms: number, locale: string): string {
  return formatDate(ms, locale, MOMENT);
}

function formatCurrency(
  { amountMinor, currency }: Money,
  { locale, decimals }: { locale: string; decimals: "all" | "needed" },
): string {
  const code = currency.toUpperCase();
  const strip = decimals === "needed" || WHOLE_UNITS.has(code);
  return remember(numberFormats, `${code} ${strip} ${locale}`, () => {
    const digits = minorDigits(code);
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency: code,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      trailingZeroDisplay: strip ? "stripIfInteger" : "auto",
    });
  }).format(toDecimal(amountMinor, minorDigits(code)));
}

const NO_MINOR_UNIT = new Set([
  ...["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"],
  ...["PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"],
]);

const THREE_DECIMALS = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/** Without a minor unit, but Stripe keeps two decimals for compatibility. */
const WHOLE_UNITS = new Set(["ISK", "UGX"]);

function minorDigits(code: string): number {
  if (NO_MINOR_UNIT.has(code)) return 0;
  return THREE_DECIMALS.has(code) ? 3 : 2;
}

/** Returns a string, which `Intl` formats exactly; a division would round. */
function toDecimal(amountMinor: number, digits: number) {
  if (!Number.isSafeInteger(amountMinor)) {
    throw new RangeError(
      `Cannot format money: amountMinor is ${amountMinor}, not a safe integer`,
    );
  }
  const sign = amountMinor < 0 ? "-" : "";
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  const units = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits);
  return `${sign}${units}.${fraction || "0"}` as `${number}`;
}

const DAY: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
};

const SHORT_DAY: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
};

const MONTH: Intl.DateTimeFormatOptions = {
  month: "2-digit",
  year: "numeric",
  timeZone: "UTC",
};

const MOMENT: Intl.DateTimeFormatOptions = {
  ...DAY,
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
};

function formatDate(
  ms: number,
  locale: string,
  style: Intl.DateTimeFormatOptions,
): string {
  const key = `${locale} ${style.month} ${style.minute ?? ""}`;
  // Other calendars would number the years differently.
  const options = { calendar: "gregory", ...style };
  return remember(
    dateFormats,
    key,
    () => new Intl.DateTimeFormat(locale, options),
  ).format(ms);
}

/** Creating a formatter costs as much as rendering a small page. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const MAX_REMEMBERED = 256;

/** Evicts the oldest entry when full, because requests choose the keys. */
function remember<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const [oldest] = memory.keys();
  if (memory.size >= MAX_REMEMBERED && oldest !== undefined) {
    memory.delete(oldest);
  }
  const made = make();
  memory.set(key, made);
  return made;
}
