import { assert } from "@std/assert";
import { contrast } from "@/lib/config/brand_colors.ts";

const CSS = await Deno.readTextFile(
  new URL("../../static/tokens.css", import.meta.url),
);

/** Colors of a scheme by token. Dark tokens override light ones. */
function scheme(name: "light" | "dark"): Map<string, string> {
  const [light = "", dark = ""] = CSS.split("prefers-color-scheme: dark");
  const text = name === "light" ? light : light + dark;
  const tokens = text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g);
  return new Map(
    [...tokens].map(([, token = "", colour = ""]) => [token, colour]),
  );
}

/**
 * Text colors with their backgrounds, and pairs that must only be
 * distinguishable.
 */
const PAIRS: [foreground: string, background: string, atLeast: number][] = [
  ["ink", "paper", 7],
  ["ink", "surface", 7],
  ["ink", "accent-soft", 7],
  ["ink-soft", "paper", 4.5],
  ["ink-soft", "surface", 4.5],
  ["ink-soft", "accent-soft", 4.5],
  ["accent", "paper", 4.5],
  ["accent", "surface", 4.5],
  ["accent", "accent-soft", 4.5],
  ["accent-hover", "paper", 4.5],
  ["alert", "paper", 4.5],
  ["alert", "surface", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["line-strong", "paper", 3],
  ["line-strong", "surface", 3],
];

for (const name of ["light", "dark"] as const) {
  Deno.test(`the ${name} colors meet AA contrast`, () => {
    const colours = scheme(name);
    for (const [foreground, background, atLeast] of PAIRS) {
      const one = colours.get(foreground);
      const other = colours.get(background);
      assert(one && other, `no token ${foreground} or ${background}`);
      const ratio = contrast(one, other);
      assert(
        ratio >= atLeast,
        `${foreground} on ${background} is ${ratio.toFixed(2)}`,
      );
    }
  });
}
