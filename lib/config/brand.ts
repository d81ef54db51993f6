import { brandContrast, MIN_CONTRAST } from "./brand_colors.ts";
import type { EnvReader } from "./reader.ts";

/** The business that the pages belong to. */
export interface BrandConfig {
  name: string;
  /** Null: no logo, or Portico's if the name is Portico's too. */
  logo: BrandLogo | null;
  /** `#rrggbb`; null for Portico's. */
  color: string | null;
  supportUrl: string | null;
  termsUrl: string | null;
  privacyUrl: string | null;
}

/** A logo elsewhere, or a file that the app serves at {@linkcode LOGO_PATH}. */
export type BrandLogo =
  | { kind: "url"; url: URL }
  | { kind: "file"; bytes: Uint8Array<ArrayBuffer>; type: string };

export const DEFAULT_BRAND_NAME = "Portico";
export const LOGO_PATH = "/brand/logo";

/** Returns the address of the logo's image. */
export function logoSource(logo: BrandLogo): string {
  return logo.kind === "url" ? logo.url.href : LOGO_PATH;
}

export function readBrand(read: EnvReader): BrandConfig {
  return {
    name: read.text("BRAND_NAME") ?? DEFAULT_BRAND_NAME,
    logo: readLogo(read),
    color: readColor(read),
    supportUrl: read.url("SUPPORT_URL")?.href ?? null,
    termsUrl: read.url("TERMS_URL")?.href ?? null,
    privacyUrl: read.url("PRIVACY_URL")?.href ?? null,
  };
}

const LOGO_TYPES: Record<string, string> = {
  svg: "image/svg+xml",
  png: "image/png",
};

/** Every page loads the logo. */
const MAX_LOGO_BYTES = 256 * 1024;

function readLogo(read: EnvReader): BrandLogo | null {
  const text = read.text("BRAND_LOGO");
  if (text === null) return null;
  if (/^https?:/.test(text)) {
    const url = read.url("BRAND_LOGO");
    return url && { kind: "url", url };
  }
  const type = LOGO_TYPES[text.split(".").at(-1)?.toLowerCase() ?? ""];
  if (type === undefined) {
    read.refuse("BRAND_LOGO", "is neither a URL nor an SVG or PNG file");
    return null;
  }
  try {
    const bytes = Deno.readFileSync(text);
    if (bytes.length > MAX_LOGO_BYTES) {
      read.refuse("BRAND_LOGO", "is larger than 256 KiB");
    }
    return { kind: "file", bytes, type };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    read.refuse("BRAND_LOGO", `cannot be read: ${why}`);
    return null;
  }
}

function readColor(read: EnvReader): string | null {
  const color = read.text("BRAND_COLOR")?.toLowerCase() ?? null;
  if (color === null) return null;
  if (!/^#[0-9a-f]{6}$/.test(color)) {
    read.refuse("BRAND_COLOR", "is not a color such as #0f5548");
    return null;
  }
  const ratio = brandContrast(color);
  if (ratio < MIN_CONTRAST) {
    read.refuse(
      "BRAND_COLOR",
      `has too little contrast with the pages' background: ${
        ratio.toFixed(1)
      }:1. Choose a darker color with at least ${MIN_CONTRAST}:1`,
    );
  }
  return color;
}
