import type Stripe from "stripe";
import type { LedgerEntry } from "./ledger.ts";
import { idOf } from "@/lib/billing/stripe_client.ts";
import { fulfillCheckout } from "./purchases.ts";
import type { Services } from "@/lib/services.ts";

/** Money that went back to a customer, and whose it was. */
interface Reversal {
  /** `refund:re_…` or `dispute:dp_…` */
  source: string;
  description: string;
  /** In the currency's minor unit. */
  amountMinor: number;
  paymentIntent: string | { id: string } | null;
  /** `none`: it did not go back, or not yet; `undone`: it came back to us. */
  state: "taken" | "none" | "undone";
}

/**
 * Takes back what a refund of a credit pack refunds, in proportion to its
 * money, as far as purchased tokens are left; once for the refund. Tokens of
 * packs are alike: of those that are left nobody can tell which pack's they
 * are. A refund that fails later gives them back.
 *
 * @param refundId `re_…`
 * @returns Whose it was; null for a customer that is nobody's.
 * @throws {Error} What Stripe's SDK or the store throws: repeat it freely.
 */
export async function reverseRefund(
  services: Services,
  refundId: string,
): Promise<string | null> {
  return await takeBack(services, () => readRefund(services, refundId));
}

async function readRefund(
  { stripe }: Services,
  refundId: string,
): Promise<Reversal> {
  const { refunds } = await stripe();
  const { id, amount, payment_intent, status } = await refunds.retrieve(
    refundId,
  );
  return {
    source: `refund:${id}`,
    description: "Refund of a credit pack",
    amountMinor: amount,
    paymentIntent: payment_intent,
    state: refundState(status),
  };
}

function refundState(status: string | null): Reversal["state"] {
  if (status === "succeeded") return "taken";
  return status === "failed" || status === "canceled" ? "undone" : "none";
}

/**
 * The same for a dispute that is lost; one that is won after all gives back.
 *
 * @param disputeId `dp_…` or `du_…`
 * @throws {Error} As {@linkcode reverseRefund}.
 */
export async function reverseDispute(
  services: Services,
  disputeId: string,
): Promise<string | null> {
  return await takeBack(services, () => readDispute(services, disputeId));
}

async function readDispute(
  { stripe }: Services,
  disputeId: string,
): Promise<Reversal> {
  const { disputes } = await stripe();
  const { id, amount, payment_intent, status } = await disputes.retrieve(
    disputeId,
  );
  return {
    source: `dispute:${id}`,
    description: "Lost dispute of a credit pack",
    amountMinor: amount,
    paymentIntent: payment_intent,
    state: disputeState(status),
  };
}

function disputeState(status: Stripe.Dispute.Status): Reversal["state"] {
  if (status === "lost") return "taken";
  return status === "won" ? "undone" : "none";
}

/** @param read Reads the refund or the dispute from Stripe. */
async function takeBack(
  services: Services,
  read: () => Promise<Reversal>,
): Promise<string | null> {
  let money = await read();
  const session = await findSession(services, money.paymentIntent);
  if (!session?.customer) return null;
  const orgId = await services.store.readOrganization(idOf(session.customer));
  if (orgId === null) return null;
  // The refund may be told before the purchase: that comes first.
  const purchase = await fulfillCheckout(services, orgId, session.id);
  if (purchase === null) return orgId;
  if (money.state === "taken") {
    const tokens = shareOf(purchase, session, money);
    await postTaken(services, orgId, { ...money, tokens });
    // The refund may have failed after the first read. The event of that may
    // have been handled before this posting, with nothing to give back.
    money = await read();
  }
  if (money.state === "undone") await giveBack(services, orgId, money);
  return orgId;
}

/** A pack is paid by one payment, and a payment is of one session. */
async function findSession(
  { stripe }: Services,
  paymentIntent: Reversal["paymentIntent"],
): Promise<Stripe.Checkout.Session | null> {
  if (paymentIntent === null) return null;
  const { sessions } = (await stripe()).checkout;
  const payment_intent = idOf(paymentIntent);
  const { data } = await sessions.list({ payment_intent, limit: 1 });
  return data[0] ?? null;
}

/** Rounded down: the parts of a refund never take more than the whole. */
function shareOf(
  { purchased }: LedgerEntry,
  { amount_total }: Stripe.Checkout.Session,
  { amountMinor }: Reversal,
): number {
  const total = amount_total ?? 0;
  if (amountMinor >= total) return purchased;
  return Number(BigInt(purchased) * BigInt(amountMinor) / BigInt(total));
}

async function postTaken(
  { store, now }: Services,
  orgId: string,
  { source, description, tokens }: Reversal & { tokens: number },
): Promise<void> {
  if (tokens <= 0) return; // so little money that it is no token
  const posting = { kind: "refund", source, description, tokens } as const;
  await store.post(orgId, posting, now());
}

/** Only what was really taken, once. */
async function giveBack(
  { store, now }: Services,
  orgId: string,
  { source, description }: Reversal,
): Promise<void> {
  const taken = await store.readPosted(orgId, source);
  if (taken === null || taken.purchased === 0) return;
  await store.post(orgId, {
    kind: "adjustment",
    source: `undone:${source}`,
    description: `${description}, reversed`,
    tokens: 0 - taken.purchased,
  }, now());
}
