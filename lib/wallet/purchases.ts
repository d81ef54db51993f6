import type Stripe from "stripe";
import { readPendingPurchases, recordPending } from "./pending_purchases.ts";
import type { LedgerEntry, Purchase } from "./ledger.ts";
import { type CreditPack, findPack, type Prices } from "@/lib/billing/plans.ts";
import { findSession } from "@/lib/billing/checkout.ts";
import { choiceOf } from "@/lib/billing/prices.ts";
import type { Services } from "@/lib/services.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";

const MAX_ATTEMPTS = 5;

/**
 * Adds what a paid Checkout of a credit pack has bought, once for the session
 * however often it is called: for both events that tell of a payment and for
 * the page that one comes back to.
 *
 * It counts only for the organization whose customer the session names, and
 * for the pack that was noted when we made it, or else whose price it sold. Of
 * a payment that takes its time it is noted how it stands.
 *
 * @param sessionId `cs_…`
 * @returns The entry; null where there is nothing to add, or not yet.
 * @throws {Error} What Stripe's SDK or the store throws: repeat it freely.
 * @see The HTTP contract, POST /api/v1/webhooks/stripe.
 */
export async function fulfillCheckout(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<LedgerEntry | null> {
  const { store } = services;
  const source = `checkout:${sessionId}`;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const posted = await store.readPosted(orgId, source);
    if (posted !== null) return posted;
    const former = await store.readAwaited(orgId, sessionId);
    const sale = await findSale(services, orgId, sessionId);
    if (sale === null) return null;
    const { session, purchase } = sale;
    if (session.payment_status !== "unpaid") {
      const entry = await add(services, orgId, { ...purchase, source });
      if (former !== null) await store.clearAwaited(orgId, sessionId);
      return entry;
    }
    const unpaid = { session, purchase, former };
    if (await recordPending(services, orgId, unpaid)) return null;
  }
  throw new Error(
    `Cannot note a payment: it changed ${MAX_ATTEMPTS} times meanwhile`,
  );
}

/** A payment that failed before is no news once another has succeeded. */
async function add(
  services: Services,
  orgId: string,
  purchase: Purchase,
): Promise<LedgerEntry | null> {
  const { store, now } = services;
  const outcome = await store.post(orgId, purchase, now());
  for (
    const { state, sessionId } of await readPendingPurchases(services, orgId)
  ) {
    if (state === "failed") await store.clearAwaited(orgId, sessionId);
  }
  return "entry" in outcome ? outcome.entry : null;
}

/**
 * Asks Stripe about the packs that are on their way, where an event may have
 * been missed.
 *
 * @throws {Error} What Stripe's SDK or the store throws: repeat it freely.
 */
export async function checkPendingPurchases(
  services: Services,
  orgId: string,
): Promise<void> {
  for (
    const { state, sessionId } of await readPendingPurchases(services, orgId)
  ) {
    if (state === "on_its_way") {
      await fulfillCheckout(services, orgId, sessionId);
    }
  }
}

/** A completed session of this organization, and what it sells. */
interface Sale {
  session: Stripe.Checkout.Session;
  purchase: Omit<Purchase, "source">;
}

async function findSale(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<Sale | null> {
  const session = await findSession(services, sessionId, {
    expand: ["payment_intent"],
  });
  if (session === null || !isSold(session) || !session.customer) return null;
  const owner = await services.store.readOrganization(idOf(session.customer));
  if (owner !== orgId) return null;
  const purchase = await purchaseOf(services, orgId, session);
  return purchase && { session, purchase };
}

/** Paid for, also in full by a coupon, or with the money on its way. */
function isSold({ mode, status }: Stripe.Checkout.Session): boolean {
  return mode === "payment" && status === "complete";
}

async function purchaseOf(
  services: Services,
  orgId: string,
  session: Stripe.Checkout.Session,
): Promise<Omit<Purchase, "source"> | null> {
  const sold = await services.store.readSold(session.id, services.now());
  if (sold === null) {
    return asPurchase(await packsOf(services, orgId, session.id));
  }
  const pack = sold.orgId === orgId && findPack(sold.pack);
  return pack ? asPurchase([{ pack, quantity: 1 }]) : null;
}

/** A line item that sells a pack. */
interface PackLine {
  pack: CreditPack;
  /** A positive integer. */
  quantity: number;
}

/** Stripe sells no more than 100 items once in one session. */
const MAX_LINE_ITEMS = 200;

async function packsOf(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<PackLine[]> {
  const { sessions } = (await services.stripe()).checkout;
  const lines = await sessions.listLineItems(sessionId, { limit: 100 })
    .autoPagingToArray({ limit: MAX_LINE_ITEMS });
  const prices = await services.prices();
  if (prices.size === 0) {
    throw new Error("Cannot add a pack: no price is known yet");
  }
  return lines.flatMap((line) => {
    const pack = packOf(prices, line);
    if (pack === null) return [];
    const { id, quantity } = line;
    if (isQuantity(quantity)) return [{ pack, quantity }];
    services.log.warn("line item ignored: its quantity is not valid", {
      ...{ orgId, sessionId, lineItem: id, quantity: String(quantity) },
    });
    return [];
  });
}

function packOf(
  prices: Prices,
  { price }: Stripe.LineItem,
): CreditPack | null {
  const choice = price && choiceOf(prices, price);
  return choice && "credits" in choice
    ? findPack(choice.credits) ?? null
    : null;
}

/** Stripe's own limit. */
const MAX_QUANTITY = 999_999;

function isQuantity(quantity: number | null): quantity is number {
  return quantity !== null && Number.isInteger(quantity) && quantity > 0 &&
    quantity <= MAX_QUANTITY;
}

function asPurchase(
  packs: readonly PackLine[],
): Omit<Purchase, "source"> | null {
  const tokens = packs.reduce(
    (sum, { pack, quantity }) => sum + pack.tokens * quantity,
    0,
  );
  if (tokens === 0) return null;
  const names = [...new Set(packs.map(({ pack }) => pack.name))];
  const description = names.length === 1
    ? `${names.join()} credit pack`
    : `${NAMES.format(names)} credit packs`;
  return { kind: "purchase", tokens, description };
}

const NAMES = new Intl.ListFormat("en");
