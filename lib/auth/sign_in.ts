import type { Config } from "@/lib/config/config.ts";

/**
 * Returns the sign-in URL with a page of this app to return to.
 *
 * @param returnPath A path of this app.
 * @returns Null if sign-in is not configured.
 */
export function signInUrlFor(
  { appUrl, auth: { signInUrl } }: Pick<Config, "appUrl" | "auth">,
  returnPath: string,
): string | null {
  if (signInUrl === null) return null;
  const isOurs = signInUrl.startsWith("/");
  const url = new URL(signInUrl, appUrl);
  url.searchParams.set(
    "redirect_url",
    isOurs ? returnPath : `${appUrl}${returnPath}`,
  );
  return isOurs ? `${url.pathname}${url.search}${url.hash}` : url.href;
}

/**
 * Returns the path of this app that a `redirect_url` parameter leads to.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const config = { appUrl: "https://app.example.com" };
 * assertEquals(returnPathOf(config, "/account"), "/account");
 * assertEquals(returnPathOf(config, "//evil.example"), null);
 * ```
 *
 * @returns Path, query and fragment; null if the parameter is missing, leads
 * to another origin, or could be read that way.
 */
export function returnPathOf(
  { appUrl }: Pick<Config, "appUrl">,
  redirectUrl: string | null,
): string | null {
  if (redirectUrl === null || !OWN_PATH.test(redirectUrl)) return null;
  if (!URL.canParse(redirectUrl, appUrl)) return null;
  const url = new URL(redirectUrl, appUrl);
  if (url.origin !== new URL(appUrl).origin) return null;
  // The URL parser turns `/.//evil.example` into `//evil.example`.
  if (url.pathname.startsWith("//")) return null;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** One slash, not two; no spaces, backslashes or control characters. */
const OWN_PATH = /^\/(?!\/)[!-[\]-~]*$/;
