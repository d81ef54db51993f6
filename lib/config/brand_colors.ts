/** Colors of a scheme, by the design token that they replace. */
export type BrandColors = Record<
  "accent" | "accent-hover" | "accent-soft" | "on-accent",
  string
>;

/** The pages' background by scheme, as in `tokens.css`. */
const PAPER = { light: "#f6f2ea", dark: "#151412" };

/** Text on the accent color, as in `tokens.css`. */
const ON_ACCENT = { light: "#fffdf8", dark: "#0c211b" };

/** The contrast that WCAG AA requires of text. */
export const MIN_CONTRAST = 4.5;

/**
 * Derives the accent colors from a brand's color. In the dark scheme the color
 * is lightened, so that one color serves both.
 *
 * @param color `#rrggbb`
 */
export function brandColors(
  color: string,
): { light: BrandColors; dark: BrandColors } {
  const lightened = mix(color, "#ffffff", 0.58);
  return {
    light: {
      "accent": color,
      "accent-hover": mix(color, "#000000", 0.25),
      "accent-soft": mix(PAPER.light, color, 0.07),
      "on-accent": ON_ACCENT.light,
    },
    dark: {
      "accent": lightened,
      "accent-hover": mix(lightened, "#ffffff", 0.3),
      "accent-soft": mix(PAPER.dark, color, 0.2),
      "on-accent": ON_ACCENT.dark,
    },
  };
}

/** The lowest contrast of text in the brand's color on a page. */
export function brandContrast(color: string): number {
  const { accent, "accent-soft": soft } = brandColors(color).light;
  return Math.min(contrast(accent, soft), contrast(accent, ON_ACCENT.light));
}

/** The contrast ratio of two colors, as WCAG 2.2 defines it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)]
    .sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color)
    .map((value) => value / 255)
    .map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(color: string, other: string, share: number): string {
  const to = channels(other);
  return "#" +
    channels(color).map((value, index) =>
      Math.round(value + ((to[index] ?? 0) - value) * share)
        .toString(16).padStart(2, "0")
    ).join("");
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}
