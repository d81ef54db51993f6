import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { brandColors, contrast } from "@/lib/config/brand_colors.ts";
import { ConfigError, loadConfig } from "@/lib/config/config.ts";

Deno.test("without brand variables the pages are Portico's", () => {
  const { brand } = loadConfig({});
  assertEquals(brand, {
    name: "Portico",
    logo: null,
    color: null,
    supportUrl: null,
    termsUrl: null,
    privacyUrl: null,
  });
});

Deno.test("an invalid brand is refused with the variable's name", async () => {
  const large = await Deno.makeTempFile({ suffix: ".png" });
  await Deno.writeFile(large, new Uint8Array(256 * 1024 + 1));
  const refused: [name: string, value: string, reason: RegExp][] = [
    ["BRAND_COLOR", "#ffcc00", /too little contrast .* 1\.\d:1/],
    ["BRAND_COLOR", "green", /is not a color/],
    ["BRAND_LOGO", "logo.gif", /neither a URL nor an SVG or PNG/],
    ["BRAND_LOGO", "no/such/logo.svg", /cannot be read/],
    ["BRAND_LOGO", large, /larger than 256 KiB/],
    ["SUPPORT_URL", "support", /is not an http or https URL/],
    ["TERMS_URL", "javascript:alert(1)", /is not an http or https URL/],
    ["PRIVACY_URL", "/privacy", /is not an http or https URL/],
  ];
  for (const [name, value, reason] of refused) {
    const { problems } = assertThrows(
      () => loadConfig({ [name]: value }),
      ConfigError,
    );
    assertEquals(problems.length, 1, name);
    assertMatch(problems[0] ?? "", new RegExp(`^${name} `));
    assertMatch(problems[0] ?? "", reason);
  }
  await Deno.remove(large);
});

Deno.test("every accepted color meets AA contrast in both schemes", () => {
  const parts = ["00", "33", "66", "99", "cc", "ff"];
  const colors = parts.flatMap((red) =>
    parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`))
  );
  const accepted = colors.filter((color) => {
    try {
      return loadConfig({ BRAND_COLOR: color }).brand.color === color;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  });
  assert(accepted.length > 50 && accepted.length < colors.length);
  const backgrounds = {
    light: ["#f6f2ea", "#fffdf8"],
    dark: ["#151412", "#1e1c19"],
  };
  for (const color of accepted) {
    const schemes = brandColors(color);
    for (const name of ["light", "dark"] as const) {
      const tokens = schemes[name];
      const { accent, "accent-soft": soft, "on-accent": on } = tokens;
      const pairs = [[accent, soft], [on, accent], [on, tokens["accent-hover"]]]
        .concat(backgrounds[name].map((background) => [accent, background]));
      for (const [one = "", other = ""] of pairs) {
        const ratio = contrast(one, other);
        assert(ratio >= 4.5, `${color} ${name}: ${one} on ${other} ${ratio}`);
      }
    }
  }
});
