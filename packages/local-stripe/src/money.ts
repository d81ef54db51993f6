// Stripe's own exponents, which differ from ISO 4217 for ISK and UGX: those travel as if they had
// hundredths (https://docs.stripe.com/currencies).
// deno-fmt-ignore: a table of words reads best filled
const WITHOUT_MINOR = new Set([
  "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
]);
const THREE_DIGITS = new Set(["bhd", "jod", "kwd", "omr", "tnd"]);

/** How many digits of an amount in the minor unit stand behind the point. */
export function exponentOf(currency: string): 0 | 2 | 3 {
  if (WITHOUT_MINOR.has(currency)) return 0;
  return THREE_DIGITS.has(currency) ? 3 : 2;
}

/**
 * An amount for people: `formatMoney(1999, "usd", "en-US")` is "$19.99", `(500, "jpy")` "¥500".
 *
 * @param amountMinor A whole number in the currency's minor unit; exact at any size.
 */
export function formatMoney(
  amountMinor: number,
  currency: string,
  locale: string,
): string {
  const digits = exponentOf(currency);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(decimalOf(amountMinor, digits));
}

// As text, because 0.1 + 0.2 is not a price.
function decimalOf(
  amountMinor: number,
  digits: number,
): Intl.StringNumericLiteral {
  const sign = amountMinor < 0 ? "-" : "";
  const whole = String(Math.abs(amountMinor)).padStart(digits + 1, "0");
  const cut = whole.length - digits;
  return `${sign}${whole.slice(0, cut)}.${
    whole.slice(cut)
  }0` as Intl.StringNumericLiteral;
}

/** A day for people, in UTC as invoices have it. */
export function formatDay(timeSec: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeZone: "UTC",
  })
    .format(timeSec * 1_000);
}

/** The locale that numbers and days are written in: the session's, else the browser's, else English. */
export function chooseLocale(
  wanted: string | null,
  acceptLanguage: string | null,
): string {
  const first = acceptLanguage?.split(",")[0]?.split(";")[0]?.trim() ?? "";
  for (const candidate of [wanted === "auto" ? "" : wanted ?? "", first]) {
    if (/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(candidate)) return candidate;
  }
  return "en-US";
}
