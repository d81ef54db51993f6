import { assertEquals, assertMatch } from "@std/assert";
import { formatDay, formatMoment } from "@/lib/pages/formats.ts";

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
