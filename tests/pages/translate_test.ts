import { assertEquals } from "@std/assert";
import { IntlMessageFormat } from "intl-messageformat";
import { LANGUAGES } from "@/lib/config/languages.ts";
import {
  localized,
  type MessageKey,
  translator,
} from "@/lib/pages/translate.ts";
import { en } from "@/locales/en.ts";

const KEYS = Object.keys(en) as MessageKey[];

/** `MessageKey` literals in the code that renders pages. */
async function usedKeys(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const folder of ["components", "routes", "lib/pages"]) {
    for await (const text of sources(folder)) {
      for (const [, key] of text.matchAll(/"([a-z_0-9]+\.[a-z_0-9.]+)"/g)) {
        if (key !== undefined) found.add(key);
      }
    }
  }
  return found;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield await Deno.readTextFile(path);
  }
}

/** The names of a message's arguments and tags. */
function namesIn(message: string): string[] {
  const names = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    if ("type" in value && "value" in value && value.type !== 0) {
      if (typeof value.value === "string") names.add(value.value);
    }
    Object.values(value).forEach(visit);
  };
  visit(new IntlMessageFormat(message, "en").getAst());
  return [...names].sort();
}

Deno.test("every message is used by a page", async () => {
  const used = await usedKeys();
  assertEquals(KEYS.filter((key) => !used.has(key)), []);
});

Deno.test("every language has English's arguments and markup", async () => {
  for (const language of LANGUAGES) {
    const [messages] = Object.values(
      await import(`../../locales/${language}.ts`),
    ) as [Record<MessageKey, string>];
    for (const key of KEYS) {
      const names = namesIn(messages[key]);
      assertEquals(names, namesIn(en[key]), `${language} ${key}`);
    }
  }
});

Deno.test("messages contain no straight quote that ICU would treat as an escape", async () => {
  for (const language of LANGUAGES) {
    const text = await Deno.readTextFile(`locales/${language}.ts`);
    assertEquals(text.match(/"[^"]*'[{<][^"]*"/g), null, language);
  }
});

Deno.test("numbers and plurals follow the locale", () => {
  const total = (locale: string, count: number) =>
    translator(locale)("usage.total", { count });
  assertEquals(total("en-US", 1), "1 token");
  assertEquals(total("en-US", 1_200), "1,200 tokens");
  assertEquals(total("de", 1_200), "1.200 Tokens");
  assertEquals(total("ja", 1_200), "1,200トークン");
});

Deno.test("catalogue text without a translation is English", () => {
  const text = { en: "Support", de: "Hilfe" };
  assertEquals(localized(text, "de-AT"), "Hilfe");
  assertEquals(localized(text, "ja"), "Support");
});
