import type Stripe from "stripe";
import type { LedgerEntry, Purchase } from "./ledger.ts";
import { type Choice, CREDIT_PACKS } from "./plans.ts";
import { choiceOf, idOf } from "./prices.ts";
import type { Services } from "./services.ts";
import { isStripeError } from "./stripe.ts";

/**
 * Adds what a paid Checkout of a credit pack has bought, once for the session
 * however often it is called: for both events that tell of a payment and for
 * the page that one comes back to.
 *
 * It counts only for the organization whose customer the session names, and
 * for the pack that was noted when we made it, or else whose price it sold.
 *
 * @param sessionId `cs_…`
 * @returns The entry; null where there is nothing to add, or not yet.
 * @throws {Error} What Stripe's SDK or the store throws: repeat it freely.
 * @see The HTTP contract, POST /api/v1/webhooks/stripe.
 */
export async function fulfilCheckout(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<LedgerEntry | null> {
  const { store, now } = services;
  const source = `checkout:${sessionId}`;
  const former = await store.readPosted(orgId, source);
  if (former !== null) return former;
  const session = await findSale(services, sessionId);
  if (session === null || !isPaidFor(session) || !session.customer) return null;
  const owner = await store.readOrganization(idOf(session.customer));
  if (owner !== orgId) return null;
  const purchase = await purchaseOf(services, orgId, session);
  if (purchase === null) return null;
  const outcome = await store.post(orgId, { ...purchase, source }, now());
  return "entry" in outcome ? outcome.entry : null;
}

async function findSale(
  { stripe }: Services,
  sessionId: string,
): Promise<Stripe.Checkout.Session | null> {
  const { sessions } = (await stripe()).checkout;
  try {
    return await sessions.retrieve(sessionId, { expand: ["line_items"] });
  } catch (error) {
    if (isStripeError(error) && error.code === "resource_missing") return null;
    throw error;
  }
}

/** A pack that a coupon paid for in full was paid for. */
function isPaidFor(
  { mode, status, payment_status }: Stripe.Checkout.Session,
): boolean {
  return mode === "payment" && status === "complete" &&
    payment_status !== "unpaid";
}

async function purchaseOf(
  services: Services,
  orgId: string,
  session: Stripe.Checkout.Session,
): Promise<Omit<Purchase, "source"> | null> {
  const sold = await services.store.readSold(session.id, services.now());
  if (sold !== null) {
    return sold.orgId === orgId ? packOf(sold.pack, 1) : null;
  }
  const [line] = session.line_items?.data ?? [];
  if (!line?.price) return null;
  const prices = await services.prices();
  if (prices.size === 0) {
    throw new Error("Cannot add a pack: no price is known yet");
  }
  const choice: Choice | null = choiceOf(prices, line.price);
  return choice !== null && "credits" in choice
    ? packOf(choice.credits, line.quantity ?? 1)
    : null;
}

function packOf(
  packId: string,
  quantity: number,
): Omit<Purchase, "source"> | null {
  const pack = CREDIT_PACKS.find(({ id }) => id === packId);
  if (pack === undefined) return null;
  const tokens = pack.tokens * quantity;
  const description = `${pack.name} credit pack`;
  return { kind: "purchase", tokens, description };
}
