import { assertEquals } from "@std/assert";
import {
  languageCookie,
  readLocale,
  stripeLanguage,
} from "@/lib/pages/locale.ts";

Deno.test("readLocale() returns the first known language", () => {
  const cases: [string | null, string][] = [
    [null, "en-US"],
    ["", "en-US"],
    ["de-AT,de;q=0.9,en;q=0.8", "de-AT"],
    ["en;q=0.2, fr-CH;q=0.7", "fr-CH"],
    ["*", "en-US"],
    ["xx-nope!, <script>", "en-US"],
    ["ar-u-nu-arab", "en-US"],
    ["de,".repeat(100), "en-US"],
  ];
  for (const [header, expected] of cases) {
    const headers = new Headers();
    if (header !== null) headers.set("Accept-Language", header);
    assertEquals(readLocale(headers), expected, String(header));
  }
});

Deno.test("the cache of requested locales is bounded", () => {
  for (let index = 1; index < 2_000; index++) {
    const headers = new Headers({ "Accept-Language": `de;q=0.${index}` });
    assertEquals(readLocale(headers), "de");
  }
});

Deno.test("a chosen language replaces Accept-Language, which gives the region", () => {
  const localeOf = (cookie: string, accepted: string) =>
    readLocale(
      new Headers({
        "Cookie": `portico_language=${cookie}`,
        "Accept-Language": accepted,
      }),
    );
  assertEquals(localeOf("ja", "de"), "ja");
  assertEquals(localeOf("en", "de,en-GB;q=0.5"), "en-GB");
  assertEquals(localeOf("en", "de"), "en-US");
  assertEquals(localeOf("pt-BR", "de"), "pt-BR");
  assertEquals(localeOf("klingon", "de-AT"), "de-AT");
});

Deno.test("readLocale() skips languages that pages don't have", () => {
  const headers = new Headers({ "Accept-Language": "it,pl;q=0.9,fr;q=0.8" });
  assertEquals(readLocale(headers), "fr");
});

Deno.test("stripeLanguage() leaves an unsupported language to Stripe", () => {
  const languageFor = (accepted: string) =>
    stripeLanguage(new Headers({ "Accept-Language": accepted }));
  assertEquals(languageFor("pt-PT"), "pt-BR");
  assertEquals(languageFor("de-AT"), "de");
  assertEquals(languageFor("it"), undefined);
});

Deno.test("languageCookie() is secure on an https app", () => {
  const cookie = languageCookie("de", { secure: true });
  assertEquals(
    cookie,
    "portico_language=de; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure",
  );
});
