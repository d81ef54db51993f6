import Negotiator from "negotiator";
import { cookieValues } from "@/lib/auth/cookies.ts";
import {
  findLanguage,
  type Language,
  languageOf,
  LANGUAGES,
} from "@/lib/config/languages.ts";

/** The locale of requests without a supported language. */
export const FALLBACK_LOCALE = "en-US";

/** Keeps the language chosen in the footer. */
const COOKIE = "portico_language";
const MAX_AGE_SEC = 365 * 24 * 60 * 60;

/**
 * Returns the locale of a page: the language that the visitor has chosen, else
 * the first supported one of `Accept-Language`, else `en-US`. The region comes
 * from the header, so a British visitor gets British dates.
 */
export function readLocale(headers: Headers): string {
  return findLocale(headers) ?? FALLBACK_LOCALE;
}

/**
 * Returns the language for Stripe's pages. Undefined if the request names no
 * supported one: Stripe then chooses, and has more languages.
 */
export function stripeLanguage(headers: Headers): Language | undefined {
  const locale = findLocale(headers);
  return locale === undefined ? undefined : languageOf(locale);
}

/** Returns the `Set-Cookie` value that keeps a visitor's choice for a year. */
export function languageCookie(
  language: Language,
  { secure }: { secure: boolean },
): string {
  const attributes = ["Path=/", `Max-Age=${MAX_AGE_SEC}`, "HttpOnly"];
  return [
    `${COOKIE}=${language}`,
    ...attributes,
    "SameSite=Lax",
    ...(secure ? ["Secure"] : []),
  ].join("; ");
}

function findLocale(headers: Headers): string | undefined {
  const cookie = cookieValues(headers, COOKIE)[0];
  const chosen = LANGUAGES.find((language) => language === cookie);
  const accepted = acceptedLocales(headers.get("accept-language"));
  if (chosen === undefined) return accepted[0];
  return accepted.find((locale) => findLanguage(locale) === chosen) ??
    DEFAULT_LOCALES[chosen];
}

const DEFAULT_LOCALES: Record<Language, string> = {
  en: FALLBACK_LOCALE,
  de: "de",
  es: "es",
  fr: "fr",
  ja: "ja",
  "pt-BR": "pt-BR",
};

/** No browser sends a longer header. */
const MAX_HEADER_LENGTH = 200;

/** Negotiating costs more than rendering a small part of a page. */
const remembered = new Map<string, readonly string[]>();
const MAX_REMEMBERED = 256;

function acceptedLocales(header: string | null): readonly string[] {
  if (header === null || header.length > MAX_HEADER_LENGTH) return [];
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const requested = new Negotiator({ headers: { "accept-language": header } })
    .languages().filter(isTag)
    .filter((tag: string) => findLanguage(tag) !== undefined);
  const locales = Intl.NumberFormat.supportedLocalesOf(requested);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(header, locales);
  return locales;
}

/** Rejects extensions, which could select other digits. */
function isTag(tag: string): boolean {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?$/.test(
    tag,
  );
}
