import type { Context } from "fresh";
import { withTimeout } from "@/lib/async/timeout.ts";
import { cookieValues } from "@/lib/auth/cookies.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";
import { type CheckoutResult, confirmCheckout } from "./checkout_return.ts";
import type { RefreshOutcome } from "./refresh.ts";

/** The result of an action, shown once on the next page. */
export type Flash =
  | CheckoutResult
  | "paid_pack"
  | "processing_pack"
  | "payment_failed_pack"
  | RefreshOutcome;

type FlashResult =
  | { response: Response }
  | { notice: Flash | null; headers: Record<string, string> };

/**
 * Reads the flash message of a page request.
 *
 * A query with a Checkout session (confirmed with Stripe first) or with the
 * result of a refresh becomes a cookie, and the browser is redirected to the
 * page without the query. The redirected request consumes the cookie, so a
 * reload or Back does not repeat the message. This works without JavaScript.
 *
 * While Stripe is unreachable the query is kept, so that a reload tries again.
 *
 * @returns The redirect, or the message with the headers of the page.
 * @throws {Error} Any error from the store.
 */
export async function consumeFlash(
  { req, url, state: { services } }: Context<State>,
  orgId: string,
): Promise<FlashResult> {
  const fromQuery = await flashFromQuery(services, orgId, url.searchParams);
  if (fromQuery === "unavailable") return { notice: fromQuery, headers: {} };
  if (fromQuery !== null) {
    // The account page shows what a pack changes: tokens, entry and invoice.
    const isElsewhere = fromQuery.endsWith("_pack") &&
      url.pathname === "/organization";
    const path = isElsewhere ? "/account" : url.pathname;
    const cookie = flashCookie(services, { flash: fromQuery, path });
    return { response: seeOther(`${path}${fragmentOf(path)}`, [cookie]) };
  }
  const value = cookieValues(req.headers, COOKIE)[0];
  const notice = FLASHES.find((flash) => flash === value) ?? null;
  if (notice === null) return { notice, headers: {} };
  const deletion = flashCookie(services, { flash: null, path: url.pathname });
  return { notice, headers: { "Set-Cookie": deletion } };
}

/** With the page's own Stripe timeout, less than ten seconds in total. */
const CONFIRM_TIMEOUT_MS = 6_000;

async function flashFromQuery(
  services: Services,
  orgId: string,
  query: URLSearchParams,
): Promise<Flash | null> {
  const sessionId = query.get("checkout");
  if (sessionId === null) {
    const check = query.get("check");
    return REFRESH_OUTCOMES.find((outcome) => outcome === check) ?? null;
  }
  const confirming = confirmCheckout(services, orgId, sessionId);
  // After the timeout it continues in the background; a reload shows the result.
  const result = await withTimeout(confirming, CONFIRM_TIMEOUT_MS) ??
    "unavailable";
  if (!isCompleted(result)) return result;
  const pack = await services.store.readSoldPack(sessionId, services.now());
  return pack === null ? result : `${result}_pack`;
}

type Completed = "paid" | "processing" | "payment_failed";

function isCompleted(result: CheckoutResult): result is Completed {
  return ["paid", "processing", "payment_failed"].includes(result);
}

/** Replaces the fragment of the plans, which a browser would keep. */
function fragmentOf(path: string): string {
  return path === "/organization" ? "" : "#content";
}

const REFRESH_OUTCOMES: readonly RefreshOutcome[] = [
  "checked",
  "too_soon",
  "failed",
];
/** All but `unavailable`, which is never stored. */
const FLASHES: readonly Flash[] = [
  ...REFRESH_OUTCOMES,
  ...["paid", "processing", "payment_failed"] as const,
  ...["paid_pack", "processing_pack", "payment_failed_pack"] as const,
  ...["open", "expired", "not_yours"] as const,
];

const COOKIE = "portico_notice";

/** Long enough for the redirect, too short to appear on a later visit. */
const MAX_AGE_SEC = 30;

/** @param options `flash`: null deletes the cookie. */
function flashCookie(
  { config }: Services,
  { flash, path }: { flash: Flash | null; path: string },
): string {
  const attributes = [
    `${COOKIE}=${flash ?? ""}`,
    `Path=${path}`,
    `Max-Age=${flash === null ? 0 : MAX_AGE_SEC}`,
    "HttpOnly",
    "SameSite=Lax",
    ...(config.appUrl.startsWith("https:") ? ["Secure"] : []),
  ];
  return attributes.join("; ");
}
