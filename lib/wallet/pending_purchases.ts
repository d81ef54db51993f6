import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { Purchase } from "@/lib/store/ledger_types.ts";
import type {
  PendingPurchase,
  StoredPendingPurchase,
} from "@/lib/store/pending_purchases.ts";

/** Longer than any delayed payment takes: banks answer within two weeks. */
const PROCESSING_TTL_MS = 30 * 24 * 60 * 60 * 1000;
/** Time that the account page shows a failed payment, in milliseconds. */
const FAILED_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** A completed but unpaid Checkout session of a credit pack. */
export interface UnpaidSession {
  session: Stripe.Checkout.Session;
  purchase: Omit<Purchase, "source">;
  /**
   * The stored purchase, read before the session, so that a slow response of
   * Stripe never overwrites a newer one.
   */
  former: StoredPendingPurchase | null;
}

/**
 * Records that the payment of a credit pack is processing or has failed.
 *
 * @param session With its payment intent expanded.
 * @returns False if the record changed meanwhile: read the session again.
 * @throws {Error} An error of the store.
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
    sessionId: session.id,
    tokens,
    description,
    state,
    sinceMs: nowMs,
    expiresAtMs: nowMs + (failed ? FAILED_TTL_MS : PROCESSING_TTL_MS),
  };
  return await store.writePendingPurchase(orgId, { pack, former, nowMs });
}

/** `payment_status` is `unpaid` for both, processing and failed. */
function hasFailed({ payment_intent: intent }: Stripe.Checkout.Session) {
  if (intent === null || typeof intent !== "object") return false;
  return intent.status === "requires_payment_method" ||
    intent.status === "canceled";
}

/**
 * Lists an organization's credit packs whose payment is processing or failed
 * in the last week, oldest first. Paid packs are in the ledger instead.
 *
 * @throws {Error} An error of the store.
 */
export async function readPendingPurchases(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
): Promise<PendingPurchase[]> {
  const pending = await store.listPendingPurchases(orgId, now());
  const posted = await Promise.all(
    pending.map(({ sessionId }) =>
      store.readPosted(orgId, `checkout:${sessionId}`)
    ),
  );
  return pending.filter((_, index) => posted[index] === null);
}
