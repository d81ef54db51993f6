import { assertEquals } from "@std/assert";
import { chooseLocale, formatDay, formatMoney } from "../src/money.ts";

// Intl separates code and amount with a no-break space.
function money(...args: Parameters<typeof formatMoney>): string {
  return formatMoney(...args).replaceAll("\u00a0", " ");
}

Deno.test("formatMoney() formats currencies with two, zero and three decimals", () => {
  assertEquals(money(1999, "usd", "en-US"), "$19.99");
  assertEquals(money(500, "jpy", "en-US"), "¥500");
  assertEquals(money(12345, "kwd", "en-US"), "KWD 12.345");
  assertEquals(money(1999, "eur", "de-DE"), "19,99 €");
});

Deno.test("formatMoney() treats ISK and UGX as two-decimal, like Stripe", () => {
  assertEquals(money(500, "isk", "en-US"), "ISK 5.00");
  assertEquals(money(500, "ugx", "en-US"), "UGX 5.00");
});

Deno.test("formatMoney() formats zero, negative and very large amounts", () => {
  assertEquals(money(0, "usd", "en-US"), "$0.00");
  assertEquals(money(5, "usd", "en-US"), "$0.05");
  assertEquals(money(-5, "usd", "en-US"), "-$0.05");
  assertEquals(money(-1, "kwd", "en-US"), "-KWD 0.001");
  assertEquals(
    money(Number.MAX_SAFE_INTEGER, "usd", "en-US"),
    "$90,071,992,547,409.91",
  );
  assertEquals(money(0, "jpy", "en-US"), "¥0");
});

Deno.test("formatDay() formats the day in UTC", () => {
  assertEquals(
    formatDay(Date.UTC(2026, 10, 1, 23, 59) / 1_000, "en-US"),
    "Nov 1, 2026",
  );
});

Deno.test("chooseLocale() prefers the session, then the browser, then English", () => {
  assertEquals(chooseLocale("de", "fr-FR,fr;q=0.9"), "de");
  assertEquals(chooseLocale("auto", "fr-FR,fr;q=0.9"), "fr-FR");
  assertEquals(chooseLocale(null, null), "en-US");
  assertEquals(chooseLocale(null, "*"), "en-US");
  assertEquals(chooseLocale(null, "<script>"), "en-US");
});
