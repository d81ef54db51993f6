import { type BrandColors, brandColors } from "@/lib/config/brand_colors.ts";

/** The files of `static/` that make up the style sheet. */
const FILES = [
  ...["tokens", "base", "frame", "components", "plans", "account", "usage"],
  ...["lines", "keys", "docs", "sandbox"],
];

let bundled: Promise<string> | undefined;

/**
 * Returns the style sheet of all pages: the files in one, so that a page waits
 * for a single request and the next page for none.
 *
 * @param options `fresh`: read the files again, for development.
 */
export async function styleSheet(
  color: string | null,
  { fresh }: { fresh: boolean },
): Promise<string> {
  if (fresh) bundled = undefined;
  const text = await (bundled ??= bundle());
  return color === null ? text : `${text}\n${colorRules(color)}`;
}

async function bundle(): Promise<string> {
  const texts = await Promise.all(
    FILES.map((name) => Deno.readTextFile(`static/${name}.css`)),
  );
  return minify(texts.join("\n"));
}

/** Removes comments and indentation, a fifth of the text. */
function minify(css: string): string {
  return css.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/\s*\n\s*/g, "\n");
}

function colorRules(color: string): string {
  const { light, dark } = brandColors(color);
  return `:root{${tokens(light)}}` +
    `@media (prefers-color-scheme:dark){:root{${tokens(dark)}}}`;
}

function tokens(colors: BrandColors): string {
  return Object.entries(colors)
    .map(([name, color]) => `--${name}:${color}`).join(";");
}
