import type { Config } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import type { SandboxIdentity } from "@/lib/sandbox.ts";
import type { Services } from "@/lib/services.ts";
import { cookieValues } from "./cookies.ts";

/**
 * Returns the sandbox's sign-in, which exists only while no other sign-in is
 * configured.
 *
 * @throws {BillingError} `not_found`
 */
export function requireIdentity(
  { sandbox }: Pick<Services, "sandbox">,
): SandboxIdentity {
  if (sandbox?.identity) return sandbox.identity;
  throw new BillingError("not_found", "Not found");
}

/**
 * Returns the same URL on the app's public origin, for a request that used
 * another name of this machine. Cookies set under that name would be missing
 * on the pages to which Stripe returns.
 *
 * @returns Null if the request already has the public host.
 */
export function publicAddressOf(
  { appUrl }: Pick<Config, "appUrl">,
  url: URL,
): string | null {
  if (url.host === new URL(appUrl).host) return null;
  return `${appUrl}${url.pathname}${url.search}`;
}

/**
 * Refreshes the token of a browser that is signed in, at most once in ten
 * seconds: a page that refuses the new token sends the browser back here at
 * once, and without the limit the redirects would never end.
 *
 * @returns `Set-Cookie` values; null if the person must sign in.
 */
export async function refreshOnce(
  identity: SandboxIdentity,
  request: Request,
): Promise<string[] | null> {
  if (cookieValues(request.headers, GUARD).length > 0) return null;
  const cookies = await identity.refresh(request);
  return cookies && [...cookies, `${GUARD}=1; ${GUARD_ATTRIBUTES}`];
}

const GUARD = "__portico_refreshed";
const GUARD_ATTRIBUTES = "Path=/sign-in; Max-Age=10; HttpOnly; SameSite=Lax";

/** Returns a 303 redirect, which the browser follows with a GET. */
export function seeOther(path: string, cookies: readonly string[] = []) {
  const headers = new Headers({ Location: path, "Cache-Control": "no-store" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}
