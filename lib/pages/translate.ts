import type { ComponentChildren } from "preact";
import { IntlMessageFormat } from "intl-messageformat";
import {
  type Language,
  languageOf,
  type LocalizedText,
} from "@/lib/config/languages.ts";
import { de } from "@/locales/de.ts";
import { en, type Messages } from "@/locales/en.ts";
import { es } from "@/locales/es.ts";
import { fr } from "@/locales/fr.ts";
import { ja } from "@/locales/ja.ts";
import { ptBR } from "@/locales/pt-BR.ts";

export type MessageKey = keyof typeof en;

/** Returns messages in the language of a locale. */
export interface Translate {
  /** A message as text. */
  <Key extends MessageKey>(key: Key, ...values: TextValues<Key>): string;
  /** A message with components as arguments, and with markup. */
  rich<Key extends MessageKey>(
    key: Key,
    ...values: RichValues<Key>
  ): ComponentChildren;
}

const CATALOGUES: Record<Language, Messages> = {
  en,
  de,
  es,
  fr,
  ja,
  "pt-BR": ptBR,
};

/** Visitors choose the regions of locales, so their number is limited. */
const translators = new Map<string, Translate>();
const MAX_TRANSLATORS = 64;

/**
 * Returns the translator of a locale.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const t = translator("en-US");
 * assertEquals(t("plan.keep", { plan: "Pro" }), "Keep Pro");
 * assertEquals(t("usage.total", { count: 1_200 }), "1,200 tokens");
 * ```
 *
 * @param locale A BCP 47 tag, as `readLocale()` returns it.
 */
export function translator(locale: string): Translate {
  const known = translators.get(locale);
  if (known !== undefined) return known;
  if (translators.size >= MAX_TRANSLATORS) translators.clear();
  const made = createTranslator(locale);
  translators.set(locale, made);
  return made;
}

/** Returns text of the plan catalogue, in English where no other exists. */
export function localized(text: LocalizedText, locale: string): string {
  return text[languageOf(locale)] ?? text.en;
}

function createTranslator(locale: string): Translate {
  const messages = CATALOGUES[languageOf(locale)];
  const formats = new Map<MessageKey, IntlMessageFormat>();
  const format = (key: MessageKey, values: Values): ComponentChildren => {
    const message = messages[key];
    if (!/[{<]/.test(message)) return message;
    const parsed = formats.get(key) ?? new IntlMessageFormat(message, locale);
    formats.set(key, parsed);
    return parsed.format<ComponentChildren>(values);
  };
  const translate = (key: MessageKey, values: Values = {}) =>
    String(format(key, values));
  const rich = (key: MessageKey, values: Values = {}) => format(key, values);
  return Object.assign(translate, { rich });
}

type Markup = (children: ComponentChildren) => ComponentChildren;
type Values = Record<string, string | number | ComponentChildren | Markup>;

/** The names in `{name}` and `{name, plural, …}`, but not a plural's text. */
type Arguments<Message> = Message extends `${string}{${infer Rest}`
  ? ArgumentAt<Rest> | Arguments<Rest>
  : never;
type ArgumentAt<Rest> = Rest extends `${infer Head}}${string}`
  ? Head extends `${infer Name},${string}` ? NameOf<Name> : NameOf<Head>
  : never;
type NameOf<Text> = Text extends `${string}${" " | "#" | "<" | "{"}${string}`
  ? never
  : Text;

/** The names in `<name>`. */
type Tags<Message> = Message extends `${string}<${infer Tag}>${infer Rest}`
  ? (Tag extends `/${string}` ? never : Tag) | Tags<Rest>
  : never;

type English<Key extends MessageKey> = typeof en[Key];

type TextValues<Key extends MessageKey> = Tags<English<Key>> extends never
  ? OptionalIfEmpty<Record<Arguments<English<Key>>, string | number>>
  : [never];

type RichValues<Key extends MessageKey> = OptionalIfEmpty<
  & Record<Arguments<English<Key>>, ComponentChildren>
  & Record<Tags<English<Key>>, Markup>
>;

type OptionalIfEmpty<Values> = keyof Values extends never ? []
  : [values: Values];
