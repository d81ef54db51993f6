import type Stripe from "stripe";
import type { Purchase } from "@/lib/store/ledger_types.ts";
import type { Services } from "@/lib/services.ts";
import type {
  PendingPurchase,
  StoredPendingPurchase,
} from "@/lib/store/mod.ts";

/** Banks answer within two weeks: later than this nobody looks for it. */
const ON_ITS_WAY_MS = 30 * 24 * 60 * 60 * 1000;
/** How long a page tells of a payment that failed. */
const FAILED_MS = 7 * 24 * 60 * 60 * 1000;

/** A completed session of a pack that is not paid, and what was read before. */
export interface UnpaidSession {
  session: Stripe.Checkout.Session;
  purchase: Omit<Purchase, "source">;
  /** Read before Stripe was asked: a slow answer undoes no newer one. */
  former: StoredPendingPurchase | null;
}

/**
 * Notes that a pack's payment is on its way, or that it failed.
 *
 * @param session With its payment intent expanded.
 * @returns False where somebody else has noted something meanwhile: Stripe
 * has to be asked again.
 * @throws {Error} What the store throws.
 */
export async function recordPending(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
  { session, purchase, former }: UnpaidSession,
): Promise<boolean> {
  const failed = hasFailed(session);
  const state = failed ? "failed" : "on_its_way";
  if (former?.state === state) return true;
  const { tokens, description } = purchase;
  const nowMs = now();
  const pack: PendingPurchase = {
    ...{ sessionId: session.id, tokens, description, state },
    sinceMs: nowMs,
    expiresAtMs: nowMs + (failed ? FAILED_MS : ON_ITS_WAY_MS),
  };
  return await store.writePendingPurchase(orgId, { pack, former, nowMs });
}

/** The session itself says `unpaid` for both. */
function hasFailed({ payment_intent: intent }: Stripe.Checkout.Session) {
  if (intent === null || typeof intent !== "object") return false;
  return intent.status === "requires_payment_method" ||
    intent.status === "canceled";
}

/**
 * An organization's packs whose payment is on its way or failed lately, the
 * oldest first. What has arrived is in the ledger, and not here.
 *
 * @throws {Error} What the store throws.
 */
export async function readPendingPurchases(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
): Promise<PendingPurchase[]> {
  const noted = await store.listPendingPurchases(orgId, now());
  const posted = await Promise.all(
    noted.map(({ sessionId }) =>
      store.readPosted(orgId, `checkout:${sessionId}`)
    ),
  );
  return noted.filter((_, index) => posted[index] === null);
}
