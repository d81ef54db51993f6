import type { Config } from "@/lib/config/config.ts";

/**
 * Where somebody signs in, with the way back to a page of ours.
 *
 * @param returnPath A path of this app.
 * @returns Null where no sign-in is configured.
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
 * The page of this app that a `redirect_url` names.
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
 * @returns Path, query and fragment; null for what is not given, or leads, or
 * could be read as leading, anywhere else.
 */
export function returnPathOf(
  { appUrl }: Pick<Config, "appUrl">,
  redirectUrl: string | null,
): string | null {
  if (redirectUrl === null || !OWN_PATH.test(redirectUrl)) return null;
  if (!URL.canParse(redirectUrl, appUrl)) return null;
  const url = new URL(redirectUrl, appUrl);
  if (url.origin !== new URL(appUrl).origin) return null;
  // `/.//evil.example` comes out of the parser as `//evil.example`.
  if (url.pathname.startsWith("//")) return null;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** One slash, then neither a second one nor blanks, backslashes, controls. */
const OWN_PATH = /^\/(?!\/)[!-[\]-~]*$/;
