import Negotiator from "negotiator";

/** An amount in the minor unit that Stripe's API counts a currency in. */
export interface Money {
  /** A whole number: cents for `usd`, yen for `jpy`, fils for `kwd`. */
  amountMinor: number;
  /** ISO 4217 in any case; Stripe has it in lower case. */
  currency: string;
}

/**
 * Writes an amount out for a person, with all of its decimals: `$20.00`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const price = { amountMinor: 1_250, currency: "jpy" };
 * assertEquals(formatMoney(price, "en-US"), "¥1,250");
 * ```
 *
 * @param locale A BCP 47 tag, as {@linkcode readLocale} gives one.
 * @throws {RangeError} If the amount is not a safe whole number, or the
 * currency not three letters.
 * @see Stripe's list of currencies, whose minor units are not always those of
 * ISO 4217 or of `Intl`.
 */
export function formatMoney(money: Money, locale: string): string {
  return format(money, { locale, decimals: "all" });
}

/**
 * Writes a catalogue's price out for a person: as {@linkcode formatMoney}, but
 * without decimals where they are all zero, `$20`.
 */
export function formatPrice(money: Money, locale: string): string {
  return format(money, { locale, decimals: "needed" });
}

/** Writes a whole number out for a person: `50,000`. */
export function formatCount(count: number, locale: string): string {
  return formatterFor(`count ${locale}`, () => new Intl.NumberFormat(locale))
    .format(count);
}

/**
 * The same with its sign, where it is not 0: `+50,000`, `−12`. The minus is as
 * wide as a plus, and is read out; a hyphen is neither.
 */
export function formatChange(count: number, locale: string): string {
  return formatterFor(
    `change ${locale}`,
    () => new Intl.NumberFormat(locale, { signDisplay: "exceptZero" }),
  ).format(count).replace("-", "−");
}

/** What is read where nobody has wished for another. */
export const FALLBACK_LOCALE = "en-US";

/** A header that is longer is no person's wish. */
const MAX_HEADER_LENGTH = 200;

/**
 * The locale that a request's person reads numbers in: the first of the
 * header's that is known here, `en-US` where none is.
 */
export function readLocale(headers: Headers): string {
  const header = headers.get("accept-language");
  if (header === null || header.length > MAX_HEADER_LENGTH) {
    return FALLBACK_LOCALE;
  }
  return remember(locales, header, () => negotiate(header));
}

function negotiate(header: string): string {
  const wished = new Negotiator({ headers: { "accept-language": header } })
    .languages().filter(isTag);
  return Intl.NumberFormat.supportedLocalesOf(wished)[0] ?? FALLBACK_LOCALE;
}

/** Letters and digits only: extensions could choose other digits. */
function isTag(tag: string): boolean {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?$/.test(
    tag,
  );
}

function format(
  { amountMinor, currency }: Money,
  { locale, decimals }: { locale: string; decimals: "all" | "needed" },
): string {
  const code = currency.toUpperCase();
  const strip = decimals === "needed" || WHOLE_UNITS.has(code);
  return formatterFor(`${code} ${strip} ${locale}`, () => {
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

/** Have no minor unit, but Stripe counts them in hundredths as it once did. */
const WHOLE_UNITS = new Set(["ISK", "UGX"]);

function minorDigits(code: string): number {
  if (NO_MINOR_UNIT.has(code)) return 0;
  return THREE_DECIMALS.has(code) ? 3 : 2;
}

/** As text, which `Intl` reads exactly; a division would round. */
function toDecimal(amountMinor: number, digits: number) {
  if (!Number.isSafeInteger(amountMinor)) {
    throw new RangeError(
      `Cannot format money: amountMinor is ${amountMinor}, not a whole number`,
    );
  }
  const sign = amountMinor < 0 ? "-" : "";
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits);
  return `${sign}${whole}.${fraction || "0"}` as `${number}`;
}

/** Making one costs as much as a small page; using one, nothing. */
const formatters = new Map<string, Intl.NumberFormat>();
const locales = new Map<string, string>();
const MAX_REMEMBERED = 256;

function formatterFor(
  key: string,
  make: () => Intl.NumberFormat,
): Intl.NumberFormat {
  return remember(formatters, key, make);
}

/** Callers choose the keys, so the oldest goes when there are too many. */
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
