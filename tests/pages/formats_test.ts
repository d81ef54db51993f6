import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  formatChange,
  formatCount,
  formatDay,
  formatMoment,
  formatMoney,
  formatPrice,
} from "@/lib/pages/formats.ts";

/** `Intl` puts no-break spaces beside currency codes. */
const plain = (text: string) => text.replace(/\s/g, " ");

Deno.test("formatMoney() formats Stripe's minor units", () => {
  const cases: [number, string, string][] = [
    [2000, "usd", "$20.00"],
    [1999, "EUR", "€19.99"],
    [5, "usd", "$0.05"],
    [0, "usd", "$0.00"],
    [-1250, "usd", "-$12.50"],
    [500, "jpy", "¥500"],
    [500, "clp", "CLP 500"],
    [5120, "kwd", "KWD 5.120"],
    [1, "bhd", "BHD 0.001"],
    [500, "isk", "ISK 5"],
    [500, "ugx", "UGX 5"],
    [1050, "huf", "HUF 10.50"],
    [150_000, "lbp", "LBP 1,500.00"],
    [80_000, "twd", "NT$800.00"],
  ];
  for (const [amountMinor, currency, expected] of cases) {
    const text = formatMoney({ amountMinor, currency }, "en-US");
    assertEquals(plain(text), expected);
  }
});

Deno.test("formatMoney() is exact for the largest amounts", () => {
  const money = { amountMinor: Number.MAX_SAFE_INTEGER, currency: "usd" };
  assertEquals(formatMoney(money, "en-US"), "$90,071,992,547,409.91");
});

Deno.test("formatMoney() follows the locale", () => {
  const money = { amountMinor: 123_456, currency: "eur" };
  assertEquals(plain(formatMoney(money, "de")), "1.234,56 €");
});

Deno.test("formatMoney() refuses an invalid amount", () => {
  for (const amountMinor of [0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(
      () => formatMoney({ amountMinor, currency: "usd" }, "en-US"),
      RangeError,
    );
  }
  assertThrows(
    () => formatMoney({ amountMinor: 1, currency: "dollars" }, "en-US"),
    RangeError,
  );
});

Deno.test("formatPrice() drops zero decimals", () => {
  const price = (amountMinor: number) =>
    formatPrice({ amountMinor, currency: "usd" }, "en-US");
  assertEquals(price(2000), "$20");
  assertEquals(price(2050), "$20.50");
});

Deno.test("formatChange() has a sign, with a true minus", () => {
  assertEquals(formatChange(50_000, "en-US"), "+50,000");
  assertEquals(formatChange(-1_250, "en-US"), "\u22121,250");
  assertEquals(formatChange(-1_250, "sv"), "\u22121\u00a0250");
  assertEquals(formatChange(0, "en-US"), "0");
});

Deno.test("formatCount() groups digits", () => {
  assertEquals(formatCount(50_000, "en-US"), "50,000");
});

/** Half an hour before midnight UTC: another day in many time zones. */
const LATE_MS = Date.UTC(2026, 10, 14, 23, 30);

Deno.test("formatDay() formats the UTC day in the reader's locale", () => {
  assertEquals(formatDay(LATE_MS, "en-US"), "November 14, 2026");
  assertEquals(formatDay(LATE_MS, "en-GB"), "14 November 2026");
  assertEquals(formatDay(LATE_MS, "de"), "14. November 2026");
  assertEquals(formatDay(LATE_MS, "ja"), "2026年11月14日");
});

Deno.test("formatDay() uses the Gregorian calendar in every locale", () => {
  assertMatch(formatDay(LATE_MS, "th"), /2026/);
  assertMatch(formatDay(LATE_MS, "fa"), /۲۰۲۶/);
});

Deno.test("formatMoment() shows the minute and UTC", () => {
  assertMatch(formatMoment(LATE_MS, "en-GB"), /14 November 2026.*23:30 UTC/);
});

Deno.test("more locales than the cache holds are formatted", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  for (const first of letters) {
    for (const second of letters) {
      formatDay(LATE_MS, `en-${first}${second}`.toUpperCase());
    }
  }
  assertEquals(formatDay(LATE_MS, "en-US"), "November 14, 2026");
});
