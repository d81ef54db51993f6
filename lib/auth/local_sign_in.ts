import type { Config } from "@/lib/config/config.ts";
import { cookieValues } from "./cookies.ts";
import { BillingError } from "@/lib/errors.ts";
import type { SandboxIdentity } from "@/lib/sandbox.ts";
import type { Services } from "@/lib/services.ts";

/**
 * The sandbox's sign-in, which is there only while no other is configured.
 *
 * @throws {BillingError} `not_found`.
 */
export function requireIdentity(
  { sandbox }: Pick<Services, "sandbox">,
): SandboxIdentity {
  if (sandbox?.identity) return sandbox.identity;
  throw new BillingError("not_found", "There is nothing here");
}

/**
 * The same address on the app's public origin, for a request that came by
 * another name of this machine: cookies that were set there would be missing
 * where Stripe sends people back to.
 *
 * @returns Null for a request that is where it belongs.
 */
export function publicAddressOf(
  { appUrl }: Pick<Config, "appUrl">,
  url: URL,
): string | null {
  if (url.host === new URL(appUrl).host) return null;
  return `${appUrl}${url.pathname}${url.search}`;
}

/**
 * Cookies with a new token for a browser whose token ran out while it was
 * signed in.
 *
 * A page that would not take the new token either sends the browser here
 * again at once; the second time it gets none, so the two do not send it back
 * and forth.
 *
 * @returns `Set-Cookie` values; null when the browser has to sign in.
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

/** Sends a browser on, after a POST or with new cookies, as a GET. */
export function seeOther(path: string, cookies: readonly string[] = []) {
  const headers = new Headers({ Location: path, "Cache-Control": "no-store" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}
