/** A day as a person reads it: `14 November 2026`, in UTC as Stripe counts. */
export function formatDay(ms: number, locale: string): string {
  return formatterFor(locale, DAY).format(ms);
}

/** A day of the year that is meant anyway: `14 Nov`. */
export function formatShortDay(ms: number, locale: string): string {
  return formatterFor(locale, SHORT_DAY).format(ms);
}

/** A moment to the minute: `14 November 2026 at 10:32 UTC`. */
export function formatMoment(ms: number, locale: string): string {
  return formatterFor(locale, MOMENT).format(ms);
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

const MOMENT: Intl.DateTimeFormatOptions = {
  ...DAY,
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
};

/** By style and locale; making one costs as much as a small page. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_REMEMBERED = 256;

/** Visitors choose the locales, so the oldest goes when there are too many. */
function formatterFor(
  locale: string,
  style: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${style.month} ${style.minute ?? ""}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const [oldest] = formatters.keys();
  if (formatters.size >= MAX_REMEMBERED && oldest !== undefined) {
    formatters.delete(oldest);
  }
  // Another calendar would have other years than the amounts beside it.
  const made = new Intl.DateTimeFormat(locale, {
    calendar: "gregory",
    ...style,
  });
  formatters.set(key, made);
  return made;
}
