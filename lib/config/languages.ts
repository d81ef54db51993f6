/** The languages of pages, as the tags that `lang` and Stripe's `locale` take. */
export const LANGUAGES = ["en", "de", "es", "fr", "ja", "pt-BR"] as const;
export type Language = typeof LANGUAGES[number];

/** Text for users, by language. English is used where another is missing. */
export type LocalizedText =
  & { en: string }
  & Partial<Record<Language, string>>;

/**
 * Returns the page language for a locale: `de` for `de-AT`, `pt-BR` for any
 * Portuguese; English if no language matches.
 *
 * @param locale A BCP 47 tag.
 */
export function languageOf(locale: string): Language {
  return findLanguage(locale) ?? "en";
}

/** Like {@linkcode languageOf}; undefined if no language matches. */
export function findLanguage(locale: string): Language | undefined {
  const [primary = ""] = locale.toLowerCase().split("-");
  return LANGUAGES.find((language) => language.split("-")[0] === primary);
}
