import type { Context } from "fresh";
import { type CheckoutResult, confirmCheckout } from "./checkout_return.ts";
import { cookieValues } from "@/lib/auth/cookies.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { withTimeout } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";
import type { RefreshOutcome } from "@/lib/billing/sync.ts";

/** What has just happened, told once by the page that follows. */
export type Notice =
  | CheckoutResult
  | "paid_pack"
  | "processing_pack"
  | "bounced_pack"
  | RefreshOutcome;

/** What the page after something shows, or where it leads first. */
export type FlashResult =
  | { response: Response }
  | { notice: Notice | null; headers: Record<string, string> };

/**
 * Takes in what a page's query says has happened: a return from Checkout,
 * which is confirmed with Stripe first, or a check by hand. The browser is then
 * sent to the same page without the query, and told there, once: a reload or
 * Back neither asks nor tells it again, and no script is needed.
 *
 * While Stripe cannot be asked the query stays, so that a reload tries again.
 *
 * @throws {Error} What the store throws.
 */
export async function consumeFlash(
  { req, url, state: { services } }: Context<State>,
  orgId: string,
): Promise<FlashResult> {
  const notice = await noticeOf(services, orgId, url.searchParams);
  if (notice === "unavailable") return { notice, headers: {} };
  if (notice !== null) {
    // What a pack brought is there to be seen: tokens, entry, invoice.
    const path = notice.endsWith("_pack") ? "/account" : url.pathname;
    const cookie = cookieOf(services, { notice, path });
    return { response: seeOther(`${path}${fragmentOf(path)}`, [cookie]) };
  }
  const kept = cookieValues(req.headers, COOKIE)[0];
  const known = NOTICES.find((one) => one === kept) ?? null;
  const told = { notice: null, path: url.pathname };
  const headers = known && { "Set-Cookie": cookieOf(services, told) };
  return { notice: known, headers: headers ?? {} };
}

/** With a page's own patience below the ten seconds that one may wait. */
const CONFIRM_MS = 6_000;

async function noticeOf(
  services: Services,
  orgId: string,
  query: URLSearchParams,
): Promise<Notice | null> {
  const sessionId = query.get("checkout");
  if (sessionId !== null) {
    const confirming = confirmCheckout(services, orgId, sessionId);
    // What takes longer goes on, and what it brings is there at a reload.
    const result = await withTimeout(confirming, CONFIRM_MS) ?? "unavailable";
    if (!isSettled(result)) return result;
    const pack = await services.store.readSoldPack(sessionId, services.now());
    return pack === null ? result : `${result}_pack`;
  }
  const check = query.get("check");
  return CHECKS.find((one) => one === check) ?? null;
}

type Settled = "paid" | "processing" | "bounced";

/** Checkout is done with; what it sold has a page of its own. */
function isSettled(result: CheckoutResult): result is Settled {
  return result === "paid" || result === "processing" || result === "bounced";
}

/** A browser would keep that of the plans over a redirect without one. */
function fragmentOf(path: string): string {
  return path === "/account" ? "#content" : "";
}

const CHECKS: readonly RefreshOutcome[] = ["checked", "too_soon", "failed"];
const RESULTS: readonly CheckoutResult[] = [
  ...["paid", "processing", "bounced"] as const,
  ...["open", "expired", "not_yours"] as const,
];
const NOTICES: readonly Notice[] = [
  ...CHECKS,
  ...RESULTS,
  "paid_pack",
  "processing_pack",
  "bounced_pack",
];

const COOKIE = "portico_notice";

/** Long enough for a redirect, too short to be found by a later visit. */
const KEPT_SEC = 30;

function cookieOf(
  { config }: Services,
  { notice, path }: { notice: Notice | null; path: string },
): string {
  const attributes = [
    `${COOKIE}=${notice ?? ""}`,
    `Path=${path}`,
    `Max-Age=${notice === null ? 0 : KEPT_SEC}`,
    "HttpOnly",
    "SameSite=Lax",
    ...(config.appUrl.startsWith("https:") ? ["Secure"] : []),
  ];
  return attributes.join("; ");
}
