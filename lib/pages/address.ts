import type Stripe from "stripe";

/** Countries that write the postal code after city and state. */
const POSTAL_CODE_LAST = new Set(["US", "CA", "AU", "GB", "IE", "IN"]);

/** Formats an address as lines, from the street to the country. */
export function formatAddress(
  address: Stripe.Address | null,
  locale: string,
): string[] {
  if (address === null) return [];
  const { line1, line2, city, state, postal_code, country } = address;
  const place = country !== null && POSTAL_CODE_LAST.has(country)
    ? join(", ", city, join(" ", state, postal_code))
    : join(", ", join(" ", postal_code, city), state);
  return [line1, line2, place, countryName(country, locale)]
    .filter((line) => line !== null && line !== "") as string[];
}

function join(separator: string, ...parts: (string | null)[]): string {
  return parts.filter((part) => !!part).join(separator);
}

function countryName(country: string | null, locale: string): string {
  if (!country) return "";
  return new Intl.DisplayNames(locale, { type: "region" }).of(country) ??
    country;
}
