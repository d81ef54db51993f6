import { timeOf } from "@/lib/billing/customer_time.ts";
import type Stripe from "stripe";
import type { Prices } from "@/lib/billing/plans.ts";
import { findSession, packTerms } from "@/lib/billing/checkout.ts";
import { choiceOf, requirePrices } from "@/lib/billing/prices.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";
import type { Services } from "@/lib/services.ts";
import type { PackTerms } from "@/lib/store/checkouts.ts";
import type { LedgerEntry, Purchase } from "@/lib/store/ledger_types.ts";
import { readPendingPurchases, recordPending } from "./pending_purchases.ts";

const MAX_ATTEMPTS = 5;

/**
 * Adds the tokens of a paid Checkout session of a credit pack, once per
 * session. Both payment events and the return page call it.
 *
 * The session's customer must belong to the organization. The pack is the one
 * recorded when the session was created, with the tokens it had then, or else
 * the one whose price was sold.
 * A delayed payment is recorded as a pending purchase.
 *
 * @param sessionId `cs_…`
 * @returns The entry; null if there are no tokens to add, or not yet.
 * @throws {Error} An error of Stripe's SDK or the store. Safe to retry.
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
    const former = await store.readPendingPurchase(orgId, sessionId);
    const sale = await findSale(services, orgId, sessionId);
    if (sale === null) return null;
    const { session, purchase } = sale;
    if (session.payment_status !== "unpaid") {
      const entry = await postPurchase(services, orgId, {
        ...purchase,
        source,
      });
      if (former !== null) await store.clearPendingPurchase(orgId, sessionId);
      return entry;
    }
    const unpaid = { session, purchase, former };
    if (await recordPending(services, orgId, unpaid)) return null;
  }
  throw new Error(
    `Cannot record payment: it changed ${MAX_ATTEMPTS} times meanwhile`,
  );
}

/** Also clears failed payments, as this one replaces them. */
async function postPurchase(
  services: Services,
  orgId: string,
  purchase: Purchase,
): Promise<LedgerEntry | null> {
  const { store } = services;
  const nowMs = await timeOf(services, orgId);
  const outcome = await store.post(orgId, purchase, nowMs);
  for (
    const { state, sessionId } of await readPendingPurchases(services, orgId)
  ) {
    if (state === "failed") await store.clearPendingPurchase(orgId, sessionId);
  }
  return "entry" in outcome ? outcome.entry : null;
}

/**
 * Checks the processing payments of credit packs with Stripe, as an event may
 * have been missed.
 *
 * @throws {Error} An error of Stripe's SDK or the store. Safe to retry.
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

/** A completed session of the organization, and its purchase. */
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
  if (session === null || !isCompleted(session) || !session.customer) {
    return null;
  }
  const owner = await services.store.readOrganization(idOf(session.customer));
  if (owner !== orgId) return null;
  const purchase = await purchaseOf(services, orgId, session);
  return purchase && { session, purchase };
}

/** Paid, free of charge by a coupon, or with a processing payment. */
function isCompleted({ mode, status }: Stripe.Checkout.Session): boolean {
  return mode === "payment" && status === "complete";
}

async function purchaseOf(
  services: Services,
  orgId: string,
  session: Stripe.Checkout.Session,
): Promise<Omit<Purchase, "source"> | null> {
  const sold = await services.store.readSoldPack(session.id, services.now());
  if (sold === null) {
    return toPurchase(await listPackLines(services, orgId, session.id));
  }
  if (sold.orgId !== orgId) return null;
  const { pack: id, name, tokens } = sold;
  const pack = name !== undefined && tokens !== undefined
    ? { name, tokens }
    : packTerms(id);
  if (pack !== null) return toPurchase([{ pack, quantity: 1 }]);
  throw new Error(`Cannot add credit pack: pack ${id} is unknown`);
}

/** A line item for a credit pack. */
interface PackLine {
  pack: PackTerms;
  /** A positive integer. */
  quantity: number;
}

/** Above Stripe's limit of 100 one-off line items per session. */
const MAX_LINE_ITEMS = 200;

async function listPackLines(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<PackLine[]> {
  const { sessions } = (await services.stripe()).checkout;
  const lines = await sessions.listLineItems(sessionId, { limit: 100 })
    .autoPagingToArray({ limit: MAX_LINE_ITEMS });
  const prices = await requirePrices(services);
  return lines.flatMap((line) => {
    const pack = packOf(prices, line);
    if (pack === null) return [];
    const { id, quantity } = line;
    if (isValidQuantity(quantity)) return [{ pack, quantity }];
    services.log.warn("line item ignored: invalid quantity", {
      orgId,
      sessionId,
      lineItem: id,
      quantity: String(quantity),
    });
    return [];
  });
}

function packOf(
  prices: Prices,
  { price }: Stripe.LineItem,
): PackTerms | null {
  const choice = price && choiceOf(prices, price);
  return choice && "credits" in choice ? packTerms(choice.credits) : null;
}

/** Stripe's limit. */
const MAX_QUANTITY = 999_999;

function isValidQuantity(quantity: number | null): quantity is number {
  return quantity !== null && Number.isInteger(quantity) && quantity > 0 &&
    quantity <= MAX_QUANTITY;
}

function toPurchase(
  lines: readonly PackLine[],
): Omit<Purchase, "source"> | null {
  const tokens = lines.reduce(
    (sum, { pack, quantity }) => sum + pack.tokens * quantity,
    0,
  );
  if (tokens === 0) return null;
  const names = [...new Set(lines.map(({ pack }) => pack.name))];
  const description = names.length === 1
    ? `${names.join()} credit pack`
    : `${LIST_FORMAT.format(names)} credit packs`;
  return { kind: "purchase", tokens, description };
}

const LIST_FORMAT = new Intl.ListFormat("en");
