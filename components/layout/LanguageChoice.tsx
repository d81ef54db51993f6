import {
  type Language,
  languageOf,
  LANGUAGES,
} from "@/lib/config/languages.ts";
import { translator } from "@/lib/pages/translate.ts";

/** Each language's name in that language, which its readers recognize. */
const NAMES: Record<Language, string> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  "pt-BR": "Português (Brasil)",
};

/** A form with a button per language; works without JavaScript. */
export function LanguageChoice({ locale }: { locale: string }) {
  const current = languageOf(locale);
  return (
    <form
      class="languages"
      method="post"
      action="/language"
      aria-label={translator(locale)("frame.language")}
    >
      {LANGUAGES.map((language) => (
        <button
          key={language}
          class="quiet"
          type="submit"
          name="language"
          value={language}
          lang={language}
          aria-current={language === current ? "true" : "false"}
        >
          {NAMES[language]}
        </button>
      ))}
    </form>
  );
}
